"""Reads an inventory of numbers from a CSV file, and says of every line that is wrong why it is."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

import phonenumbers
from django.utils.translation import gettext as _

from billing.models import NumberRate
from provisioning.models import DataCentre
from routing.enums import NumberKind
from routing.models import Number
from routing.models.number import AREA_LENGTH

COLUMNS = ("number", "data_centre", "area", "kind", "rate")
BATCH = 5000
T = TypeVar("T")
_LOOKS_LIKE_ONE = re.compile(r"\+[\d ().\-/]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` counts from 1, the header included; 0 where the file as a whole is wrong."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a file says: `numbers` would be loaded, if there were no `problems`."""

    numbers: list[Number] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def summary(self) -> list[tuple[str, str, str, str, int]]:
        """Data centre, country, kind, rate, and how many numbers."""
        about = ((each.data_centre.name, each.country, each.kind, each.rate_id or "") for each in self.numbers)
        return [(*group, count) for group, count in sorted(Counter(about).items())]


class Wrong(Exception):
    """One line, with the reason."""


def read_inventory(content: bytes) -> Inventory:
    """UTF-8 with commas or semicolons and a header. As few queries for 100,000 lines as for ten, save for some batches
    that look for numbers which are there already.
    """
    try:
        lines = re.split(r"\r\n|\r|\n", content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return Inventory(problems=[Problem(0, _("This file is not UTF-8. Save it as “CSV UTF-8”"))])
    delimiter = ";" if lines[0].count(";") > lines[0].count(",") else ","
    try:
        header = [name.strip().lower() for name in _cells(lines[0], delimiter)]
    except Wrong as wrong:
        return Inventory(problems=[Problem(1, str(wrong))])
    if missing := [name for name in COLUMNS if header.count(name) != 1]:
        words = _("The first line must name each of %(columns)s once. Look at %(missing)s")
        about = {"columns": ", ".join(COLUMNS), "missing": ", ".join(missing)}
        return Inventory(problems=[Problem(1, words % about)])
    reader = _Reader(header, delimiter)
    for at, line in enumerate(lines[1:], start=2):
        reader.read(at, line)
    return reader.inventory()


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error as trouble:
        raise Wrong(_("This is no line of CSV: %(why)s") % {"why": trouble}) from None


class _Reader:
    """Checks line after line against what there is, read once."""

    def __init__(self, header: list[str], delimiter: str) -> None:
        self.header, self.delimiter = header, delimiter
        self.places = {place.pk: place for place in DataCentre.objects.all()}
        self.rates = set(NumberRate.objects.values_list("pk", flat=True))
        self.lines: dict[str, int] = {}
        self.numbers: list[Number] = []
        self.problems: list[Problem] = []

    def read(self, at: int, line: str) -> None:
        try:
            cells = [cell.strip() for cell in _cells(line, self.delimiter)]
            if any(cells):
                self.numbers.append(self._number(at, cells))
        except Wrong as wrong:
            self.problems.append(Problem(at, str(wrong)))

    def inventory(self) -> Inventory:
        """Without the numbers that were loaded before, which are problems, too."""
        present = set[str]()
        for batch in batches(self.lines):
            present.update(Number.objects.filter(pk__in=batch).values_list("pk", flat=True))
        words = _("%(number)s is in the inventory already")
        there = [Problem(self.lines[pk], words % {"number": pk}) for pk in present]
        numbers = [number for number in self.numbers if number.pk not in present]
        return Inventory(numbers, sorted([*self.problems, *there], key=lambda problem: problem.line))

    def _number(self, at: int, cells: list[str]) -> Number:
        if len(cells) != len(self.header):
            about = {"count": len(cells), "most": len(self.header)}
            raise Wrong(_("There are %(count)s columns here and %(most)s in the first line") % about)
        said = dict(zip(self.header, cells, strict=True))
        e164, country = read_number(said["number"])
        number = Number(
            e164=e164,
            country=country,
            data_centre=self._place(said["data_centre"]),
            area=_area(said["area"]),
            kind=_kind(said["kind"]),
            rate_id=self._rate(said["rate"]),
        )
        first = self.lines.setdefault(e164, at)
        if first != at:
            raise Wrong(_("%(number)s stands in line %(line)s already") % {"number": e164, "line": first})
        return number

    def _place(self, said: str) -> DataCentre:
        place = self.places.get(said.upper())
        if place is None:
            raise Wrong(_("There is no data centre %(said)s") % {"said": _shown(said)})
        return place

    def _rate(self, said: str) -> str:
        if said not in self.rates:
            raise Wrong(_("There is no rate %(said)s") % {"said": _shown(said)})
        return said


def read_number(said: str) -> tuple[str, str]:
    """In E.164, and the country (ISO 3166-1 alpha-2; empty for none). Raises Wrong for what fits no numbering plan."""
    if not _LOOKS_LIKE_ONE.fullmatch(said):
        raise Wrong(_("%(said)s is no number with + and country code") % {"said": _shown(said)})
    try:
        number = phonenumbers.parse(said)
    except phonenumbers.NumberParseException:
        raise Wrong(_("%(said)s fits no numbering plan") % {"said": _shown(said)}) from None
    region = phonenumbers.region_code_for_number(number) or ""
    if not phonenumbers.is_valid_number_for_region(number, region):
        raise Wrong(_("%(said)s fits no numbering plan") % {"said": _shown(said)})
    e164 = f"+{number.country_code}{phonenumbers.national_significant_number(number)}"
    return e164, region if region.isalpha() else ""


def _area(said: str) -> str:
    if len(said) > AREA_LENGTH:
        raise Wrong(_("The area has more than %(most)s characters") % {"most": AREA_LENGTH})
    if not said.isprintable():
        raise Wrong(_("The area has characters that cannot be shown"))
    return said


def _kind(said: str) -> str:
    word = re.sub(r"[\s-]+", "_", said).upper()
    if word not in NumberKind.values:
        about = {"said": _shown(said), "kinds": ", ".join(NumberKind.values)}
        raise Wrong(_("There is no kind %(said)s. There are %(kinds)s") % about)
    return word


def _shown(said: str) -> str:
    return f"“{said[:40]}”" if said else _("without a name")


def batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch
