"""Judges a route by the rules of today, whoever asks for it: a page, Undo or a program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Protocol
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.services import limits_of
from provisioning.enums import Status
from routing.loops import hold_still, leads_to
from routing.models import Route
from routing.route_selectors import living_routes
from routing.specification import EntrySettings, RouteSettings
from routing.validators import (
    Trouble,
    cannot_receive,
    clean_hunt_on,
    clean_phone,
    clean_ring,
    clean_route_name,
    not_yours,
    troubles_among,
    would_loop,
)
from trunks.models import Trunk


def judged(account: Account, settings: RouteSettings, route: Route | None) -> RouteSettings:
    """The settings, tidy. The account is locked; `route` is the one that gets them, None for a new one.

    Raises ValidationError keyed by "name" and "entries".
    """
    wrong: dict[str, list[ValidationError]] = {}
    try:
        settings = replace(settings, name=clean_route_name(settings.name))
        validate_name_is_free(account, settings.name, without=route)
    except ValidationError as trouble:
        wrong["name"] = [trouble]
    entries, troubles = tidied(settings.entries)
    if not troubles:
        settings = replace(settings, entries=tuple(entries))
        if route is not None and settings.phone:
            hold_still()
        troubles = list(entry_troubles(account, settings, route))
    if troubles:
        wrong["entries"] = [trouble.error for trouble in troubles]
    if wrong:
        raise ValidationError(wrong)
    return settings


class Asked(Protocol):
    """An entry as it was asked for; EntrySettings is one."""

    @property
    def trunk_id(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def ring_seconds(self) -> str | int: ...
    @property
    def hunt_on(self) -> Iterable[str]: ...


def tidied(asked: Iterable[Asked]) -> tuple[list[EntrySettings], list[Trouble]]:
    """Each entry by itself: those that are right, and what is wrong with the others. After a phone number comes
    nothing, so it has no reasons to go on.
    """
    right: list[EntrySettings] = []
    troubles: list[Trouble] = []
    for row, entry in enumerate(asked):
        found = list(_wrong_in(row, entry))
        troubles += found
        if not found:
            ring, phone = clean_ring(entry.ring_seconds), "" if entry.trunk_id else clean_phone(entry.phone)
            right.append(EntrySettings(entry.trunk_id, phone, ring, () if phone else clean_hunt_on(entry.hunt_on)))
    return right, troubles


def _wrong_in(row: int, entry: Asked) -> Iterator[Trouble]:
    rules: list[tuple[str, Callable[[], object]]] = [
        ("", lambda: entry.trunk_id or clean_phone(entry.phone)),
        ("ring", lambda: clean_ring(entry.ring_seconds)),
        ("hunt", lambda: clean_hunt_on(entry.hunt_on)),
    ]
    for part, rule in rules:
        try:
            rule()
        except ValidationError as trouble:
            yield Trouble(row, trouble, part)


def entry_troubles(account: Account, settings: RouteSettings, route: Route | None) -> Iterator[Trouble]:
    """V-RT-1 to V-RT-5 of entries that are right by themselves."""
    trunks = trunks_in(account, settings.trunk_ids)
    yield from troubles_among(settings.entries, {pk: trunk.name for pk, trunk in trunks.items()})
    for row, entry in enumerate(settings.entries):
        if entry.trunk_id:
            yield from _trunk_troubles(row, trunks.get(entry.trunk_id))
        elif route is not None and leads_to(entry.phone, route):
            yield Trouble(row, would_loop(entry.phone))


def _trunk_troubles(row: int, trunk: Trunk | None) -> Iterator[Trouble]:
    if trunk is None:
        yield Trouble(row, not_yours())
    elif takes_no_calls(trunk):
        yield Trouble(row, cannot_receive(trunk.name))


def takes_no_calls(trunk: Trunk) -> bool:
    """It is being deleted, was deleted, or never came to be; not: it is disabled."""
    return trunk.withdrawn_at is not None or trunk.action == Status.FAILED


def trunks_in(account: Account, ids: Iterable[str]) -> Mapping[str, Trunk]:
    """Those of the account, gone ones too, by id as text. One query."""
    asked = [pk for pk in ids if _is_uuid(pk)]
    found = Trunk.objects.filter(account=account, pk__in=asked).select_related("data_centre", "live")
    return {str(trunk.pk): trunk for trunk in found}


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def validate_name_is_free(account: Account, name: str, without: Route | None = None) -> None:
    """Raises ValidationError V-RT-13 when another living route of the account has the name in any spelling, or gives it
    up by a change that may still come to nothing.
    """
    others = living_routes(account).exclude(pk=without.pk) if without else living_routes(account)
    has = others.filter(name__iexact=name).values_list("name")
    had = others.filter(action=Status.PENDING, live__name__iexact=name).values_list("live__name")
    for (namesake,) in has.order_by().union(had.order_by())[:1]:
        message = _('You already have a route called "%(name)s". Enter a different name')
        raise ValidationError(message, code="V-RT-13", params={"name": namesake})


def validate_room(account: Account) -> None:
    """Raises ValidationError V-RT-14 when the account has all the routes it may have."""
    if reason := why_no_more(account):
        raise ValidationError({NON_FIELD_ERRORS: ValidationError(reason, code="V-RT-14")})


def why_no_more(account: Account) -> str:
    """Empty while there is room for one more."""
    most = limits_of(account).routes
    if living_routes(account).count() < most:
        return ""
    return _("You have %(most)s of %(most)s routes. Delete one or request more") % {"most": most}
