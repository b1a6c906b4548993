"""The entries of a route on a page: rows in order, each a trunk or, as the last one, a phone number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from common.forms import RowError
from common.widgets import ROWS_READ, moved
from routing.enums import DEFAULT_RING, HUNT_ON_BY_DEFAULT, LONGEST_RING, MOST_ENTRIES, SHORTEST_RING, HuntOn

# What each reason means, for people who do not know SIP.
MEANINGS = {
    HuntOn.UNREACHABLE: _("Nothing answers at any of its addresses."),
    HuntOn.TIMEOUT: _("It rang for the ring time, and nobody took the call."),
    HuntOn.ERROR: _("Your equipment says that something is wrong with it, such as 503."),
    HuntOn.BUSY: _("Everybody there is on the phone. At first this is off: callers expect to hear that you are busy."),
}


@dataclass(frozen=True, slots=True)
class TypedEntry:
    """A row as it was typed; with an empty `trunk_id` it asks for a phone number."""

    trunk_id: str = ""
    phone: str = ""
    ring_seconds: str = str(DEFAULT_RING)
    hunt_on: Sequence[str] = HUNT_ON_BY_DEFAULT


@dataclass
class Row:
    """As the template shows it; `at` makes names and ids that no other row has."""

    at: Any
    typed: TypedEntry
    label: str
    errors: list[str] = field(default_factory=list)
    bad_parts: list[str] = field(default_factory=list)
    tag: str = ""

    @property
    def reasons(self) -> list[tuple[str, Any, bool]]:
        return [(reason.value, reason.label, reason in self.typed.hunt_on) for reason in HuntOn]


class EntryRows(forms.Widget):
    """Buttons move, add and remove rows. `labels` are those of all trunks that a row may have, `offered` the ids of
    those that can be added, `tags` says what is the matter with a trunk.
    """

    template_name = "forms/widgets/entry_rows.html"
    use_fieldset = True
    prints_own_errors = True
    errors: Sequence[ValidationError] = ()
    labels: Mapping[str, str] = {}
    tags: Mapping[str, str] = {}
    offered: Sequence[str] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        typed: list[TypedEntry] = list(value or [])
        rows = [self._row(at, entry) for at, entry in enumerate(typed)]
        general = [text for error in self.errors if not isinstance(error, RowError) for text in error.messages]
        for error in self.errors:
            if isinstance(error, RowError) and error.row < len(rows):
                rows[error.row].errors += error.messages
                rows[error.row].bad_parts.append(error.part)
        chosen = {entry.trunk_id for entry in typed}
        context["widget"] |= {
            "rows": rows,
            "general": general,
            "rest": [(pk, self.labels[pk]) for pk in self.offered if pk not in chosen],
            "has_phone": any(not entry.trunk_id for entry in typed),
            "blank_trunk": Row("__at__", TypedEntry("__item__"), "__label__"),
            "blank_phone": Row("__at__", TypedEntry(), str(_("Phone number"))),
            "is_full": len(rows) >= MOST_ENTRIES,
            "most": MOST_ENTRIES,
            "shortest": SHORTEST_RING,
            "longest": LONGEST_RING,
            "meanings": [(reason.label, words) for reason, words in MEANINGS.items()],
        }
        return context

    def _row(self, at: int, entry: TypedEntry) -> Row:
        label = self.labels.get(entry.trunk_id, "") if entry.trunk_id else str(_("Phone number"))
        return Row(at, entry, label or str(_("Unknown trunk")), tag=self.tags.get(entry.trunk_id, ""))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[TypedEntry]:
        return [
            TypedEntry(
                data.get(f"{name}_trunk_{key}", ""),
                data.get(f"{name}_phone_{key}", ""),
                data.get(f"{name}_ring_{key}", ""),
                tuple(data.getlist(f"{name}_hunt_{key}")),
            )
            for key in keys_in(data, name)
        ]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_add"

    def rework(self, verb: str, item: str, data: QueryDict, name: str) -> bool:
        typed = self.value_from_datadict(data, None, name)
        key = item.removeprefix(f"{name}-")
        if item == name:
            typed = self._added(verb, typed, data.get(f"{name}_add", ""))
        elif item != key and key in keys_in(data, name):
            typed = phone_last(moved(typed, keys_in(data, name).index(key), verb))
        else:
            return False
        put_into(data, name, typed)
        return True

    def _added(self, verb: str, typed: list[TypedEntry], trunk_id: str) -> list[TypedEntry]:
        has_phone = any(not entry.trunk_id for entry in typed)
        if len(typed) >= MOST_ENTRIES or (verb == "phone" and has_phone):
            return typed
        if verb == "phone":
            return [*typed, TypedEntry()]
        is_new = trunk_id in self.offered and all(entry.trunk_id != trunk_id for entry in typed)
        return phone_last([*typed, TypedEntry(trunk_id)]) if is_new else typed


class EntriesField(forms.Field):
    """The rows as they were typed; what is right is decided by the form."""

    widget = EntryRows

    def offer(self, labels: Mapping[str, str], offered: Sequence[str], tags: Mapping[str, str]) -> None:
        widget: EntryRows = self.widget  # type: ignore[assignment]
        widget.labels, widget.offered, widget.tags = labels, offered, tags

    def clean(self, value: Any) -> list[TypedEntry]:
        return list(value or [])


def keys_in(data: Any, name: str) -> list[str]:
    """What rows are told apart by, in their order, each once."""
    return list(dict.fromkeys(data.getlist(name)))[:ROWS_READ]


def put_into(data: QueryDict, name: str, typed: Iterable[TypedEntry]) -> None:
    """As the page's own form would post them."""
    for key in [key for key in data if key == name or key.startswith(f"{name}_")]:
        del data[key]
    for at, entry in enumerate(typed):
        data.appendlist(name, str(at))
        data[f"{name}_ring_{at}"] = entry.ring_seconds
        data.setlist(f"{name}_hunt_{at}", list(entry.hunt_on))
        if entry.trunk_id:
            data[f"{name}_trunk_{at}"] = entry.trunk_id
        else:
            data[f"{name}_phone_{at}"] = entry.phone


def phone_last(typed: Iterable[TypedEntry]) -> list[TypedEntry]:
    return sorted(typed, key=lambda entry: not entry.trunk_id)


def as_typed(entry: Any) -> TypedEntry:
    """A stored entry as somebody would type it."""
    return replace(TypedEntry(entry.trunk_id, entry.phone, str(entry.ring_seconds)), hunt_on=tuple(entry.hunt_on))
