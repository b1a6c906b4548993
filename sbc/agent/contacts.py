"""Registered contacts, read from the file in which Kamailio keeps them."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

SCHEMA = Path(__file__).with_name("contacts.sql")
_NO_USER_AGENT = "n/a"  # Kamailio's word
_COLUMNS = "ruid, username, contact, received, user_agent, since, last_modified, expires"


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a trunk is. `id` is Kamailio's own and stays the same until the registration lapses; `source` is where the
    REGISTER came from, host:port; times are Unix seconds.
    """

    id: str
    trunk_id: str
    contact: str
    source: str
    user_agent: str
    since: int
    refreshed_at: int
    expires_at: int


class Contacts(Protocol):
    """What the agent needs to know about contacts."""

    def page(self, after: str, limit: int) -> list[Contact]:
        """Live contacts in order of id."""

    def trunk_ids(self) -> list[str]:
        """Every trunk that has a contact."""


class ContactsFile:
    """What Kamailio writes back every two seconds. Opened for each question, for it may be replaced."""

    def __init__(self, path: Path) -> None:
        self._uri = f"{path.absolute().as_uri()}?mode=ro"

    def page(self, after: str, limit: int) -> list[Contact]:
        """As in Contacts."""
        sql = f"SELECT {_COLUMNS} FROM location WHERE ruid > ? AND expires > ? ORDER BY ruid LIMIT ?"  # noqa: S608
        return [_contact(*row) for row in self._ask(sql, after, int(time.time()), limit)]

    def trunk_ids(self) -> list[str]:
        """As in Contacts."""
        sql = "SELECT DISTINCT username FROM location WHERE expires > ?"
        return [trunk_id for (trunk_id,) in self._ask(sql, int(time.time()))]

    def _ask(self, sql: str, *values: str | int) -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(self._uri, uri=True)) as file:
            file.text_factory = lambda text: text.decode(errors="replace")  # customers' equipment may send anything
            return file.execute(sql, values).fetchall()


def _contact(id: str, trunk_id: str, contact: str, received: str | None, agent: str, *times: str) -> Contact:
    source = (received or contact).removeprefix("sip:").partition(";")[0]
    user_agent = "" if agent == _NO_USER_AGENT else agent
    return Contact(id, trunk_id, contact, source, user_agent, *map(int, times))
