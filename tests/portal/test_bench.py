"""What the benchmarks make of what they measured, and what they keep of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.bench import report
from portal.bench.calls import FULL, RELAY, Case
from portal.bench.configurations import PARTS, SHARED_COUNT, full_without
from portal.bench.figures import Figures
from portal.bench.media import Kind
from portal.bench.streams import Stream, speak
from sbc.lab.net import LabError
from sbc.lab.node import CONFIGURATION, LabNode

MACHINE = [("Date", "today")]


def kind(name="relayed", packet=(10.0, 30.0, 20.0), loss=(0.0, 0.0, 0.0)):
    return Kind(name, "PCMA", packet=list(packet), signalling=[1000.0, 3000.0, 2000.0], loss=list(loss))


def case(name, *rates):
    node = LabNode(name, "127.99.1.1", Path("/nowhere"), 8300, "token")
    return Case(name, node, "127.99.128.1", rates=list(rates), cpu=[100.0] * len(rates))


def test_a_second_of_a_call_is_a_hundred_packets():
    assert kind().packet_us == 20.0
    assert kind().second_us == 2000.0


def test_calls_per_core_is_a_second_divided_by_what_a_second_of_a_call_costs():
    assert kind().calls_per_core == 500.0


def test_a_round_that_lost_packets_does_not_count():
    lossy = kind(packet=(10.0, 1.0, 20.0), loss=(0.0, 0.01, 0.009))

    assert lossy.packet_us == 15.0


def test_without_a_round_that_counts_there_is_no_figure():
    with pytest.raises(LabError, match="relayed: every round lost 1% or more"):
        _ = kind(loss=(0.5, 0.5, 0.5)).packet_us


def test_the_section_on_sound_compares_with_the_first_kind():
    section = report.media_section([kind(), kind("transcoded", (50.0, 50.0, 50.0))], calls=40, seconds=10)

    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in section.table.splitlines()[2:]]
    assert rows == [
        ["relayed", "20.0", "2000", "1.0", "500", "2000"],
        ["transcoded", "50.0", "5000", "2.5", "200", "2000"],
    ]
    assert section.reached


def test_a_round_that_lost_packets_misses_the_bar():
    section = report.media_section([kind(loss=(0.0, 0.02, 0.0))], calls=40, seconds=10)

    assert section.bars == [("relayed: every round loses < 1%", "2.00%", False)]


@pytest.mark.parametrize(("full", "many", "reached"), [(75, 72, True), (74, 74, False), (80, 75, False)])
def test_the_section_on_calls_has_the_bars_of_the_full_configuration(full, many, reached):
    cases = [case(RELAY, 100, 50), case(FULL, full, full / 2), case("with 100,000 trunks", many, many / 2)]
    for one in cases:
        one.delays = [1.0]

    section = report.calls_section(cases, Figures.of([0.5]))

    assert section.reached == reached


def test_each_benchmark_keeps_its_own_section_and_leaves_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "PAGE", tmp_path / "performance.md")
    other = report.Section("Another", "About it.", "| a |", [])
    report.write(MACHINE, [other, report.media_section([kind()], calls=40, seconds=10)])

    report.write(MACHINE, [report.media_section([kind(packet=(7.0, 7.0, 7.0))], calls=40, seconds=10)])

    text = report.PAGE.read_text()
    assert text.count("## Another") == text.count("## The sound of calls") == 1
    assert "| 7.0 " in text
    assert "| 20.0 " not in text


@pytest.mark.parametrize("part", [part for part in PARTS if part != SHARED_COUNT])
def test_every_part_can_be_taken_out_of_the_configuration(tmp_path, part):
    copy = full_without(part, tmp_path)

    name = PARTS[part][0][0]
    assert (copy.parent / name).read_text() != (CONFIGURATION.parent / name).read_text()


@pytest.fixture
def streams():
    """Two that speak to each other."""
    ends = [Stream("127.0.0.1", "PCMA") for _ in range(2)]
    for end, other in zip(ends, reversed(ends), strict=True):
        end.remote, end.payload = other.address, 8
    yield ends
    for end in ends:
        end.close()


def test_fifty_packets_a_second_are_sent_and_heard(streams):
    speak(streams, 0.2)

    assert [(stream.sent, stream.heard) for stream in streams] == [(10, 10), (10, 10)]


def test_another_payload_is_not_heard(streams):
    streams[0].payload = 0

    speak(streams, 0.1)

    assert [stream.heard for stream in streams] == [0, 0]


def test_what_cannot_be_decrypted_is_not_heard(streams):
    keys = "A" * 40, "B" * 40
    streams[0].encrypt(*keys)
    streams[1].encrypt(keys[1], "C" * 40)

    speak(streams, 0.1)

    assert [stream.heard for stream in streams] == [5, 0]
