"""The table of prefixes: written for Kamailio as a SQLite file, asked here in memory. Both give the same answer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import phonenumbers

from sbc.numbering.plans import NO_COUNTRY, plans
from sbc.numbering.prefixes import NONE, Prefixes

SCHEMA = Path(__file__).with_name("schema.sql")
_FORM = 1  # count it up when the rows are made in another way
_SOURCE = f"phonenumberslite {phonenumbers.__version__}, form {_FORM}"


@cache
def table() -> dict[str, str]:
    """Prefix (digits, without a plus) to "country:valid:possible", as told in schema.sql."""
    found = dict[str, str]()
    for plan in plans():
        start = len(plan.code)
        possible = sum(1 << start + length for length in plan.lengths)
        rows = [("", NONE), *Prefixes().below_each_digit(plan.numbers, NONE)]
        for rest, (region, lengths) in rows:
            country = "" if region == NO_COUNTRY else region
            found[plan.code + rest] = f"{country}:{lengths << start + len(rest)}:{possible}"
    return found


def country_of(number: str) -> str | None:
    """The ISO 3166 code of the country of an E.164 number (digits, without a plus); "" when the number fits a numbering
    plan but no country is known, or it belongs to none; None when it fits no plan.
    """
    if not (number.isascii() and number.isdigit()):
        return None
    for end in range(len(number), 0, -1):
        if row := table().get(number[:end]):
            country, valid, possible = row.split(":")
            if int(valid) >> len(number) & 1:
                return country
            return "" if int(possible) >> len(number) & 1 else None
    return None


def write_numbering(path: Path) -> None:
    """Write the table as Kamailio reads it at its start, all at once; a file of this very table is kept."""
    if _source_of(path) == _SOURCE:
        return
    with TemporaryDirectory(dir=path.parent) as folder:
        new = Path(folder) / path.name
        with closing(sqlite3.connect(new)) as file:
            file.executescript(SCHEMA.read_text())
            file.executemany("INSERT INTO numbering (tprefix, tvalue) VALUES (?, ?)", table().items())
            file.execute("INSERT INTO source VALUES (?)", (_SOURCE,))
            file.commit()
        new.replace(path)


def _source_of(path: Path) -> str | None:
    """What a file was made from; None when there is no such file."""
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(path)) as file:
            row = file.execute("SELECT name FROM source").fetchone()
    except sqlite3.DatabaseError:
        return None
    return row[0] if row else None
