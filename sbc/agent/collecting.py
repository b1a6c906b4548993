"""Carries call records from the files that Kamailio writes into the agent's store, and keeps these files short."""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from sbc.agent.record_store import RecordStore
from sbc.agent.switch import SwitchUnavailable

log = logging.getLogger(__name__)

CHUNK = 1 << 18
TURN_BYTES = 1 << 20  # some 4,000 records
WAITING_TOO_LONG, SAY_AGAIN = 24 * 3600, 3600


class Collector(threading.Thread):
    """Looks every `period` seconds. `turn` asks Kamailio to open its files anew; `after_start` is done once all is read
    that Kamailio wrote before it was started.

    Each of Kamailio's processes appends to a file of its own, calls_<n>.log. One that has grown long is renamed to
    calls_<n>.old, then `turn` is called: before its next record the process closes the old file and opens the name
    anew. So a .old beside a .log is closed for good, and is deleted when it was read to its end. A process that writes
    nothing leaves its .old without a .log; it is asked again in every round, which costs nothing.
    """

    def __init__(
        self,
        store: RecordStore,
        folder: Path,
        turn: Callable[[], None],
        *,
        after_start: Callable[[], None] = lambda: None,
        period: float = 1,
        turn_bytes: int = TURN_BYTES,
    ) -> None:
        super().__init__(name="records", daemon=True)
        self._store, self._folder, self._turn, self._after_start = store, folder, turn, after_start
        self._period, self._turn_bytes = period, turn_bytes
        self._ended = threading.Event()
        self._starts = self._settled = 0  # of Kamailio: told of, and acted on
        self._said_at = 0.0

    def run(self) -> None:
        """Until `end` is called."""
        while not self._ended.is_set():
            try:
                self.look()
            except SwitchUnavailable:
                pass  # the watch says so; it is asked again
            except Exception:
                log.exception("call records wait for the next round")
            self._ended.wait(self._period)

    def end(self) -> None:
        """Make `run` return after its present round."""
        self._ended.set()

    def kamailio_started(self) -> None:
        """Do at the end of the next whole round what is to be done after a start. May be called from another thread."""
        self._starts += 1

    def look(self) -> None:
        """One round. Raises SwitchUnavailable when all records are read, but Kamailio cannot be asked for something."""
        starts = self._starts  # before a later one more may be written than is read here
        for old in sorted(self._folder.glob("calls_*.old")):
            closed = old.with_suffix(".log").exists()  # looked at first: what is read now is then all there is
            self._read(old)
            if closed:
                self._drop(old)
        for file in sorted(self._folder.glob("calls_*.log")):
            self._read(file)
        self._store.forget_old()
        self._complain()
        self._turn_long_files()
        if starts > self._settled:
            self._after_start()
            self._settled = starts

    def _read(self, path: Path) -> None:
        """Take whole lines only: the last one may be half written."""
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            place = self._store.bookmark(status.st_ino)
            if place == status.st_size:
                return
            if place > status.st_size:  # not the file that was read
                place = 0
            os.fsync(file.fileno())  # what counts as read must still be there after a power cut
            for lines, end in _whole_lines(file, place):
                self._store.take(lines, status.st_ino, end)

    def _drop(self, old: Path) -> None:
        """Delete a file that nobody writes any more. What is left of it then is half a line."""
        status = old.stat()
        place = self._store.bookmark(status.st_ino)
        if place < status.st_size:
            rest = old.read_bytes()[place:]
            self._store.take([rest.decode(errors="replace")], status.st_ino, status.st_size)
        self._store.drop_bookmark(status.st_ino)
        old.unlink()

    def _turn_long_files(self) -> None:
        """Not on a full disk: a process that cannot open its new file writes no record until it is started again."""
        if shutil.disk_usage(self._folder).free > CHUNK:
            for file in sorted(self._folder.glob("calls_*.log")):
                if file.stat().st_size >= self._turn_bytes and not file.with_suffix(".old").exists():
                    file.rename(file.with_suffix(".old"))
        if any(not old.with_suffix(".log").exists() for old in self._folder.glob("calls_*.old")):
            self._turn()

    def _complain(self) -> None:
        """Records that the portal does not fetch are kept for ever, which is as long as the disk has room."""
        if time.time() < self._said_at + SAY_AGAIN:
            return
        count, oldest = self._store.waiting()
        if time.time() - oldest > WAITING_TOO_LONG:
            self._said_at = time.time()
            hours = (time.time() - oldest) // 3600
            log.warning("%d call records wait for the portal, the oldest for %d hours", count, hours)


def _whole_lines(file: BinaryIO, place: int) -> Iterator[tuple[list[str], int]]:
    """Lines from a place on, a chunk at a time, with the place after them."""
    file.seek(place)
    while True:
        chunk = file.read(CHUNK)
        end = chunk.rfind(b"\n") + 1
        if not end and len(chunk) == CHUNK:
            end = CHUNK  # no record is so long
        if not end:
            return
        # Only this one ends a line: what callers send may hold others that str.splitlines knows.
        yield [line.decode(errors="replace") for line in chunk[:end].split(b"\n") if line], place + end
        place += end
        file.seek(place)
