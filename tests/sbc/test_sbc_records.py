"""What a line of the call records says, and which lines are one call."""

import pytest
from recording import ids

from sbc.agent.records import CallRecord
from sbc.lab.samples import sample_line, sample_record


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
