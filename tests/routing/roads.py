"""Routes for tests: made by the service, and brought into a state as the engine would, without nodes."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Now

from accounts.models import Account, User
from provisioning.enums import Status
from provisioning.models import NodeState, Operation
from provisioning.operations import latest_operation
from provisioning.registry import subject_of
from provisioning.wanted import want
from routing.models import Number, Route
from routing.models.route import SUBJECT
from routing.services import create_route, delete_route
from routing.specification import EntrySettings, RouteSettings
from tests.factories import make_member
from trunks.models import Trunk


def entry(place: Trunk | str, **changes: Any) -> EntrySettings:
    """Of a trunk, or of a phone number."""
    leads_to = {"phone": place} if isinstance(place, str) else {"trunk_id": str(place.pk)}
    return EntrySettings(**leads_to, **changes)


def settings_of(name: str, *places: Trunk | str) -> RouteSettings:
    return RouteSettings(name, tuple(map(entry, places)))


def make_route(account: Account, name: str, *places: Trunk | str, actor: User | None = None) -> Route:
    """Its operation is pending."""
    return create_route(account.pk, settings_of(name, *places), actor or make_member(account))


def live_route(account: Account, name: str, *places: Trunk | str, actor: User | None = None) -> Route:
    return settle_route(make_route(account, name, *places, actor=actor))


def settle_route(route: Route, status: Status = Status.SUCCESS, message: str = "", verified: bool = True) -> Route:
    """End the newest operation, with its consequences."""
    operation = newest(route)
    if status != Status.SUCCESS:
        subject_of(SUBJECT).give_up(operation)
    want(SUBJECT, str(route.pk), generation=operation.generation, epoch=1)
    read = {"verified": verified, "verified_at": Now() if verified else None, "took_ms": 7 if verified else None}
    NodeState.objects.filter(subject_kind=SUBJECT, subject_id=str(route.pk)).update(**read)
    Operation.objects.filter(pk=operation.pk).update(status=status, message=message, finished_at=Now())
    operation.refresh_from_db()
    subject_of(SUBJECT).settled(operation)
    return again(route)


def again(route: Route) -> Route:
    return Route.objects.select_related("wanted", "live", "account").get(pk=route.pk)


def newest(route: Route) -> Operation:
    operation = latest_operation(SUBJECT, str(route.pk))
    assert operation is not None
    return operation


def states(route: Route) -> list[NodeState]:
    found = NodeState.objects.filter(subject_kind=SUBJECT, subject_id=str(route.pk))
    return list(found.select_related("node").order_by("node__name"))


def drop(route: Route, replacement: Any = None, actor: User | None = None) -> None:
    """Delete it, having seen all of its numbers."""
    seen = list(Number.objects.filter(route=route).values_list("pk", flat=True))
    delete_route(route, replacement, seen=seen, actor=actor or make_member(route.account))
