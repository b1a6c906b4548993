"""What happened to a route, in words, and what can be done with it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.enums import Right
from accounts.models import Member, User
from accounts.validators import why_not
from provisioning.models import Operation
from routing.models import Route, RouteRevision
from routing.route_differences import differences
from routing.route_selectors import applied_revisions
from routing.specification import RouteSettings
from trunks.actions import Action
from trunks.history import Change
from trunks.models import Trunk


def changes_of(route: Route, operations: Iterable[Operation], reader: User) -> list[Change]:
    """The same queries, however many operations."""
    found = route.revisions.select_related("created_by").prefetch_related("entries__trunk__data_centre")
    revisions = {revision.generation: revision for revision in found}
    live = applied_revisions(route)
    trunks = {str(each.trunk_id): each.trunk for rev in revisions.values() for each in rev.entries.all() if each.trunk}
    return [_change(operation, reader, revisions.get(operation.generation), live, trunks) for operation in operations]


def _change(
    operation: Operation,
    reader: User,
    wanted: RouteRevision | None,
    live: list[RouteRevision],
    trunks: dict[str, Trunk],
) -> Change:
    """`live`: the revisions that were applied at some time, the newest first."""
    if wanted is None:
        return Change(operation, reader)
    before = next((revision for revision in live if revision.number < wanted.number), None)
    changed = differences(RouteSettings.of(before), RouteSettings.of(wanted), trunks) if before else []
    return Change(operation, reader, wanted.number, changed)


def actions_of(route: Route, operation: Operation | None, member: Member) -> list[Action]:
    """Edit and Delete; those that cannot be pressed say why. `operation` is the newest one."""
    reason = why_not(member.role, Right.CHANGE_TRUNKS) or member.account.why_suspended
    if not reason and operation is not None and operation.is_pending:
        reason = _("Another change is being applied")
    delete = Action("delete", _("Delete"), reason)
    return [delete] if route.withdrawn_at is not None else [Action("edit", _("Edit"), reason), delete]
