"""Which buttons a trunk's page has, and why one cannot be pressed."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.enums import Right
from accounts.models import Member
from provisioning.enums import OperationKind
from provisioning.models import Operation
from trunks.enums import AdminStatus, State
from trunks.models import Trunk


@dataclass(frozen=True, slots=True)
class Action:
    """A button of the trunk page; with a `reason` it cannot be pressed."""

    name: str
    label: str
    reason: str = ""


def actions_of(trunk: Trunk, operation: Operation | None, member: Member) -> list[Action]:
    """Enable or Disable, and Delete."""
    deleting = operation is not None and operation.is_pending and operation.kind == OperationKind.DELETE
    if deleting:
        return []
    reason = _why_not(trunk, operation, member)
    delete = Action("delete", _("Delete"), _why_no_delete(operation, member))
    state = State(trunk.state)  # type: ignore[attr-defined]  # an annotation
    if state is State.FAILED:
        return [delete]
    if trunk.admin_status == AdminStatus.ENABLED:
        return [Action("disable", _("Disable"), reason), delete]
    return [Action("enable", _("Enable"), reason), delete]


def _why_not(trunk: Trunk, operation: Operation | None, member: Member) -> str:
    if not member.may(Right.CHANGE_TRUNKS):
        return _("Your role may look at trunks but not change them")
    if operation is not None and operation.is_pending:
        return _("Another change is being applied")
    if trunk.admin_status == AdminStatus.SYSTEM_DISABLED:
        return _("This trunk was disabled by us. Contact us about the cause first")
    return ""


def _why_no_delete(operation: Operation | None, member: Member) -> str:
    if not member.may(Right.CHANGE_TRUNKS):
        return _("Your role may look at trunks but not change them")
    overtakable = {OperationKind.DISABLE, OperationKind.SUSPEND}
    if operation is not None and operation.is_pending and operation.kind not in overtakable:
        return _("Another change is being applied")
    return ""
