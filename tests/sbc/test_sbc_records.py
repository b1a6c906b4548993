"""Call records from Kamailio's files to whoever asks the agent: each one once, whatever is killed in between."""

import itertools
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from sbc.agent import record_store
from sbc.agent.collecting import Collector
from sbc.agent.record_store import RecordStore
from sbc.agent.records import CallRecord
from sbc.agent.switch import SwitchUnavailable
from sbc.lab.samples import sample_line, sample_record


class Kamailio:
    """Writes as its db_flatstore does: a process opens its file at its first record, and anew after `turn`."""

    def __init__(self, folder):
        self.folder, self.files, self.turned = folder, {}, []

    def write(self, call_id, process=1, **changes):
        self.raw(sample_line(call_id, **changes), process)

    def raw(self, text, process=1):
        if process in self.turned:
            self.turned.remove(process)
            self.files.pop(process).close()
        if process not in self.files:
            self.files[process] = (self.folder / f"calls_{process}.log").open("a")
        self.files[process].write(text)
        self.files[process].flush()

    def turn(self):
        self.turned = list(self.files)


@pytest.fixture
def kamailio(tmp_path):
    (tmp_path / "records").mkdir()
    return Kamailio(tmp_path / "records")


@pytest.fixture
def store(tmp_path):
    store = RecordStore(tmp_path / "records.db")
    yield store
    store.close()


@pytest.fixture
def collector(kamailio, store):
    return Collector(store, kamailio.folder, kamailio.turn, turn_bytes=2000)


def ids(store, after=0, limit=1000):
    return [record["call_id"] for record in store.page(store.id, after, limit)["records"]]


def test_a_line_says_everything_of_a_call():
    record = CallRecord.parse(sample_line("1@pbx", caller="a|b", callee="a%20b").rstrip())

    assert record == CallRecord(**sample_record("1@pbx", caller="a|b", callee="a%20b"))
    assert (record.duration_ms, record.ended_ms) == (62500, record.answered + 62500)


def test_empty_columns_and_times_of_kamailio():
    times = {"begun": "1700000000.250499", "rang": "-", "answered": "0"}
    numbers = {"caller_e164": "", "callee_e164": "442071838750"}
    record = CallRecord.parse(sample_line("1", trunk="", why="", **times, **numbers).rstrip())

    assert (record.trunk, record.why) == ("", "")
    assert (record.caller_e164, record.callee_e164) == ("", "+442071838750")
    assert (record.begun, record.rang, record.answered) == (1_700_000_000_250, 0, 0)
    assert (record.duration_ms, record.ended_ms) == (0, 1_700_000_065_000)


def test_a_call_that_ended_within_its_first_second_does_not_end_before_it_began():
    record = CallRecord.parse(sample_line("1", answered=0, begun=1_700_000_000_900, ended=1_700_000_000).rstrip())

    assert record.ended_ms == 1_700_000_000_900


@pytest.mark.parametrize(
    "line", ["", "1|2", sample_line("1").rpartition("|")[0], sample_line("1", code="ok"), "\0" * 400]
)
def test_what_is_no_record(line):
    with pytest.raises(ValueError):
        CallRecord.parse(line.rstrip("\n"))


@pytest.mark.parametrize("cut", [1, 5, 10, 11, 60, 170])
def test_a_record_behind_one_that_was_cut_off_is_read(cut):
    assert CallRecord.parse(sample_line("cut")[:cut] + sample_line("whole").rstrip()).call_id == "whole"


def test_records_are_numbered_as_they_are_read(kamailio, collector, store):
    kamailio.write("1")
    kamailio.write("2", process=7)
    collector.look()
    kamailio.write("3")
    collector.look()
    collector.look()

    page = store.page(store.id, 0, 1000)
    first, second, third = (record["sequence"] for record in page["records"])
    assert (first < second < third, ids(store)) == (True, ["1", "2", "3"])
    assert (ids(store, after=second), ids(store, after=third), ids(store, limit=1)) == (["3"], [], ["1"])
    assert CallRecord.from_wire(page["records"][0]) == CallRecord(**sample_record("1"))


def test_a_half_written_line_waits_for_its_other_half(kamailio, collector, store):
    line = sample_line("1")
    kamailio.raw(line[:80])
    collector.look()
    before = ids(store)
    kamailio.raw(line[80:])
    collector.look()

    assert (before, ids(store)) == ([], ["1"])


@pytest.mark.parametrize("odd", ["a\u2028b", "a\x0bb", "a\rb", "a\x1cb", "a\x85b", "ü|%7c|"])
def test_what_callers_send_ends_no_line(kamailio, collector, store, odd):
    kamailio.write("1", caller=odd)
    collector.look()

    [record] = store.page(store.id, 0, 10)["records"]
    assert record["caller"] == odd


def test_an_unreadable_line_holds_up_nobody_and_is_kept_aside(kamailio, collector, store, tmp_path):
    kamailio.raw("nonsense\n")
    kamailio.write("1")
    collector.look()

    assert ids(store) == ["1"]
    assert [row[0] for row in store._sql.execute("SELECT line FROM unreadable")] == ["nonsense"]


