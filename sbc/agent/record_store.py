"""The agent's durable store of call records, numbered in the order in which they were read."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from sbc.agent.records import CallRecord

log = logging.getLogger(__name__)

SCHEMA = Path(__file__).with_name("records.sql")
KEPT_SECONDS = 90 * 24 * 3600
Page = dict[str, Any]


class Records(Protocol):
    """What the agent can tell of ended calls."""

    def page(self, store: str, after: int, limit: int) -> Page:
        """`{"store": <id>, "records": [{"sequence": 7, …}, …]}`: those after the asker's cursor. A cursor of another
        store says nothing here: then they are told from the first one.
        """


class RecordStore:
    """One SQLite file (or ":memory:"); safe for threads. What it has taken is on disk."""

    def __init__(self, path: Path | str) -> None:
        self._sql = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._sql.execute("PRAGMA journal_mode = WAL")
        self._sql.execute("PRAGMA synchronous = FULL")
        self._lock = threading.Lock()
        if not self._sql.execute("SELECT 1 FROM sqlite_master WHERE name = 'bookmark'").fetchone():
            born = f"INSERT INTO store (id) VALUES ('{uuid.uuid4().hex}');"  # noqa: S608 - our own letters
            self._sql.executescript(f"BEGIN; {SCHEMA.read_text()} {born} COMMIT;")
        self.id: str = self._sql.execute("SELECT id FROM store").fetchone()[0]

    def close(self) -> None:
        """Close the file; the store is of no use afterwards."""
        self._sql.close()

    def bookmark(self, inode: int) -> int:
        """How many bytes of a file were taken."""
        with self._lock:
            found = self._sql.execute("SELECT place FROM bookmark WHERE inode = ?", (inode,)).fetchone()
        return found[0] if found else 0

    def take(self, lines: Sequence[str], inode: int, place: int) -> None:
        """Keep the records of a file up to a place, and the place, all or nothing. One that is here already is not
        kept again.
        """
        now = int(time.time())
        with self._transaction():
            for line in lines:
                self._take_line(line, now)
            self._sql.execute("REPLACE INTO bookmark VALUES (?, ?)", (inode, place))

    def drop_bookmark(self, inode: int) -> None:
        """Before a file is deleted: another one may get its inode."""
        with self._transaction():
            self._sql.execute("DELETE FROM bookmark WHERE inode = ?", (inode,))

    def page(self, store: str, after: int, limit: int) -> Page:
        """As in Records. Takes note of what the asker has."""
        known = after if store == self.id else 0
        sql = "SELECT sequence, body FROM record WHERE sequence > ? ORDER BY sequence LIMIT ?"
        with self._lock:
            self._sql.execute("UPDATE store SET pulled = ? WHERE pulled < ?", (known, known))
            found = self._sql.execute(sql, (known, limit)).fetchall()
        return {"store": self.id, "records": [{"sequence": number, **json.loads(body)} for number, body in found]}

    def forget_old(self) -> None:
        """Drop records that the portal has had for long; never one that it has not."""
        with self._transaction():
            sql = "DELETE FROM record WHERE kept_at < ? AND sequence <= (SELECT pulled FROM store)"
            self._sql.execute(sql, (int(time.time()) - KEPT_SECONDS,))

    def waiting(self) -> tuple[int, int]:
        """How many records the portal does not have yet, and since when the oldest waits, in Unix seconds."""
        sql = "SELECT count(*), min(kept_at) FROM record WHERE sequence > (SELECT pulled FROM store)"
        with self._lock:
            count, oldest = self._sql.execute(sql).fetchone()
        return count, oldest or int(time.time())

    def _take_line(self, line: str, now: int) -> None:
        try:
            record = CallRecord.parse(line)
        except ValueError as error:
            log.warning("a line of the call records is unreadable: %s", error)
            self._sql.execute("INSERT INTO unreadable VALUES (?, ?)", (line, now))
            return
        key = record.call_id, record.begun, record.direction
        body = json.dumps(record.to_wire(), separators=(",", ":"))
        columns = "call_id, begun, direction, body, kept_at"
        sql = f"INSERT OR IGNORE INTO record ({columns}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608 - our own words
        self._sql.execute(sql, (*key, body, now))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._sql.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._sql.execute("ROLLBACK")
                raise
            self._sql.execute("COMMIT")
