"""A row of the list of trunks: how the trunk is and what can be done with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Member
from common.polling import Part, part
from provisioning.facts import TrunkRegistration, registrations_of
from provisioning.models import Operation
from trunks.actions import menu_of
from trunks.condition import Condition, conditions_of
from trunks.enums import State
from trunks.forms.listing import type_label
from trunks.models import Trunk
from trunks.selectors import newest_operations

# What stays in the row until the next change: people must not miss it.
KEPT = (State.FAILED, State.RESET)


@dataclass(frozen=True, slots=True)
class Row:
    """A trunk with its newest operation; polls replace `cell` and `menu`. `registration` is None where nobody
    registers.
    """

    trunk: Trunk
    operation: Operation | None
    condition: Condition
    registration: TrunkRegistration | None
    cell: Part
    menu: Part

    @property
    def type(self) -> str:
        return type_label(self.trunk.connects, self.trunk.kind)


def rows_of(trunks: Iterable[Trunk], member: Member, silent: Collection[UUID] = ()) -> list[Row]:
    """As many queries for many trunks as for one. `silent` are those that `trunks.reach` found."""
    listed = list(trunks)
    operations = newest_operations(listed)
    conditions = conditions_of(listed, operations, timezone.now())
    for pk in conditions.keys() & {str(pk) for pk in silent}:
        why = _("You cannot receive calls: your PBX is not registered")
        conditions[pk] = replace(conditions[pk], tone="warn", reason=why)
    registrations = registrations_of([str(trunk.pk) for trunk in listed if trunk.registers])
    return [
        _row(trunk, operations.get(pk), conditions[pk], registrations.get(pk), member)
        for trunk, pk in ((trunk, str(trunk.pk)) for trunk in listed)
    ]


def _row(
    trunk: Trunk,
    operation: Operation | None,
    condition: Condition,
    registration: TrunkRegistration | None,
    member: Member,
) -> Row:
    kept = list(State)[trunk.urgency] in KEPT
    state = {"trunk": trunk, "condition": condition, "kept": kept}
    menu = {"trunk": trunk, "actions": menu_of(trunk, operation, member)}
    return Row(
        trunk,
        operation,
        condition,
        registration,
        cell=part(f"state-{trunk.pk}", "trunks/parts/state.html", state),
        menu=part(f"menu-{trunk.pk}", "trunks/parts/menu.html", menu),
    )
