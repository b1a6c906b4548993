"""A route in words: the preview, its entries line by line, what to look out for, and what a change means for calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from provisioning.models import DataCentre
from routing.enums import HuntOn
from routing.judging import takes_no_calls
from routing.models import Number
from routing.specification import EntrySettings
from trunks.enums import AdminStatus
from trunks.facts import has_somewhere_to_ring
from trunks.models import Trunk

Trunks = Mapping[str, Trunk]
MOST_NAMED = 5


def preview(entries: Iterable[EntrySettings], trunks: Trunks) -> str:
    """As in: 1. Main office (20 s) → 2. Backup (20 s) → 3. +13124441212."""
    lines = [f"{place}. {_preview(entry, trunks)}" for place, entry in enumerate(entries, start=1)]
    return " → ".join(lines)


def _preview(entry: EntrySettings, trunks: Trunks) -> str:
    if entry.phone:
        return entry.phone
    words = _("%(name)s (%(ring)s s)") % {"name": name_of(entry, trunks), "ring": entry.ring_seconds}
    return f"{words}, {_('deleted, passed over')}" if is_deleted(entry, trunks) else words


def name_of(entry: EntrySettings, trunks: Trunks) -> str:
    if entry.phone:
        return entry.phone
    trunk = trunks.get(entry.trunk_id)
    return trunk.name if trunk else _("Unknown trunk")


def is_deleted(entry: EntrySettings, trunks: Trunks) -> bool:
    trunk = trunks.get(entry.trunk_id)
    return bool(entry.trunk_id) and (trunk is None or takes_no_calls(trunk))


def line(entry: EntrySettings, trunks: Trunks) -> str:
    """As in: Main office, 20 s, goes on when it cannot be reached."""
    words = {"name": name_of(entry, trunks), "ring": entry.ring_seconds, "reasons": reasons_in_words(entry.hunt_on)}
    if entry.phone:
        return _("%(name)s, %(ring)s s") % words
    if not entry.hunt_on:
        return _("%(name)s, %(ring)s s, never goes on") % words
    return _("%(name)s, %(ring)s s, goes on when it %(reasons)s") % words


def reasons_in_words(reasons: Iterable[str]) -> str:
    chosen = set(reasons)
    return listed([str(reason.label) for reason in HuntOn if reason in chosen], _(" or "))


def listed(words: Sequence[str], last: str | None = None) -> str:
    """As in: a, b and c."""
    joined = _(" and ") if last is None else last
    return joined.join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def place_name(code: str) -> str:
    return DataCentre.objects.get(pk=code).name


def remarks(entries: Sequence[EntrySettings], trunks: Trunks) -> list[str]:
    """What to look out for; nothing of it stands in the way of saving."""
    return [*_about_trunks(entries, trunks), *_about_all(entries, trunks)]


def _about_trunks(entries: Iterable[EntrySettings], trunks: Trunks) -> Iterator[str]:
    for entry in entries:
        trunk = trunks.get(entry.trunk_id)
        if trunk is None or takes_no_calls(trunk):
            continue
        if trunk.admin_status != AdminStatus.ENABLED:
            yield _("%(name)s is disabled: calls pass it over until it is enabled") % {"name": trunk}
        elif trunk.live is not None and not has_somewhere_to_ring(trunk):
            yield _("%(name)s has no address to which we send calls, so calls pass it over") % {"name": trunk}


def _about_all(entries: Sequence[EntrySettings], trunks: Trunks) -> Iterator[str]:
    places = [trunks[entry.trunk_id].data_centre for entry in entries if entry.trunk_id in trunks]
    if len(places) > 1 and len({place.pk for place in places}) == 1:
        yield _("All its trunks are in %(place)s: when nobody can reach that data centre, no trunk takes the call") % {
            "place": places[0]
        }
    if len(entries) == 1:
        yield _("There is only one entry: when it cannot take the call, nobody does")
    for entry in entries[:-1]:
        if not entry.hunt_on:
            yield _("Calls never go on after %(name)s: no reason is chosen") % {"name": name_of(entry, trunks)}
    if any(entry.phone for entry in entries):
        yield _("The call to the phone number is charged at normal rates. Call routing itself costs nothing")


def for_calls(numbers: Sequence[Number], entries: Sequence[EntrySettings], trunks: Trunks) -> list[str]:
    """What a change means, in sentences."""
    if numbers:
        words = ngettext(
            "Calls to %(numbers)s follow it as soon as the nodes have it.",
            "Calls to these %(count)s numbers follow it as soon as the nodes have it: %(numbers)s.",
            len(numbers),
        )
        shown = listed([number.pk for number in numbers]) if len(numbers) <= MOST_NAMED else _many(numbers)
        about = [words % {"numbers": shown, "count": len(numbers)}]
    else:
        about = [_("No number uses this route, so no call notices it yet.")]
    about.append(_("Calls that are up, or ring already, go on as they began."))
    return [*about, *(f"{remark}." for remark in remarks(entries, trunks))]


def _many(numbers: Sequence[Number]) -> str:
    return _("%(first)s and %(more)s more") % {
        "first": ", ".join(number.pk for number in numbers[:MOST_NAMED]),
        "more": len(numbers) - MOST_NAMED,
    }
