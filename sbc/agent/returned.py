"""Ends calls that a crash of Kamailio brought back: they had ended, but that was not yet written to its file."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sbc.agent.record_store import RecordStore

log = logging.getLogger(__name__)


class ReturnedCalls:
    """Nobody hangs up such a call again, and equipment may say that it is up: its channel would stay taken for hours.

    `dialogs` is Kamailio's file, `end_call` has Kamailio end the call with that hash entry and id.
    """

    def __init__(self, dialogs: Path, records: RecordStore, end_call: Callable[[int, int], None]) -> None:
        self._uri = f"{dialogs.absolute().as_uri()}?mode=ro"
        self._records, self._end_call = records, end_call

    def end(self) -> None:
        """After a start of Kamailio, when all that it wrote before was read. Raises SwitchUnavailable."""
        for entry, number, leg in self._legs():
            if self._records.has(leg):
                log.warning("call %s had ended before Kamailio was started: it is ended again", leg)
                self._end_call(entry, number)

    def _legs(self) -> list[tuple[int, int, str]]:
        sql = "SELECT hash_entry, hash_id, dialog_value FROM dialog_vars WHERE dialog_key = 'leg'"
        with closing(sqlite3.connect(self._uri, uri=True)) as file:
            return file.execute(sql).fetchall()
