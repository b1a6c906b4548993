"""How the list is sorted: by one of its columns, forwards or backwards. Each order is an index of `Trunk`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from trunks.enums import State
from trunks.models import Trunk

BACKWARDS = "-"
# Data centres stand by their codes, which are their names in the alphabet's order.
_FIELDS: dict[str, tuple[str, ...]] = {
    "state": ("urgency", "name", "pk"),
    "name": ("name", "pk"),
    "data_centre": ("data_centre_id", "name", "pk"),
    "changed": ("changed_at", "pk"),
}
_LABELS = {"state": _("State"), "name": _("Trunk"), "data_centre": _("Data centre"), "changed": _("Last change")}
# What is asked for first: of changes, the latest.
_FIRST = {"state": "state", "name": "name", "data_centre": "data_centre", "changed": "-changed"}
USUAL = "state"


class Head(NamedTuple):
    """The head of a column: `asks` is what its link asks for (None: the usual order), `direction` is for `aria-sort`,
    empty where the list is sorted by another column.
    """

    label: str
    asks: str | None
    direction: str

    @property
    def icon(self) -> str:
        return {"ascending": "up", "descending": "down"}.get(self.direction, "")


@dataclass(frozen=True, slots=True)
class Sorting:
    """`asked` is a column, with a minus where it is sorted backwards."""

    asked: str = USUAL

    @classmethod
    def read(cls, asked: str) -> Sorting:
        """Nonsense is the usual order."""
        return cls(asked) if asked.removeprefix(BACKWARDS) in _FIELDS else cls()

    @property
    def column(self) -> str:
        return self.asked.removeprefix(BACKWARDS)

    @property
    def is_usual(self) -> bool:
        return self.asked == USUAL

    def sort(self, trunks: QuerySet[Trunk], urgent: Collection[UUID] = ()) -> QuerySet[Trunk]:
        """`urgent` trunks need attention whatever their state is. Without any, an index has the order."""
        sign = BACKWARDS if self.asked.startswith(BACKWARDS) else ""
        names = _FIELDS[self.column]
        if urgent and self.column == USUAL:
            raised = When(pk__in=urgent, then=Value(State.values.index(State.RESET)))
            trunks = trunks.annotate(attention=Case(raised, default=F("urgency"), output_field=IntegerField()))
            names = ("attention", *names[1:])
        return trunks.order_by(*(f"{sign}{name}" for name in names))

    def heads(self) -> dict[str, Head]:
        """By column."""
        return {column: self._head(column) for column in _FIELDS}

    def _head(self, column: str) -> Head:
        asks, direction = _FIRST[column], ""
        if column == self.column:
            backwards = self.asked.startswith(BACKWARDS)
            asks = column if backwards else f"{BACKWARDS}{column}"
            direction = "descending" if backwards else "ascending"
        return Head(str(_LABELS[column]), None if asks == USUAL else asks, direction)
