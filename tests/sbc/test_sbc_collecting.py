"""Call records from Kamailio's files to the agent: each one once, whatever is killed in between."""

import itertools
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from recording import ids

from sbc.agent.collecting import Collector
from sbc.agent.record_store import RecordStore
from sbc.agent.switch import SwitchUnavailable
from sbc.lab.samples import sample_line


def test_a_half_written_line_waits_for_its_other_half(kamailio, collector, store):
    line = sample_line("1")
    kamailio.raw(line[:80])
    collector.look()
    before = ids(store)
    kamailio.raw(line[80:])
    collector.look()

    assert (before, ids(store)) == ([], ["1"])


def test_a_full_disk_delays_records_and_loses_none(kamailio, collector, store):
    [(pages,)] = store._sql.execute("PRAGMA page_count")
    store._sql.execute(f"PRAGMA max_page_count = {pages}")
    for number in range(40):
        kamailio.write(str(number), process=number % 2)
    with pytest.raises(sqlite3.OperationalError, match="full"):
        collector.look()

    store._sql.execute("PRAGMA max_page_count = 1000000")
    collector.look()

    assert sorted(map(int, ids(store))) == list(range(40))


def test_on_a_full_disk_no_file_is_turned(kamailio, collector, store, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    for number in range(10):
        kamailio.write(str(number))
    collector.look()

    assert [file.name for file in kamailio.folder.iterdir()] == ["calls_1.log"]


def test_long_files_are_turned_and_read_ones_deleted(kamailio, collector, store):
    for number in range(60):
        kamailio.write(str(number), process=number % 2)
        collector.look()

    assert sorted(map(int, ids(store))) == list(range(60))
    assert sum(file.stat().st_size for file in kamailio.folder.iterdir()) < 4 * 3000


def test_a_file_that_may_still_be_written_is_not_deleted(kamailio, collector, store):
    for number in range(10):
        kamailio.write(str(number))
    collector.look()
    late = kamailio.files[1]
    late.write(sample_line("late"))  # begun before the turn, written after it
    late.flush()
    collector.look()
    old = kamailio.folder / "calls_1.old"
    before = old.exists()
    kamailio.write("new")
    collector.look()

    assert (before, old.exists()) == (True, False)
    assert ids(store)[-2:] == ["late", "new"]


def test_a_turn_that_kamailio_did_not_hear_is_asked_again(kamailio, store):
    heard = itertools.chain([SwitchUnavailable("down")], itertools.repeat(None))

    def turn():
        if trouble := next(heard):
            raise trouble
        kamailio.turn()

    collector = Collector(store, kamailio.folder, turn, turn_bytes=100)
    kamailio.write("1")
    with pytest.raises(SwitchUnavailable):
        collector.look()
    kamailio.write("2")
    collector.look()
    kamailio.write("3")
    collector.look()

    assert ids(store) == ["1", "2", "3"]
    assert "|1|200|" not in "".join(file.read_text() for file in kamailio.folder.iterdir())


def test_the_bookmark_of_a_deleted_file_says_nothing_about_the_next_one(kamailio, collector, store):
    kamailio.write("1")
    collector.look()
    file = kamailio.folder / "calls_1.log"
    inode = file.stat().st_ino
    store.take([], inode, 10_000)  # of a longer file that had this inode
    kamailio.write("2")
    collector.look()

    assert ids(store) == ["1", "2"]


class Killed(BaseException):
    """The agent dies here: nothing after this line happens, no handler either."""


class DyingStore(RecordStore):
    """Dies before or after the nth of its writes."""

    fuse = 0

    def _burn(self):
        self.fuse -= 1
        if self.fuse == 0:
            raise Killed

    def take(self, *arguments):
        self._burn()
        super().take(*arguments)
        self._burn()

    def drop_bookmark(self, inode):
        self._burn()
        super().drop_bookmark(inode)
        self._burn()


@pytest.mark.parametrize("fuse", range(1, 19))
def test_the_agent_may_die_between_any_two_of_its_steps(kamailio, tmp_path, fuse):
    store = DyingStore(tmp_path / "dying.db")
    store.fuse = fuse
    collector = Collector(store, kamailio.folder, kamailio.turn, turn_bytes=500)
    deaths = 0
    for number in range(20):
        kamailio.write(str(number))
        try:
            collector.look()
        except Killed:
            deaths += 1
            store.close()
            store = RecordStore(tmp_path / "dying.db")
            collector = Collector(store, kamailio.folder, kamailio.turn, turn_bytes=500)

    assert deaths == 1
    assert sorted(map(int, ids(store))) == list(range(20))


AGENT = """
import sys
from pathlib import Path
from sbc.agent.collecting import Collector
from sbc.agent.record_store import RecordStore
folder = Path(sys.argv[1])
store = RecordStore(folder / "records.db")
turn = lambda: (folder / "turn").touch()
print("up", flush=True)
Collector(store, folder / "records", turn, period=0, turn_bytes=2000).run()
"""


def test_killed_at_any_moment_nothing_is_lost_or_doubled(kamailio, tmp_path):
    chance, written = random.Random(5), 0
    for _ in range(12):
        agent = subprocess.Popen([sys.executable, "-c", AGENT, tmp_path], stdout=subprocess.PIPE, cwd=Path.cwd())
        agent.stdout.readline()
        until = time.monotonic() + chance.uniform(0.005, 0.15)
        while time.monotonic() < until:
            if (tmp_path / "turn").exists():
                (tmp_path / "turn").unlink()
                kamailio.turn()
            kamailio.write(str(written), process=written % 3)
            written += 1
        os.kill(agent.pid, signal.SIGKILL)
        agent.wait()
        agent.stdout.close()
    store = RecordStore(tmp_path / "records.db")
    Collector(store, kamailio.folder, kamailio.turn).look()

    assert written > 100
    assert sorted(map(int, ids(store, limit=10**6))) == list(range(written))
    store.close()


def test_records_that_nobody_fetches_are_complained_about_once_an_hour(kamailio, collector, monkeypatch, caplog):
    kamailio.write("1")
    collector.look()
    monkeypatch.setattr("sbc.agent.collecting.WAITING_TOO_LONG", -1)
    collector.look()
    collector.look()

    assert [record.getMessage() for record in caplog.records] == [
        "1 call records wait for the portal, the oldest for 0 hours"
    ]
