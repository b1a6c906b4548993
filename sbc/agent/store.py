"""The agent's durable store: documents with their fences, the facts they become, tombstones."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sbc.agent.contacts import SCHEMA as CONTACTS_SCHEMA
from sbc.agent.name_store import NameStore
from sbc.agent.render import Facts, Key, passwords, render
from sbc.agent.transaction import transaction
from sbc.agent.upgrading import upgrade
from sbc.documents import FORMAT, KINDS, TRUNK, Document, Fence, read_document
from sbc.numbering.table import write_numbering

SCHEMA = Path(__file__).with_name("schema.sql")
DIALOGS_SCHEMA = Path(__file__).with_name("dialogs.sql")
TOMBSTONE_SECONDS = 30 * 24 * 3600
_CONTACTS = "contacts"  # a leftover that is no key: registrations made with a password that is over


class Refused(ValueError):
    """What was asked will never be done; `reason` is a CamelCase code."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class StaleFence(Refused):
    """The store holds something newer, or something else under the same fence."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the store has of one document; for a tombstone `document` is None and `hash` is empty."""

    kind: str
    id: str
    fence: Fence
    document: Document | None
    hash: str
    verified: str


def prepare(folder: Path) -> None:
    """Create the files that Kamailio and the agent expect in a node's directory; what exists is kept."""
    (folder / "records").mkdir(parents=True, exist_ok=True)
    Store(folder / "facts.db").close()
    (folder / "facts.db").chmod(0o600)  # an HA1 is as good as its password
    write_numbering(folder / "numbering.db")
    if not (folder / "secrets.cfg").exists():
        _write_secrets(folder / "secrets.cfg")
    for name, schema in (("dialogs.db", DIALOGS_SCHEMA), ("contacts.db", CONTACTS_SCHEMA)):
        if not (folder / name).exists():
            with closing(sqlite3.connect(folder / name)) as file:
                file.execute("PRAGMA journal_mode = WAL")
                file.executescript(schema.read_text())


def _write_secrets(path: Path) -> None:
    """Calls that are up can only be read with the key they began with: it is made once."""
    path.touch(mode=0o600)
    path.write_text(f'modparam("topoh", "mask_key", "{secrets.token_hex(16)}")\n')


