"""What happened to a route, in words, and what can be done with it."""

from __future__ import annotations

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from accounts.enums import Right
from accounts.models import Member, User
from accounts.validators import why_not
from provisioning.enums import OperationKind, Status
from provisioning.models import Operation
from routing.models import Route, RouteEntry, RouteRevision
from routing.route_differences import differences
from routing.route_selectors import operations_of
from routing.specification import RouteSettings
from trunks.actions import Action
from trunks.differences import Difference
from trunks.history import Change

MOST = 50


class History:
    """A route's newest operations with the revisions they asked for, read once for a page."""

    def __init__(self, route: Route, reader: User) -> None:
        self.route, self.reader = route, reader
        self.operations = list(operations_of(route)[: MOST + 1])
        entries = Prefetch("entries", RouteEntry.objects.select_related("trunk").order_by("position"))
        self.revisions = {each.generation: each for each in route.revisions.prefetch_related(entries)}
        changes = (OperationKind.CREATE, OperationKind.UPDATE)
        applied = (each for each in self.operations if each.kind in changes and each.status == Status.SUCCESS)
        self.live = [self.revisions[each.generation] for each in applied]

    @property
    def newest(self) -> Operation | None:
        return next(iter(self.operations), None)

    @property
    def is_long(self) -> bool:
        """There are older operations than those that are shown."""
        return len(self.operations) > MOST

    def before(self, revision: RouteRevision | None) -> RouteRevision | None:
        """What was live before it."""
        number = revision.number if revision else 0
        return next((earlier for earlier in self.live if earlier.number < number), None)

    def changes(self) -> list[Change]:
        return [self._change(operation) for operation in self.operations[:MOST]]

    def _change(self, operation: Operation) -> Change:
        wanted = self.revisions.get(operation.generation)
        if wanted is None:
            return Change(operation, self.reader)
        return Change(operation, self.reader, wanted.number, self.differences(self.before(wanted), wanted))

    def differences(self, before: RouteRevision | None, after: RouteRevision) -> list[Difference]:
        """Empty for the first revision."""
        trunks = {
            str(entry.trunk_id): entry.trunk
            for revision in self.revisions.values()
            for entry in revision.entries.all()
            if entry.trunk
        }
        return differences(RouteSettings.of(before), RouteSettings.of(after), trunks) if before else []


def actions_of(route: Route, operation: Operation | None, member: Member) -> list[Action]:
    """Edit and Delete; those that cannot be pressed say why. `operation` is the newest one."""
    reason = why_not(member.role, Right.CHANGE_TRUNKS) or member.account.why_suspended
    if not reason and operation is not None and operation.is_pending:
        reason = _("Another change is being applied")
    delete = Action("delete", _("Delete"), reason)
    return [delete] if route.withdrawn_at is not None else [Action("edit", _("Edit"), reason), delete]
