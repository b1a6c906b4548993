"""What differs between two settings of a route, old and new."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from routing.route_words import Trunks, line
from routing.specification import EntrySettings, RouteSettings
from trunks.differences import Difference, Value


def differences(before: RouteSettings, after: RouteSettings, trunks: Trunks) -> list[Difference]:
    """A mark says what becomes of an entry."""
    found = []
    if before.name != after.name:
        found.append(Difference("name", _("Name"), [Value(before.name)], [Value(after.name)]))
    if before.entries != after.entries:
        old = [Value(text, "" if is_kept else _("removed")) for text, is_kept in _old(before, after, trunks)]
        found.append(Difference("entries", _("Entries, in order"), old, _new(before, after, trunks)))
    return found


def _old(before: RouteSettings, after: RouteSettings, trunks: Trunks) -> list[tuple[str, bool]]:
    kept = {entry.key for entry in after.entries}
    return [(text, entry.key in kept) for text, entry in zip(_lines(before, trunks), before.entries, strict=True)]


def _new(before: RouteSettings, after: RouteSettings, trunks: Trunks) -> list[Value]:
    known = {entry.key: entry for entry in before.entries}
    was = _order(before.entries, after.entries)
    order = _order(after.entries, before.entries)
    lines = []
    for text, entry in zip(_lines(after, trunks), after.entries, strict=True):
        if entry.key not in known:
            mark = _("added")
        elif known[entry.key] != entry:
            mark = _("changed")
        else:
            mark = _("moved") if was.index(entry.key) != order.index(entry.key) else ""
        lines.append(Value(text, mark))
    return lines


def _order(entries: Sequence[EntrySettings], others: Sequence[EntrySettings]) -> list[str]:
    """Of those that both have."""
    shared = {entry.key for entry in others}
    return [entry.key for entry in entries if entry.key in shared]


def _lines(settings: RouteSettings, trunks: Trunks) -> list[str]:
    return [f"{place}. {line(entry, trunks)}" for place, entry in enumerate(settings.entries, start=1)]