class Store:
    """One SQLite file (or ":memory:"). Not safe for threads by itself: the node holds a lock."""

    def __init__(self, path: Path | str) -> None:
        self._sql = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._sql.execute("PRAGMA journal_mode = WAL")
        if not self._sql.execute("SELECT 1 FROM sqlite_master WHERE name = 'store'").fetchone():
            self._sql.executescript(f"BEGIN; {SCHEMA.read_text()} COMMIT;")
            self._sql.execute("INSERT INTO store VALUES (?)", (uuid.uuid4().hex,))
        self.sizes: dict[str, int] = {}
        self.names = NameStore(self._sql, self.sizes)
        found = self._sql.execute("PRAGMA user_version").fetchone()[0]
        if found > FORMAT:
            raise ValueError(f"{path} is of format {found}, this agent reads up to {FORMAT}: a newer one wrote it")
        if found < FORMAT:
            with self._transaction(durable=True):
                upgrade(self._sql, self._write_upgraded)
        self.boot_id: str = self._sql.execute("SELECT boot_id FROM store").fetchone()[0]
        counted = self._sql.execute("SELECT kind, count(*) FROM document WHERE body IS NOT NULL GROUP BY kind")
        self.counts: dict[str, int] = dict.fromkeys(KINDS, 0) | dict(counted)
        self.sizes.update(self._sql.execute("SELECT place, count(*) FROM fact GROUP BY place"))

    def close(self) -> None:
        """Close the file; the store is of no use afterwards."""
        self._sql.close()

    def get(self, kind: str, id: str) -> Row | None:
        """The document or its tombstone; None if the store never heard of it."""
        found = self._sql.execute("SELECT * FROM document WHERE kind = ? AND id = ?", (kind, id)).fetchone()
        return _row(found) if found else None

    def save(self, kind: str, id: str, fence: Fence, document: Document | None) -> None:
        """Store a document, or a tombstone for None, with its facts. It is on disk when this returns.

        Raises StaleFence, and Refused when another document already owns one of the facts.
        """
        with self._transaction(durable=True):
            row = self.get(kind, id)
            digest = document.hash if document else ""
            if row and not _supersedes(fence, digest, row):
                return
            before, after = self._keys_of(kind, id), render(document) if document else {}
            self._write_document(kind, id, fence, document, digest)
            self._write_facts(kind, id, after)
            self.names.want(kind, id, document)
            if _passwords(row.document if row else None) - _passwords(document):
                self._sql.execute("REPLACE INTO leftover VALUES (?, ?, ?, ?)", (_CONTACTS, id, kind, id))
        self.counts[kind] += (document is not None) - (row is not None and row.document is not None)
        for table in {key.table for key in before | after.keys()}:
            change = sum(key.table == table for key in after) - sum(key.table == table for key in before)
            self.sizes[table] = self.sizes.get(table, 0) + change

    def set_verified(self, kind: str, id: str, hash: str, *, settled: bool) -> None:
        """Remember what was read from Kamailio; `settled` when that is all of it and nothing is left over."""
        with self._transaction(durable=False):
            self._sql.execute("UPDATE document SET verified = ? WHERE kind = ? AND id = ?", (hash, kind, id))
            if settled:
                self._sql.execute("DELETE FROM leftover WHERE kind = ? AND id = ?", (kind, id))

    def leftovers(self, kind: str, id: str) -> list[Key]:
        """Keys the document once had and Kamailio may still hold."""
        sql = "SELECT place, key_name FROM leftover WHERE kind = ? AND id = ? AND place != ?"
        return [Key(*key) for key in self._sql.execute(sql, (kind, id, _CONTACTS))]

    def lost_password(self, trunk_id: str) -> bool:
        """Whether a change ended a password before its time, and the contacts made with it may still be there."""
        sql = "SELECT 1 FROM leftover WHERE place = ? AND key_name = ? AND kind = ?"
        return self._sql.execute(sql, (_CONTACTS, trunk_id, TRUNK)).fetchone() is not None

    def page(self, kind: str, after: str, limit: int) -> list[Row]:
        """Live documents of a kind in order of id."""
        sql = "SELECT * FROM document WHERE kind = ? AND id > ? AND body IS NOT NULL ORDER BY id LIMIT ?"
        return [_row(found) for found in self._sql.execute(sql, (kind, after, limit))]

    def unsettled(self, limit: int) -> list[tuple[str, str]]:
        """Documents and tombstones (kind, id) that were not yet read back as they should be."""
        unread = "SELECT kind, id FROM document WHERE verified = '' AND body IS NOT NULL"
        sql = f"{unread} UNION SELECT kind, id FROM leftover LIMIT ?"  # noqa: S608 - no value in it
        return self._sql.execute(sql, (limit,)).fetchall()

    def owner(self, key: Key) -> tuple[str, str] | None:
        """The document (kind, id) that a key belongs to."""
        found: tuple[str, str] | None = self._sql.execute(
            "SELECT kind, id FROM fact WHERE place = ? AND key_name = ?", key
        ).fetchone()
        return found

    def facts(self, after: Key, limit: int) -> list[tuple[Key, str]]:
        """The next facts in order of key."""
        columns = "SELECT place, key_name, key_value FROM fact"
        sql = f"{columns} WHERE (place, key_name) > (?, ?) ORDER BY place, key_name LIMIT ?"
        return [(Key(place, name), value) for place, name, value in self._sql.execute(sql, (*after, limit))]

    def table(self, table: str) -> dict[str, str]:
        """All facts of one of Kamailio's tables."""
        return dict(self._sql.execute("SELECT key_name, key_value FROM fact WHERE place = ?", (table,)))

    def forget_old_tombstones(self) -> None:
        """Drop tombstones that no late message can meet any more."""
        with self._transaction(durable=False):
            limit = time.time() - TOMBSTONE_SECONDS
            self._sql.execute("DELETE FROM document WHERE deleted_at < ?", (limit,))

    def _refuse_taken(self, kind: str, id: str, facts: Facts) -> None:
        for key in facts:
            owner = self.owner(key)
            if owner and owner != (kind, id):
                reason = "SourceHostTaken" if key.table == "source" else "KeyTaken"
                raise Refused(reason, f"{key.table} {key.name} belongs to {owner[0]} {owner[1]}")

    def _write_document(self, kind: str, id: str, fence: Fence, document: Document | None, hash: str) -> None:
        body = _body(document) if document else None
        deleted_at = None if document else int(time.time())
        row = (kind, id, fence.generation, fence.epoch, body, hash, "", deleted_at)
        self._sql.execute("REPLACE INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def _keys_of(self, kind: str, id: str) -> set[Key]:
        """What belongs to a document. The document itself may name more: a key that another one has had since."""
        found = self._sql.execute("SELECT place, key_name FROM fact WHERE kind = ? AND id = ?", (kind, id))
        return {Key(*key) for key in found}

    def _write_facts(self, kind: str, id: str, after: Facts) -> None:
        """Raises Refused, and has written nothing, when another document owns one of them."""
        self._refuse_taken(kind, id, after)
        gone = [(*key, kind, id) for key in self._keys_of(kind, id) - after.keys()]
        self._sql.executemany("DELETE FROM fact WHERE place = ? AND key_name = ?", [key[:2] for key in gone])
        self._sql.executemany("REPLACE INTO leftover VALUES (?, ?, ?, ?)", gone)
        self._sql.executemany("DELETE FROM leftover WHERE place = ? AND key_name = ?", after.keys())
        sql = "REPLACE INTO fact (place, key_name, key_value, kind, id) VALUES (?, ?, ?, ?, ?)"
        self._sql.executemany(sql, [(*key, value, kind, id) for key, value in after.items()])

    def _write_upgraded(self, document: Document) -> None:
        """Raises Refused, and has written nothing, when another document owns one of its facts."""
        self._write_facts(document.kind, document.id, render(document))
        self.names.want(document.kind, document.id, document)

    @contextmanager
    def _transaction(self, *, durable: bool) -> Iterator[None]:
        self._sql.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        with transaction(self._sql):
            yield


def _supersedes(fence: Fence, hash: str, row: Row) -> bool:
    """False when the row already says the same. Raises StaleFence."""
    if fence < row.fence:
        raise StaleFence("StaleFence", f"{fence} is older than {row.fence}")
    if fence > row.fence:
        return True
    if hash != row.hash:
        raise StaleFence("FenceReused", f"{fence} was used for something else before")
    return False


def _passwords(document: Document | None) -> set[str]:
    return passwords(document, time.time()) if document else set()


def _body(document: Document) -> str:
    return json.dumps(document.to_wire(), separators=(",", ":"))


def _row(found: tuple[str, str, int, int, str | None, str, str, int | None]) -> Row:
    kind, subject_id, generation, epoch, body, digest, verified, _ = found
    document = read_document(kind, json.loads(body)) if body else None
    return Row(kind, subject_id, Fence(generation, epoch), document, digest, verified)
