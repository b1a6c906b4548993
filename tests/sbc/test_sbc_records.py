"""What a line of the call records says, and which lines are one call."""

import pytest
from recording import ids

from sbc.agent.records import CallRecord, read_line
from sbc.lab.samples import sample_line, sample_record


def test_a_line_says_everything_of_a_call():
    [record] = read_line(sample_line("1@pbx", caller="a|b", callee="a%20b").rstrip())

    assert record == CallRecord(**sample_record("1@pbx", caller="a|b", callee="a%20b"))
    assert (record.duration_ms, record.ended_ms) == (62500, record.answered + 62500)


def test_empty_columns_and_times_of_kamailio():
    times = {"begun": "1700000000.250499", "rang": "-", "answered": "0"}
    numbers = {"caller_e164": "", "callee_e164": "442071838750"}
    [record] = read_line(sample_line("1", trunk="", why="", **times, **numbers).rstrip())

    assert (record.trunk, record.why) == ("", "")
    assert (record.caller_e164, record.callee_e164) == ("", "+442071838750")
    assert (record.begun, record.rang, record.answered) == (1_700_000_000_250, 0, 0)
    assert (record.duration_ms, record.ended_ms) == (0, 1_700_000_065_000)


def test_a_call_that_ended_within_its_first_second_does_not_end_before_it_began():
    [record] = read_line(sample_line("1", answered=0, begun=1_700_000_000_900, ended=1_700_000_000).rstrip())

    assert record.ended_ms == 1_700_000_000_900


@pytest.mark.parametrize(
    "line", ["", "1|2", sample_line("1").rsplit("|", 2)[0], sample_line("1", code="ok"), "\0" * 400]
)
def test_what_is_no_record(line):
    with pytest.raises(ValueError):
        read_line(line.rstrip("\n"))


@pytest.mark.parametrize("cut", [1, 5, 10, 11, 60, 170])
def test_a_record_behind_one_that_was_cut_off_is_read(cut):
    [record] = read_line(sample_line("cut")[:cut] + sample_line("whole", route="R1", entry=2).rstrip())

    assert (record.call_id, record.route, record.entry) == ("whole", "R1", 2)


def of_the_release_before(line):
    """Without the way of the call."""
    return line.rstrip("\n").rpartition("|")[0] + "\n"


@pytest.mark.parametrize("cut", [0, 1, 60, 170])
def test_a_line_that_the_release_before_wrote_is_read(cut):
    [record] = read_line(sample_line("cut")[:cut] + of_the_release_before(sample_line("old")).rstrip())

    assert record == CallRecord(**sample_record("old"))


def test_a_call_that_was_forwarded_to_a_telephone_number_is_two():
    way = {"route": "R1", "entry": 3, "forwarded": "442071838750/GB/1700000020.250499/1700000021.5"}
    line = sample_line("1", trunk="", direction="inbound", callee="13125551234", callee_e164="+13125551234", **way)

    inbound, forwarded = read_line(line.rstrip())

    assert (inbound.direction, inbound.callee, inbound.number) == ("inbound", "13125551234", "")
    assert (forwarded.direction, forwarded.callee, forwarded.callee_e164) == ("outbound", *["+442071838750"] * 2)
    assert (forwarded.callee_country, forwarded.number, forwarded.trunk) == ("GB", "+13125551234", "")
    assert (forwarded.begun, forwarded.rang) == (1_700_000_020_250, 1_700_000_021_500)
    same = ("caller", "call_id", "code", "why", "hop", "tried", "answered", "seconds", "hung_up", "route", "entry")
    assert {name: getattr(forwarded, name) for name in same} == {name: getattr(inbound, name) for name in same}
    assert (inbound.route, inbound.entry) == ("R1", 3)


@pytest.mark.parametrize("leg", ["1700000000.123456-1000-2000", ""])
def test_both_records_of_a_forwarded_call_are_kept_once_however_often_it_is_written(kamailio, collector, store, leg):
    for _ in range(2):
        kamailio.write("x" * 80, leg=leg, forwarded="442071838750/GB/1700000020.25/0")
    collector.look()

    legs = [CallRecord.from_wire(record).key for record in store.page("", 0, 10)["records"]]
    assert len(legs) == len(set(legs)) == 2
    assert max(map(len, legs)) <= 64


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
