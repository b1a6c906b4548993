"""Which buttons a trunk has, and why one cannot be pressed."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.enums import Right
from accounts.models import Member
from provisioning.enums import OperationKind
from provisioning.models import Operation
from provisioning.operations import OVERTAKES
from trunks.enums import AdminStatus, State
from trunks.models import Trunk


@dataclass(frozen=True, slots=True)
class Action:
    """A button; with a `reason` it cannot be pressed. `name` is that of its address: trunks:edit."""

    name: str
    label: str
    reason: str = ""


def actions_of(trunk: Trunk, operation: Operation | None, member: Member) -> list[Action]:
    """Edit, Enable or Disable, Reset password, Delete: what there is for a trunk of this kind in this state.

    `operation` is the newest one, `trunk` comes from `trunks.selectors`, annotated with its `state`.
    """
    if operation is not None and operation.is_pending and operation.kind == OperationKind.DELETE:
        return []
    delete = Action("delete", _("Delete"), _why_no_delete(operation, member))
    if State(trunk.state) is State.FAILED:  # type: ignore[attr-defined]  # an annotation
        return [delete]
    reason = _why_no_change(operation, member)
    switch = (
        Action("disable", _("Disable"), reason)
        if trunk.admin_status == AdminStatus.ENABLED
        else Action("enable", _("Enable"), reason or _why_not_enabled(trunk))
    )
    reset = [Action("reset_password", _("Reset password"), reason)] if trunk.registers else []
    return [Action("edit", _("Edit"), reason), switch, *reset, delete]


def menu_of(trunk: Trunk, operation: Operation | None, member: Member) -> list[Action]:
    """The buttons of its row: also, for a trunk that is not given up, to order another one like it."""
    actions = actions_of(trunk, operation, member)
    return [*actions[:-1], duplicate_of(member), actions[-1]] if len(actions) > 1 else actions


def duplicate_of(member: Member) -> Action:
    return Action("duplicate", _("Duplicate settings"), why_no_order(member))


def why_no_order(member: Member) -> str:
    """Why the member orders nothing; empty where they may."""
    if not member.may(Right.CHANGE_TRUNKS):
        return _("Your role may look at trunks but not order them")
    return member.account.why_suspended


def why_not_listed(actions: list[Action]) -> str:
    """The reasons of all buttons that cannot be pressed, each once."""
    return ". ".join(dict.fromkeys(action.reason for action in actions if action.reason))


def _why_no_change(operation: Operation | None, member: Member) -> str:
    if not member.may(Right.CHANGE_TRUNKS):
        return _("Your role may look at trunks but not change them")
    if member.account.why_suspended:
        return member.account.why_suspended
    if operation is not None and operation.is_pending:
        return _("Another change is being applied")
    return ""


def _why_not_enabled(trunk: Trunk) -> str:
    """The page says the cause."""
    disabled_by_us = trunk.admin_status == AdminStatus.SYSTEM_DISABLED
    return _("This trunk was disabled by us. Fix the cause first") if disabled_by_us else ""


def _why_no_delete(operation: Operation | None, member: Member) -> str:
    if not member.may(Right.CHANGE_TRUNKS):
        return _("Your role may look at trunks but not change them")
    if operation is not None and operation.is_pending and operation.kind not in OVERTAKES[OperationKind.DELETE]:
        return _("Another change is being applied")
    return ""