def test_a_call_that_is_written_twice_is_kept_once(kamailio, collector, store):
    kamailio.write("1", hung_up="caller")
    kamailio.write("1", hung_up="node")  # found again after a crash, and ended again
    collector.look()

    [record] = store.page("", 0, 10)["records"]
    assert record["hung_up"] == "caller"


def test_two_calls_with_one_call_id_in_one_millisecond_are_two(kamailio, collector, store):
    kamailio.write("1", leg="a")
    kamailio.write("1", leg="b")
    collector.look()

    assert ids(store) == ["1", "1"]


def test_calls_without_an_id_of_the_node_are_told_apart_by_what_else_is_known(kamailio, collector, store):
    long = "x" * 300
    kamailio.write(f"{long}1", leg="")
    kamailio.write(f"{long}2", leg="")
    kamailio.write(f"{long}2", leg="", direction="inbound")
    kamailio.write(f"{long}2", leg="", begun=1_700_000_009_000)
    kamailio.write(f"{long}2", leg="")
    collector.look()

    keys = [CallRecord.from_wire(record).key for record in store.page("", 0, 10)["records"]]
    assert len(keys) == len(set(keys)) == 4
    assert max(map(len, keys)) <= 64


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


def test_what_the_portal_has_had_for_long_is_forgotten_and_nothing_else(kamailio, collector, store, monkeypatch):
    kamailio.write("1")
    kamailio.write("2")
    collector.look()
    ids(store, after=store.page("", 0, 1)["records"][0]["sequence"])
    monkeypatch.setattr(record_store, "KEPT_SECONDS", -1)
    collector.look()
    kamailio.write("3")
    monkeypatch.undo()
    collector.look()

    assert ids(store) == ["2", "3"]


def test_a_cursor_of_another_store_starts_again_and_is_no_receipt(kamailio, collector, store, monkeypatch):
    kamailio.write("1")
    collector.look()
    page = store.page("another", 99, 10)
    monkeypatch.setattr(record_store, "KEPT_SECONDS", -1)
    collector.look()

    assert (page["store"], len(page["records"])) == (store.id, 1)
    assert ids(store) == ["1"]


def test_a_number_is_never_used_again(kamailio, collector, store, monkeypatch):
    kamailio.write("1")
    collector.look()
    [first] = store.page("", 0, 10)["records"]
    ids(store, after=first["sequence"])
    monkeypatch.setattr(record_store, "KEPT_SECONDS", -1)
    collector.look()
    monkeypatch.undo()
    monkeypatch.setattr(record_store.time, "time_ns", lambda: 0)  # the clock was put back
    kamailio.write("2")
    collector.look()

    assert ids(store) == ["2"]
    assert ids(store, after=first["sequence"]) == ["2"]


def test_a_cursor_beyond_all_that_was_given_gets_everything_under_another_name(kamailio, collector, store, caplog):
    kamailio.write("1")
    collector.look()
    before = store.id
    [first] = store.page("", 0, 10)["records"]

    page = store.page(before, first["sequence"] + 1, 10)
    again = store.page(before, first["sequence"] + 1, 10)

    assert page["store"] == again["store"] == store.id != before
    assert [record["call_id"] for record in page["records"]] == ["1"]
    assert store.page(store.id, first["sequence"], 10) == {"store": store.id, "records": []}
    assert caplog.text.count("this store gave none after") == 1


def test_a_file_of_before_the_first_release_is_put_aside(tmp_path, caplog):
    with closing(sqlite3.connect(tmp_path / "records.db")) as old:
        old.execute("CREATE TABLE record (sequence INTEGER PRIMARY KEY, call_id TEXT)")

    store = RecordStore(tmp_path / "records.db")

    assert store.page("", 0, 10)["records"] == []
    store.close()
    assert len(list(tmp_path.glob("records.db.*"))) == 1
    assert "is not of format" in caplog.text


def test_records_that_nobody_fetches_are_complained_about_once_an_hour(kamailio, collector, monkeypatch, caplog):
    kamailio.write("1")
    collector.look()
    monkeypatch.setattr("sbc.agent.collecting.WAITING_TOO_LONG", -1)
    collector.look()
    collector.look()

    assert [record.getMessage() for record in caplog.records] == [
        "1 call records wait for the portal, the oldest for 0 hours"
    ]


def test_the_portal_reads_pages_through_the_client(memory_node, client):
    memory_node.fault(records=[sample_record("1"), sample_record("2") | {"of_a_later_version": 1}])

    first = client.records("memory", 0, limit=1)
    rest = client.records("memory", 1)
    assert (first.store, first.records) == ("memory", ((1, CallRecord(**sample_record("1"))),))
    assert [(number, record.call_id) for number, record in rest.records] == [(2, "2")]
    assert client.records("memory", 2).records == ()
    assert len(client.records("lost", 2).records) == 2


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 40, "²"])
def test_a_cursor_that_is_nonsense_is_no_error(memory_node, client, after):
    assert client._call("GET", f"/v1/records?store=memory&after={after}&limit=5")["store"] == "memory"
