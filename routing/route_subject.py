"""The route as a subject of provisioning: how it is compiled, where it lives, how its changes end."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Now

from accounts.models import Account
from provisioning.enums import OperationKind, Status
from provisioning.models import Operation, SbcNode
from provisioning.registry import Subject
from routing.models import Route, RouteRevision
from routing.models.route import SUBJECT
from routing.route_document import route_document
from routing.route_selectors import nodes_for, routes_near
from routing.services.following import follow
from routing.services.pointing import lead_nowhere
from sbc.documents import Document


class RouteSubject(Subject):
    kind = SUBJECT
    # Without a number and a trunk of its account there is none that could use it.
    needs_a_node = False

    def lock(self, id: str) -> None:
        Account.objects.select_for_update(of=("self",)).only("pk").get(routes=UUID(id))
        Route.objects.select_for_update().only("pk").get(pk=id)

    def compile(self, id: str) -> Document | None:
        return route_document(Route.objects.get(pk=id))

    def assigned_nodes(self, id: str) -> Iterable[SbcNode]:
        return nodes_for(Route.objects.get(pk=id))

    def ids_on(self, node: SbcNode) -> Iterable[str]:
        return map(str, routes_near(node).values_list("pk", flat=True))

    def give_up(self, operation: Operation) -> None:
        route = Route.objects.filter(pk=operation.subject_id)
        if operation.kind == OperationKind.CREATE:
            route.update(withdrawn_at=Now())
        elif operation.kind == OperationKind.UPDATE:
            live = RouteRevision.objects.filter(pk=OuterRef("live")).order_by()
            route.update(wanted=F("live"), name=Subquery(live.values("name")))

    def accepted(self, operation: Operation) -> None:
        Route.objects.filter(pk=operation.subject_id).update(action=operation.status, changed_at=Now())

    def settled(self, operation: Operation) -> None:
        """A route whose change failed stays as it was last good, and owed to the node that may have it otherwise."""
        row = Route.objects.filter(pk=operation.subject_id)
        row.update(action=operation.status)
        if operation.status == Status.SUCCESS:
            is_over = operation.kind == OperationKind.DELETE
            row.update(**{"gone_at": Now()} if is_over else {"live": F("wanted")})
        route = row.get()
        if route.withdrawn_at is None:
            follow([route])  # the account may have got a number elsewhere after the nodes were chosen
        elif operation.kind == OperationKind.CREATE:
            lead_nowhere(route.numbers.all())
