"""Loads many trunks into a node's store at once, for benchmarks. The node must be stopped."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from sbc.agent.render import render
from sbc.agent.store import prepare
from sbc.documents import Document
from sbc.lab.samples import sample_number, sample_trunk

_SOURCES = 0x0A000000  # 10.0.0.0: addresses of their own, which nobody calls from


def load_trunks(folder: Path, count: int) -> None:
    """`count` trunks bulk-1, bulk-2 … with one source, two destinations and one number each, at generation 1."""
    load_documents(folder, many_trunks(count))


def load_documents(folder: Path, documents: Iterable[Document]) -> None:
    """Write documents as if each had been put and read back; Kamailio loads them when it starts."""
    prepare(folder)
    with closing(sqlite3.connect(folder / "facts.db", isolation_level=None)) as sql:
        sql.execute("BEGIN IMMEDIATE")
        for document in documents:
            body = json.dumps(document.to_wire(), separators=(",", ":"))
            row = (document.kind, document.id, 1, 0, body, document.hash, document.hash)
            sql.execute("INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", row)
            facts = [(*key, value, document.kind, document.id) for key, value in render(document).items()]
            sql.executemany("INSERT INTO fact (place, key_name, key_value, kind, id) VALUES (?, ?, ?, ?, ?)", facts)
        sql.execute("COMMIT")
        sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def many_trunks(count: int) -> Iterator[Document]:
    """As `load_trunks` says."""
    for place in range(1, count + 1):
        source = ".".join(str(byte) for byte in (_SOURCES + place).to_bytes(4))
        trunk = sample_trunk(f"bulk-{place}", [source], [("192.0.2.1", 5060), ("192.0.2.2", 5060)])
        yield trunk
        yield sample_number(f"+1{2000000000 + place}", trunk.id)
