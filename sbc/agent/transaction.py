"""All or nothing in a SQLite file; also on a full disk, where SQLite may have rolled back by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def transaction(sql: sqlite3.Connection) -> Iterator[None]:
    """What is done in it is committed at its end. No transaction is left open, not even by a COMMIT that fails."""
    sql.execute("BEGIN IMMEDIATE")
    try:
        yield
        sql.execute("COMMIT")
    except BaseException:
        if sql.in_transaction:
            sql.execute("ROLLBACK")
        raise
