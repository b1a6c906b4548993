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

from sbc.agent.records import CallRecord, read_line
from sbc.agent.transaction import transaction

log = logging.getLogger(__name__)

SCHEMA = Path(__file__).with_name("records.sql")
FORMAT = 1
KEPT_SECONDS = 90 * 24 * 3600
Page = dict[str, Any]


class Records(Protocol):
    """What the agent can tell of ended calls."""

    def page(self, store: str, after: int, limit: int) -> Page:
        """`{"store": <id>, "records": [{"sequence": 7, …}, …]}`: those after the asker's cursor. A cursor of another
        store says nothing here: then they are told from the first one.
        """


class RecordStore:
    """One SQLite file (or ":memory:"); safe for threads. What it has taken is on disk.

    A record's number is the microsecond in which it was taken, or one more than the last: so a file that is put back
    from a copy gives no number again that it gave after the copy was made.
    """

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.Lock()
        self._sql = _open(path)
        if _has_tables(self._sql) and self._sql.execute("PRAGMA user_version").fetchone()[0] != FORMAT:
            self._sql.close()
            _put_aside(Path(path))
            self._sql = _open(path)
        if not _has_tables(self._sql):
            born = f"INSERT INTO store (id) VALUES ('{_new_id()}'); PRAGMA user_version = {FORMAT};"  # noqa: S608 - ours
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
        sql = "SELECT sequence, body FROM record WHERE sequence > ? ORDER BY sequence LIMIT ?"
        with self._transaction():
            if store == self.id and after > self._last():
                self._begin_anew(after)
            known = after if store == self.id else 0
            self._sql.execute("UPDATE store SET pulled = ? WHERE pulled < ?", (known, known))
            found = self._sql.execute(sql, (known, limit)).fetchall()
        return {"store": self.id, "records": [{"sequence": number, **json.loads(body)} for number, body in found]}

    def has(self, leg: str) -> bool:
        """Whether there is a record of it."""
        with self._lock:
            return self._sql.execute("SELECT 1 FROM record WHERE leg = ?", (leg,)).fetchone() is not None

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
            records = read_line(line)
        except ValueError as error:
            log.warning("a line of the call records is unreadable: %s", error)
            self._sql.execute("INSERT INTO unreadable VALUES (?, ?)", (line, now))
            return
        for record in records:
            self._keep(record, now)

    def _keep(self, record: CallRecord, now: int) -> None:
        sequence = max(time.time_ns() // 1000, self._last() + 1)
        body = json.dumps(record.to_wire(), separators=(",", ":"))
        sql = "INSERT OR IGNORE INTO record (sequence, leg, body, kept_at) VALUES (?, ?, ?, ?)"
        self._sql.execute(sql, (sequence, record.key, body, now))

    def _last(self) -> int:
        """The last number that was given to any record, forgotten ones included; 0 before the first."""
        found = self._sql.execute("SELECT seq FROM sqlite_sequence WHERE name = 'record'").fetchone()
        return found[0] if found else 0

    def _begin_anew(self, after: int) -> None:
        """The asker has what was never given: this file was put back from a copy, and the clock with it. Under another
        id it is asked for everything, and what is there already counts once.
        """
        log.warning("the portal has call records up to %d, this store gave none after %d", after, self._last())
        self.id = _new_id()
        self._sql.execute("UPDATE store SET id = ?", (self.id,))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock, transaction(self._sql):
            yield


def _open(path: Path | str) -> sqlite3.Connection:
    sql = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    sql.execute("PRAGMA journal_mode = WAL")
    sql.execute("PRAGMA synchronous = FULL")
    return sql


def _has_tables(sql: sqlite3.Connection) -> bool:
    return sql.execute("SELECT 1 FROM sqlite_master").fetchone() is not None


def _put_aside(path: Path) -> None:
    """No release ever wrote such a file: its records stay for a person to look at, and numbering begins anew."""
    aside = path.with_name(f"{path.name}.{int(time.time())}")
    log.warning("%s is not of format %d: it is now %s", path, FORMAT, aside)
    path.rename(aside)


def _new_id() -> str:
    return uuid.uuid4().hex
