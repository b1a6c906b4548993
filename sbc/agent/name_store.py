"""Which host names the destinations of trunks have, when to ask for them again, and what they lead to."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

from sbc.addresses import Address
from sbc.agent.render import ADDRESS, Key, names_of
from sbc.documents import TRUNK, Document, NodeDocument

SCHEMA = Path(__file__).with_name("names.sql")
LOST, REFUSED = "lost", "refused"
KEPT_SECONDS = 3600  # so long calls go where a name led to last, when nobody can say where it leads now
_PLACE = re.compile(r"a\d+=([^;]+);")
_KIND = "name"  # owner of the facts, in place of a kind of documents


class NameStore:
    """Part of the agent's store: the same file, and the same lock. `sizes` are the store's counts of facts."""

    def __init__(self, sql: sqlite3.Connection, sizes: dict[str, int]) -> None:
        self._sql, self._sizes = sql, sizes
        self._sql.executescript(SCHEMA.read_text())

    def want(self, kind: str, id: str, document: Document | None) -> None:
        """Note the names of a document, in the transaction that stores it. A name that nobody wants any more goes when
        it is due. What is ours may not be a destination: when that changes, all names are looked at again.
        """
        if kind == TRUNK:
            self._sql.execute("DELETE FROM named WHERE trunk_id = ?", (id,))
        for hop, name in names_of(document).items():
            self._sql.execute("INSERT OR IGNORE INTO name (name) VALUES (?)", (name,))
            self._sql.execute("INSERT INTO named VALUES (?, ?, ?)", (f"{id}/{hop}", name, id))
        if isinstance(document, NodeDocument):
            self._sql.execute("UPDATE name SET due_at = 0")

    def are_due(self, now: float) -> bool:
        """Whether `take_due` would have any."""
        return self._sql.execute("SELECT 1 FROM name WHERE due_at <= ? LIMIT 1", (now,)).fetchone() is not None

    def take_due(self, most: int, now: float, again_at: float) -> list[str]:
        """Names to ask for now; `again_at` stands if nothing comes of it. New ones come first, the latest before
        others, and those in trouble last: whoever has many names that nobody answers for holds up nobody else.
        """
        sql = "SELECT name FROM name WHERE due_at <= ? ORDER BY trouble != '', due_at, rowid DESC LIMIT ?"
        names = [name for (name,) in self._sql.execute(sql, (now, most))]
        self._sql.executemany("UPDATE name SET due_at = ? WHERE name = ?", [(again_at, name) for name in names])
        return names

    def is_wanted(self, name: str) -> bool:
        """Whether a trunk still has it."""
        return self._sql.execute("SELECT 1 FROM named WHERE name = ?", (name,)).fetchone() is not None

    def forget(self, name: str) -> None:
        """Nobody wants it any more."""
        self._sql.execute("DELETE FROM name WHERE name = ?", (name,))
        self._write(name, "")

    def found(self, name: str, places: Sequence[str], now: float, again_at: float) -> None:
        """It leads to these ip:port."""
        sql = "UPDATE name SET trouble = '', answered_at = ?, due_at = ? WHERE name = ?"
        self._sql.execute(sql, (now, again_at, name))
        numbered = "".join(f"a{place}={text};" for place, text in enumerate(places, start=1))
        self._write(name, f"n={len(places)};{numbered}")

    def lost(self, name: str, now: float) -> None:
        """Nobody could say where it leads."""
        self._sql.execute("UPDATE name SET trouble = ? WHERE name = ?", (LOST, name))
        last = self._sql.execute("SELECT answered_at FROM name WHERE name = ?", (name,)).fetchone()
        if last is None or last[0] < now - KEPT_SECONDS:
            self._write(name, "")

    def refused(self, name: str) -> None:
        """It leads where no customer's name may lead."""
        self._sql.execute("UPDATE name SET trouble = ? WHERE name = ?", (REFUSED, name))
        self._write(name, "")

    def troubles(self, after: str, limit: int) -> dict[str, str]:
        """Destinations (`<trunk id>/<host:port>`, in order) whose names are of no use to calls, and why."""
        sql = """
            SELECT destination, trouble FROM named JOIN name USING (name)
            WHERE trouble != '' AND destination > ?
            AND NOT EXISTS (SELECT 1 FROM fact WHERE place = ? AND key_name = name.name)
            ORDER BY destination LIMIT ?
        """
        return dict(self._sql.execute(sql, (after, ADDRESS, limit)))

    def addresses(self, name: str) -> list[Address]:
        """Those that Kamailio is to know of it."""
        places = _PLACE.findall(self.value(name) or "")
        return [ip_address(place.rpartition(":")[0].strip("[]")) for place in places]

    def value(self, name: str) -> str | None:
        """What Kamailio is to know of it."""
        sql = "SELECT key_value FROM fact WHERE place = ? AND key_name = ?"
        found = self._sql.execute(sql, Key(ADDRESS, name)).fetchone()
        return str(found[0]) if found else None

    def _write(self, name: str, value: str) -> None:
        known = self.value(name) is not None
        if value:
            sql = "REPLACE INTO fact (place, key_name, key_value, kind, id) VALUES (?, ?, ?, ?, ?)"
            self._sql.execute(sql, (ADDRESS, name, value, _KIND, name))
        else:
            self._sql.execute("DELETE FROM fact WHERE place = ? AND key_name = ?", (ADDRESS, name))
        self._sizes[ADDRESS] = self._sizes.get(ADDRESS, 0) + bool(value) - known
