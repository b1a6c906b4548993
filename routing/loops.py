"""Finds routes that would send a call back to where it came from (V-RT-4), through any chain, of any accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F, Q
from django.utils.translation import gettext as _

from routing.models import Number, Route, RouteEntry

# Of PostgreSQL's advisory locks; any number that nothing else here takes.
_LOCK = 7_421_905


@dataclass(frozen=True, slots=True)
class Reach:
    """The numbers that a call may come to be for, and the routes that it may walk."""

    numbers: set[str]
    routes: set[Any]


def hold_still() -> None:
    """Until the transaction ends nobody else makes a way from one route to another: two accounts that each make half a
    loop at the same moment would not see each other's half. After the account's lock.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def leads_to(phone: str, route: Route) -> bool:
    """Whether a call to the phone number comes to the route. A route that is being changed counts both as it shall be
    and as it is: nobody knows yet which of them it will be.
    """
    return route.pk in reach(numbers=[phone]).routes


def validate_no_loop(numbers: Iterable[Number], route: Route) -> None:
    """Raises ValidationError V-RT-4 when calls to one of the numbers, led to the route, would come back to it."""
    numbers = list(numbers)
    hold_still()
    dialled = reach(routes=[route.pk]).numbers
    for number in numbers:
        if number.pk in dialled:
            message = _('"%(name)s" leads back to %(number)s, so calls would loop. Choose another place')
            raise ValidationError(message, code="V-RT-4", params={"name": route, "number": number})


def reach(numbers: Iterable[str] = (), routes: Iterable[Any] = ()) -> Reach:
    """Two queries a step."""
    found = Reach(set(numbers), set(routes))
    new_numbers, new_routes = set(found.numbers), set(found.routes)
    while new_numbers or new_routes:
        walked = set(Number.objects.filter(pk__in=new_numbers, route__isnull=False).values_list("route", flat=True))
        new_numbers = _phones_of(new_routes) - found.numbers
        new_routes = walked - found.routes
        found.numbers.update(new_numbers)
        found.routes.update(new_routes)
    return found


def _phones_of(routes: Iterable[Any]) -> set[str]:
    is_used = Q(revision=F("revision__route__wanted")) | Q(revision=F("revision__route__live"))
    entries = RouteEntry.objects.filter(is_used, revision__route__in=routes).exclude(phone="")
    return set(entries.order_by().values_list("phone", flat=True)) if routes else set()
