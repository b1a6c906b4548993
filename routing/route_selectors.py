"""Reads routes: always of one account, gone ones left out."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404

from accounts.models import Account
from provisioning.enums import OperationKind, Status
from provisioning.models import NodeState, Operation, SbcNode
from routing.models import Number, Route, RouteEntry, RouteRevision
from routing.models.route import SUBJECT
from trunks.models import Trunk


def living_routes(account: Account) -> QuerySet[Route]:
    """Routes that take names and count against the limit: not withdrawn."""
    return Route.objects.filter(account=account, withdrawn_at=None)


def routes_of(account: Account) -> QuerySet[Route]:
    """The account's routes with what they shall do, and how many numbers use each."""
    routes = Route.objects.filter(account=account, gone_at=None).select_related("wanted", "live")
    related = RouteEntry.objects.select_related("trunk__data_centre", "trunk__live").order_by("position")
    entries = Prefetch("wanted__entries", related)
    return routes.annotate(used_by=Count("numbers")).prefetch_related(entries)


def route_of(account: Account, route_id: UUID) -> Route:
    """One route. Raises Http404 for a stranger's, an unknown and a gone one alike."""
    route = routes_of(account).filter(pk=route_id).first()
    if route is None:
        raise Http404
    return route


def is_gone(account: Account, route_id: UUID) -> bool:
    """Whether the account had the route once and its deletion is done."""
    return Route.objects.filter(account=account, pk=route_id, gone_at__isnull=False).exists()


def numbers_using(route: Route) -> QuerySet[Number]:
    return Number.objects.filter(route=route).select_related("data_centre").order_by("pk")


def routes_through(trunk: Trunk) -> QuerySet[Route]:
    """The living routes in which the trunk is an entry, by name, with how many numbers use each."""
    found = living_routes(trunk.account).filter(wanted__entries__trunk=trunk)
    return found.annotate(used_by=Count("numbers", distinct=True)).order_by("name")


def operations_of(route: Route) -> QuerySet[Operation]:
    """The history, newest first."""
    return Operation.objects.filter(subject_kind=SUBJECT, subject_id=str(route.pk)).select_related("requested_by")


def newest_operations(routes: Iterable[Route]) -> dict[str, Operation]:
    """By route id. One query, however many routes."""
    found = Operation.objects.filter(subject_kind=SUBJECT, subject_id__in=[str(route.pk) for route in routes])
    newest = found.order_by("subject_id", "-requested_at").distinct("subject_id")
    return {operation.subject_id: operation for operation in newest}


def applied_revisions(route: Route) -> list[RouteRevision]:
    """The revisions that were live at some time, the newest first."""
    changes = (OperationKind.CREATE, OperationKind.UPDATE)
    applied = operations_of(route).filter(kind__in=changes, status=Status.SUCCESS).order_by().values("generation")
    revisions = RouteRevision.objects.filter(route=route, generation__in=applied)
    return list(revisions.select_related("created_by").prefetch_related("entries__trunk").order_by("-number"))


def earlier_revision(route: Route) -> RouteRevision | None:
    """What was live before the revision that the route shall have now."""
    if route.wanted is None:
        return None
    present = route.wanted.number
    return next((revision for revision in applied_revisions(route) if revision.number < present), None)


def states_of(routes: Iterable[Route]) -> dict[str, list[NodeState]]:
    """What the nodes must have and were read back to have, by route id: by data centre, primary first. One query."""
    found: dict[str, list[NodeState]] = {str(route.pk): [] for route in routes}
    states = NodeState.objects.filter(subject_kind=SUBJECT, subject_id__in=found).select_related("node__data_centre")
    for state in states.order_by("node__data_centre__name", "-node__role"):
        found[state.subject_id].append(state)
    return found


def nodes_for(route: Route) -> QuerySet[SbcNode]:
    """Those that must have the route: of every data centre where its account has a number, so that a number can be
    pointed at it at once, and of those of its trunks.
    """
    with_trunks = RouteEntry.objects.filter(revision=route.wanted_id, trunk__isnull=False)
    near_trunks = Q(data_centre__in=with_trunks.order_by().values("trunk__data_centre"))
    return SbcNode.objects.filter(_has_numbers_of(route.account_id) | near_trunks)


def nodes_with_numbers(account_id: UUID) -> QuerySet[SbcNode]:
    """Those of the data centres where the account has a number."""
    return SbcNode.objects.filter(_has_numbers_of(account_id))


def _has_numbers_of(account_id: UUID) -> Q:
    """Of a node; the first number that is found is enough, however many the account has."""
    return Q(Exists(Number.objects.filter(account=account_id, data_centre=OuterRef("data_centre"))))


def routes_near(node: SbcNode) -> QuerySet[Route]:
    """The routes that the node must have."""
    own = Number.objects.filter(data_centre=node.data_centre_id, account__isnull=False).order_by().values("account")
    passing = RouteEntry.objects.filter(trunk__data_centre=node.data_centre_id).order_by().values("revision")
    return Route.objects.filter(Q(account__in=own) | Q(wanted__in=passing), withdrawn_at=None)
