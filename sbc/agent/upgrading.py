"""Brings a store of an older format to the present one; no document in it keeps the agent from starting."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable

from sbc.agent.render import TABLES, parse
from sbc.documents import FORMAT, Document, upgraded

log = logging.getLogger(__name__)

HTABLE_VERSION = 2  # what Kamailio's htable module asks its tables to say
_OF_OLD = ("other",)  # tables that there are no more


def upgrade(sql: sqlite3.Connection, write: Callable[[Document], None]) -> None:
    """Schema, documents and facts, in the caller's transaction. `write` takes down what follows from a document; it
    raises ValueError for a fact that another one has.

    A document keeps its hash, which is what the portal knows it by until it sends the document anew. One that cannot be
    kept is left out, so that the portal misses it and sends it again, under whatever fence.
    """
    sql.execute("CREATE INDEX IF NOT EXISTS fact_of ON fact (kind, id)")
    _make_views(sql)
    found = sql.execute("SELECT kind, id, body FROM document WHERE body IS NOT NULL ORDER BY kind, id").fetchall()
    for kind, subject_id, body in found:
        try:
            document = parse(kind, subject_id, upgraded(kind, json.loads(body)))
            write(document)
        except (ValueError, TypeError, KeyError) as error:
            log.error("%s %s is left out until the portal sends it anew: %s", kind, subject_id, error)  # noqa: TRY400 - said
            _leave_out(sql, kind, subject_id)
        else:
            _write_body(sql, document)
    sql.execute(f"PRAGMA user_version = {FORMAT}")


def _make_views(sql: sqlite3.Connection) -> None:
    """Kamailio reads its tables through them."""
    for table in _OF_OLD:
        sql.execute(f"DROP VIEW IF EXISTS fact_{table}")
        sql.execute("DELETE FROM version WHERE table_name = ?", (f"fact_{table}",))
    for table in TABLES:
        columns = "key_name, key_type, value_type, key_value, expires"
        select = f"SELECT {columns} FROM fact WHERE place = '{table}'"  # noqa: S608 - our own words
        sql.execute(f"CREATE VIEW IF NOT EXISTS fact_{table} AS {select}")
        sql.execute("REPLACE INTO version VALUES (?, ?)", (f"fact_{table}", HTABLE_VERSION))


def _write_body(sql: sqlite3.Connection, document: Document) -> None:
    body = json.dumps(document.to_wire(), separators=(",", ":"))
    sql.execute("UPDATE document SET body = ? WHERE kind = ? AND id = ?", (body, document.kind, document.id))


def _leave_out(sql: sqlite3.Connection, kind: str, subject_id: str) -> None:
    """What a running Kamailio still has of it is a stray, which the watch removes."""
    for table in ("document", "fact", "leftover"):
        sql.execute(f"DELETE FROM {table} WHERE kind = ? AND id = ?", (kind, subject_id))  # noqa: S608 - our own words
