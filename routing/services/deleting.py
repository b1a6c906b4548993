"""Deletes a route; the numbers that use it lead elsewhere from then on."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.services import lock_account, refuse_if_suspended
from common.errors import Conflict
from provisioning.enums import OperationKind
from routing.loops import validate_no_loop
from routing.models import Number, Route
from routing.services.pointing import lead_to, lock_number
from routing.services.routes import accept_route
from routing.targets import Target, validate_target


def delete_route(route: Route, replacement: Target, *, seen: Collection[str], actor: User) -> None:
    """Take the route off its nodes for good; its numbers lead to the replacement, or nowhere. `seen` are the numbers
    that the person was shown: nobody decides about one that they did not see.

    Raises AccountSuspended, Conflict (V-OP-1 while another change is pending, and when it is gone already), and
    ValidationError for a replacement that cannot take the calls; then nothing changed.
    """
    with transaction.atomic():
        account = lock_account(route.account_id)
        refuse_if_suspended(account)
        route = Route.objects.select_for_update(of=("self",)).select_related("account").get(pk=route.pk)
        if route.gone_at is not None:
            raise Conflict(_("This route is deleted already"))
        numbers = list(Number.objects.filter(route=route).select_related("data_centre").order_by("pk"))
        _refuse_unseen(numbers, seen)
        _validate(route, numbers, replacement)
        route.generation += 1
        route.withdrawn_at = route.withdrawn_at or Now()
        route.save(update_fields=["generation", "withdrawn_at"])
        accept_route(OperationKind.DELETE, route, actor)
        for number in numbers:
            lead_to(lock_number(number), replacement, actor)


def _refuse_unseen(numbers: list[Number], seen: Collection[str]) -> None:
    if new := [number.pk for number in numbers if number.pk not in seen]:
        words = ngettext(
            "%(numbers)s uses this route by now. Choose where its calls go",
            "%(numbers)s use this route by now. Choose where their calls go",
            len(new),
        )
        raise ValidationError(words, code="V-RT-15", params={"numbers": ", ".join(new)})


def _validate(route: Route, numbers: list[Number], replacement: Target) -> None:
    if replacement is None or not numbers:
        return
    replacement = type(replacement).objects.get(pk=replacement.pk)
    if replacement == route:
        raise ValidationError(_("Choose another place than the route that is deleted"), code="V-RT-16")
    places = list({number.data_centre_id: number.data_centre for number in numbers}.values())
    validate_target(replacement, route.account_id, places)
    if isinstance(replacement, Route):
        validate_no_loop(numbers, replacement)
