"""What must be true of one route by itself at any time, whatever happened; part of `tests.world`."""

from __future__ import annotations

from collections.abc import Iterable

from provisioning.enums import OperationKind, Status
from provisioning.models import NodeState, Operation, SbcNode
from routing.enums import MOST_ENTRIES
from routing.loops import leads_to
from routing.models import Route, RouteRevision
from routing.models.route import SUBJECT
from routing.route_selectors import nodes_for
from routing.specification import RouteSettings


def assert_promises_about_route(route: Route, reachable: Iterable[SbcNode]) -> None:
    """The route comes with its revisions `wanted` and `live`; `reachable` are the nodes that can be read now."""
    operations = list(Operation.objects.filter(subject_kind=SUBJECT, subject_id=str(route.pk)))
    newest = operations[0]
    assert (newest.generation, newest.status) == (route.generation, route.action)
    _points_at_its_last_good_revision(route, operations)
    _keeps_to_the_rules(route)
    if not newest.is_pending:
        _is_proven(route, newest, {node.pk for node in reachable})


def _points_at_its_last_good_revision(route: Route, operations: list[Operation]) -> None:
    """I7: after RESET the nodes' documents are compiled from the last good revision."""
    changes = (OperationKind.CREATE, OperationKind.UPDATE)
    good = [each.generation for each in operations if each.kind in changes and each.status == Status.SUCCESS]
    assert route.live == RouteRevision.objects.filter(route=route, generation__in=good).order_by("-number").first()
    assert route.wanted is not None
    assert route.name == route.wanted.name
    if route.withdrawn_at is None and not operations[0].is_pending:
        assert route.wanted == route.live


def _keeps_to_the_rules(route: Route) -> None:
    for revision in route.revisions.all():
        entries = RouteSettings.of(revision).entries
        assert 1 <= len(entries) <= MOST_ENTRIES
        assert all(entry.trunk_id for entry in entries[:-1])
        assert len({entry.key for entry in entries}) == len(entries)
    for phone in {RouteSettings.of(revision).phone for revision in (route.wanted, route.live) if revision} - {""}:
        assert not leads_to(phone, route), f"calls to {phone} come back to {route}"
    if route.withdrawn_at is None:
        others = Route.objects.filter(account=route.account_id, withdrawn_at=None).exclude(pk=route.pk)
        assert not others.filter(name__iexact=route.name).exists()


def _is_proven(route: Route, newest: Operation, reachable: set[int]) -> None:
    """I5: what ended was read back from every node that must have it and can be reached."""
    states = {state.node_id: state for state in NodeState.objects.filter(subject_kind=SUBJECT, subject_id=route.pk)}
    for pk in reachable & set(nodes_for(route).values_list("pk", flat=True)):
        assert states[pk].verified, f"{newest} is {newest.status}: {states[pk].last_error}"
        assert states[pk].wants_absent == (route.withdrawn_at is not None)
    is_over = (newest.kind, newest.status) == (OperationKind.DELETE, Status.SUCCESS)
    assert is_over == (route.gone_at is not None)
    assert route.withdrawn_at is None or not route.numbers.exists()
