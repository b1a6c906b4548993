"""Inputs of our own: choice cards, a list in order, rows of hosts. All work without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from common.forms import RowError


@dataclass(frozen=True)
class Card:
    """One option: `aside` stands at the right (a price), `reason` disables it and says why, `action` is the value of a
    submit button in it.
    """

    value: str
    label: Any
    description: Any = ""
    aside: Any = ""
    reason: Any = ""
    action: str = ""
    action_label: Any = ""


class ChoiceCards(forms.RadioSelect):
    template_name = "forms/widgets/choice_cards.html"
    cards: Mapping[str, Card] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        card = self.cards.get(str(value), Card(str(value), option["label"]))
        option["card"] = card
        if card.reason:
            option["attrs"]["disabled"] = True
        base = option["attrs"].get("id", f"{name}_{value}")
        option["aside_id"] = f"{base}_aside" if card.aside else ""
        option["about_id"] = f"{base}_about" if card.description or card.reason else ""
        if described := f"{option['aside_id']} {option['about_id']}".strip():
            option["attrs"]["aria-describedby"] = described
        return option


class CardsField(forms.ChoiceField):
    """A choice between cards; a disabled one is refused with its reason, whatever the browser sends."""

    widget = ChoiceCards

    def __init__(self, *, cards: Iterable[Card] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.set_cards(cards)

    def set_cards(self, cards: Iterable[Card]) -> None:
        self.cards = {card.value: card for card in cards}
        self.choices = [(card.value, card.label) for card in self.cards.values()]
        self.widget.cards = self.cards

    def __deepcopy__(self, memo: dict[int, Any]) -> CardsField:
        copied: CardsField = super().__deepcopy__(memo)
        copied.set_cards(self.cards.values())
        return copied

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value in self.cards and self.cards[value].reason:
            raise ValidationError(self.cards[value].reason, code="disabled")


# More rows than any limit allows; nobody types so many, and a page of a million would not end.
ROWS_READ = 50


class OrderedChoices(forms.SelectMultiple):
    """The chosen ones in order, with buttons, and a select for the rest. Posts hidden inputs in page order."""

    template_name = "forms/widgets/ordered_choices.html"
    use_fieldset = True
    add_label = _("Add")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        labels = {str(key): label for key, label in self.choices}
        chosen = [str(item) for item in value or [] if str(item) in labels]
        context["widget"] |= {
            "items": [(item, labels[item]) for item in chosen],
            "rest": [(key, label) for key, label in labels.items() if key not in chosen],
            "add_label": self.add_label,
        }
        return context

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return id_

    def rework(self, verb: str, item: str, data: QueryDict, name: str) -> bool:
        items = data.getlist(name)
        if verb == "add" and item == name:
            data.setlist(name, [*items, *filter(None, data.getlist(f"{name}_add"))])
            return True
        if item not in items:
            return False
        data.setlist(name, moved(items, items.index(item), verb))
        return True


class OrderedField(forms.MultipleChoiceField):
    """A choice of several whose order matters."""

    widget = OrderedChoices

    def to_python(self, value: Any) -> list[str]:
        return list(dict.fromkeys(super().to_python(value)))


class Host(NamedTuple):
    """A row as it was typed; `row` is where it stands on the page."""

    row: int
    host: str
    port: str = ""


@dataclass
class HostRow:
    number: int
    host: str
    port: str
    errors: list[str] = field(default_factory=list)
    bad_part: str | None = None


class HostRows(forms.Widget):
    """Up to `most` hosts, one a row, optionally with a port and in order."""

    template_name = "forms/widgets/host_rows.html"
    use_fieldset = True
    prints_own_errors = True
    errors: Sequence[ValidationError] = ()

    def __init__(
        self, *, row_label: Any, add_label: Any, most: int = 3, ports: bool = False, ordered: bool = False
    ) -> None:
        super().__init__()
        self.row_label = row_label
        self.add_label = add_label
        self.most = most
        self.ports = ports
        self.ordered = ordered

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = [HostRow(at, *pair) for at, pair in enumerate(pairs_of(value) or [("", "")])]
        for error in self.errors:
            if isinstance(error, RowError) and error.row < len(rows):
                rows[error.row].errors += error.messages
                rows[error.row].bad_part = error.part
        general = [text for error in self.errors if not isinstance(error, RowError) for text in error.messages]
        context["widget"] |= {"rows": rows, "general": general, "blank": HostRow(-1, "", ""), "options": self}
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[tuple[str, str]]:
        getlist = getattr(data, "getlist", lambda key: data.get(key) or [])
        hosts, ports = list(getlist(name)), list(getlist(f"{name}_port"))
        ports += [""] * (len(hosts) - len(ports))
        rows = [row for cells in zip(hosts, ports, strict=False) for row in self.split(*cells)]
        return rows[:ROWS_READ]

    def split(self, host: str, port: str) -> list[tuple[str, str]]:
        """Several hosts pasted into one row become rows."""
        first, *others = re.split(r"[\s,]+" if self.ports else r"[\s,;]+", host.strip())
        return [(first, port), *((other, "") for other in others if other)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_0"

    def rework(self, verb: str, item: str, data: QueryDict, name: str) -> bool:
        rows = self.value_from_datadict(data, None, name)
        at = item.removeprefix(f"{name}-")
        if verb == "add" and item == name:
            rows = [*rows, ("", "")][: self.most]
        elif item != at and at.isdecimal() and int(at) < len(rows):
            rows = moved(rows, int(at), verb)
        else:
            return False
        data.setlist(name, [host for host, _port in rows])
        data.setlist(f"{name}_port", [port for _host, port in rows])
        return True


class HostsField(forms.Field):
    """The rows that were filled in, as Host(row, host, port); what is right is decided by the form."""

    def __init__(self, *, widget: HostRows, **kwargs: Any) -> None:
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value: Any) -> list[Host]:
        rows = enumerate(pairs_of(value))
        return [Host(row, host.strip(), port.strip()) for row, (host, port) in rows if host.strip() or port.strip()]


def pairs_of(value: Any) -> list[tuple[str, str]]:
    """Rows from typed pairs, Host rows, or plain host names."""
    rows = []
    for item in value or []:
        if isinstance(item, str):
            rows.append((item, ""))
        elif isinstance(item, Host):
            rows.append((item.host, item.port))
        else:
            rows.append((str(item[0]), str(item[1] or "")))
    return rows


def moved(items: Sequence[Any], at: int, verb: str) -> list[Any]:
    """The items with one of them up, down or removed; a step over the end changes nothing."""
    rest = [*items[:at], *items[at + 1 :]]
    if verb == "remove":
        return rest
    target = max(0, at - 1) if verb == "up" else at + 1
    return [*rest[:target], items[at], *rest[target:]]
