"""The list of trunks, with few and with many trunks in the database: queries and milliseconds of its pages."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import django

from portal.bench.figures import Figures
from portal.launcher.servers import running, throwaway_state

FEW = 50
WARM_UP = 3
LIST = "/trunks/"
SETTINGS = {
    "DJANGO_SECRET_KEY": "measuring-only",
    "TRUNKLINE_LAB": "1",
    "TRUNKLINE_HTTPS": "0",
    "TRUNKLINE_STATICFILES": "django.contrib.staticfiles.storage.StaticFilesStorage",
}
# 50 rows are two pages.
ROWS_50 = (LIST, f"{LIST}?page=2")


@dataclass(frozen=True, slots=True)
class Case:
    """Pages asked for one after the other by the owner of so many `trunks`."""

    name: str
    trunks: int
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pages:
    """`queries` are those of the first page; milliseconds those of all pages of the case together."""

    case: Case
    queries: int
    took: Figures


def cases(many: int) -> list[Case]:
    """The first is what all others are compared with; it alone has a database to itself."""
    return [
        Case(f"50 rows, {FEW} trunks in the database", FEW, ROWS_50),
        Case(f"50 rows of an account with {FEW}, {many:,} trunks of others beside them", FEW, ROWS_50),
        Case(f"50 rows of an account with {many:,}", many, ROWS_50),
        Case("the same account: its last page", many, (f"{LIST}?page={many // 25}",)),
        Case("the same account: those in a state", many, (f"{LIST}?state=RESET",)),
        Case("the same account: by name, backwards", many, (f"{LIST}?sort=-name",)),
        Case("the same account: by data centre", many, (f"{LIST}?sort=data_centre",)),
        Case("the same account: by the latest change", many, (f"{LIST}?sort=-changed",)),
        Case("the same account: part of a name that many have", many, (f"{LIST}?q=office",)),
        Case("the same account: part of a name that one has", many, (f"{LIST}?q=Office+{many - 1}",)),
        Case("the same account: words that no trunk has", many, (f"{LIST}?q=nothing",)),
        Case("the same account: a source address", many, (f"{LIST}?q=10.0.0.77",)),
        Case("the same account: a reference", many, (f"{LIST}?q=TR-00000000",)),
    ]


def measure_lists(many: int, rounds: int) -> list[Pages]:
    """Every case once in each round, so that whatever else the machine does hits them alike."""
    with _two_databases(many) as visitors:
        took: list[list[float]] = [[] for _visitor in visitors]
        for number in range(WARM_UP + rounds):
            for place, visitor in enumerate(visitors):
                spent = visitor.look()
                if number >= WARM_UP:
                    took[place].append(spent)
        return [
            Pages(visitor.case, visitor.queries(), Figures.of(spent))
            for visitor, spent in zip(visitors, took, strict=True)
        ]


class Visitor:
    """Somebody who is signed in, on one of the databases."""

    def __init__(self, case: Case, database: Any, client: Any) -> None:
        self.case, self.database, self.client = case, database, client

    def look(self) -> float:
        """Milliseconds until all pages were answered: the whole portal but for the web server."""
        self._choose()
        began = time.perf_counter()
        for url in self.case.urls:
            self._get(url)
        return 1000 * (time.perf_counter() - began)

    def queries(self) -> int:
        """Of the first page."""
        from django.test.utils import CaptureQueriesContext

        self._choose()
        with CaptureQueriesContext(self.database) as captured:
            self._get(self.case.urls[0])
        return len(captured)

    def _choose(self) -> None:
        from django.db import connections

        connections["default"] = self.database
        self.database.ensure_connection()

    def _get(self, url: str) -> None:
        answer = self.client.get(url)
        if answer.status_code != 200:  # noqa: PLR2004 -- OK
            raise AssertionError(f"{url} answered {answer.status_code}")


@contextlib.contextmanager
def _two_databases(many: int) -> Iterator[Sequence[Visitor]]:
    """One server, thrown away at the end: a database with few trunks, and one with few and many."""
    with throwaway_state() as state, running(state) as urls:
        os.environ |= urls | SETTINGS
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
        django.setup()
        from django.db import connections

        from portal.bench.sample import database, signed_in, trunks_of_an_account

        small, large = database("few"), database("many")
        try:
            connections["default"] = small
            alone = signed_in(trunks_of_an_account(FEW))
            connections["default"] = large
            clients = {many: signed_in(trunks_of_an_account(many)), FEW: signed_in(trunks_of_an_account(FEW))}
            first, *others = cases(many)
            yield [Visitor(first, small, alone), *(Visitor(case, large, clients[case.trunks]) for case in others)]
        finally:
            small.close()
            large.close()
