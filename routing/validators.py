"""Rules about routes (V-RT): the name, each entry by itself, and all entries together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.text import has_control_characters, shorten, tidy
from routing.enums import LONGEST_RING, MOST_ENTRIES, ROUTE_NAME_LENGTH, SHORTEST_RING, HuntOn
from routing.specification import EntrySettings

_SEPARATORS = re.compile(r"[\s().\-/\u2010-\u2015]")
_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")


class Trouble(NamedTuple):
    """What is wrong, at which entry (None: with the list) and with which part of it: "", "ring" or "hunt"."""

    row: int | None
    error: ValidationError
    part: str = ""


def clean_route_name(raw: str) -> str:
    """The tidy name. Raises ValidationError V-RT-6 to V-RT-8."""
    name = tidy(raw)
    if not name:
        raise ValidationError(_("Enter a route name"), code="V-RT-6")
    if has_control_characters(name):
        raise ValidationError(_("Route name must not include line breaks or control characters"), code="V-RT-7")
    if len(name) > ROUTE_NAME_LENGTH:
        message = _("Route name must be %(most)s characters or less")
        raise ValidationError(message, code="V-RT-8", params={"most": ROUTE_NAME_LENGTH})
    return name


def clean_ring(raw: str | int) -> int:
    """Seconds. Raises ValidationError V-RT-9."""
    text = tidy(str(raw))
    if not re.fullmatch(r"[0-9]{1,4}", text) or not SHORTEST_RING <= int(text) <= LONGEST_RING:
        message = _("Ring time must be a whole number of seconds from %(least)s to %(most)s")
        raise ValidationError(message, code="V-RT-9", params={"least": SHORTEST_RING, "most": LONGEST_RING})
    return int(text)


def clean_hunt_on(raw: Iterable[str]) -> tuple[str, ...]:
    """The reasons in their own order, each once. Raises ValidationError V-RT-10."""
    asked = set(raw)
    if not asked <= set(HuntOn.values):
        raise ValidationError(_("Choose after what a call goes on from those that are offered"), code="V-RT-10")
    return tuple(reason for reason in HuntOn.values if reason in asked)


def clean_phone(raw: str) -> str:
    """In E.164. Raises ValidationError V-RT-11 for what is not written so, V-RT-12 for what no numbering plan has."""
    number = _SEPARATORS.sub("", tidy(raw))
    if not _INTERNATIONAL.fullmatch(number):
        raise ValidationError(_("Enter the number with + and country code, like +13124441212"), code="V-RT-11")
    try:
        exists = phonenumbers.is_valid_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        exists = False
    if not exists:
        message = _("%(number)s exists in no country's numbering plan. Check it")
        raise ValidationError(message, code="V-RT-12", params={"number": number})
    return number


def troubles_among(entries: Sequence[EntrySettings], names: Mapping[str, str]) -> Iterator[Trouble]:
    """V-RT-1, V-RT-2, V-RT-3 and V-RT-5 of entries that are right by themselves; `names` are those of trunks by id."""
    if not entries:
        yield Trouble(None, ValidationError(_("Add at least one trunk or a phone number"), code="V-RT-5"))
    if len(entries) > MOST_ENTRIES:
        message = _("A route can have up to %(most)s entries") % {"most": MOST_ENTRIES}
        yield Trouble(None, ValidationError(message, code="V-RT-1"))
    seen = set[str]()
    for row, entry in enumerate(entries):
        if entry.phone and row != len(entries) - 1:
            yield Trouble(row, ValidationError(_("A phone number can only be the last entry"), code="V-RT-2"))
        if entry.trunk_id and entry.trunk_id in seen:
            message = _('"%(name)s" is already in this route')
            yield Trouble(row, ValidationError(message, code="V-RT-3", params={"name": shown(entry, names)}))
        seen.add(entry.key)


def cannot_receive(name: str) -> ValidationError:
    """V-RT-3 of a trunk that is being deleted, was deleted or never came to be."""
    return ValidationError(_('"%(name)s" cannot receive calls'), code="V-RT-3", params={"name": shorten(name)})


def not_yours() -> ValidationError:
    """V-RT-3 of a trunk that the account does not have."""
    return ValidationError(_("Choose one of your trunks"), code="V-RT-3")


def would_loop(phone: str) -> ValidationError:
    """V-RT-4, whatever the chain: it may lead through routes of others."""
    message = _("%(number)s uses this route, so calls would loop. Choose another number")
    return ValidationError(message, code="V-RT-4", params={"number": phone})


def shown(entry: EntrySettings, names: Mapping[str, str]) -> str:
    return shorten(names.get(entry.trunk_id, "")) or _("This trunk")
