"""Calls that a crash brought back are ended, and no others."""

import sqlite3
from contextlib import closing

import pytest

from sbc.agent.collecting import Collector
from sbc.agent.record_store import RecordStore
from sbc.agent.returned import ReturnedCalls
from sbc.agent.store import DIALOGS_SCHEMA
from sbc.agent.switch import SwitchUnavailable
from sbc.lab.samples import sample_line


class Kamailio:
    """Has three calls in its file after a start; ends what it is told to, once it answers. `at_turn` is what happens
    while it is asked to open its files anew, when a round has read them all.
    """

    def __init__(self, folder):
        self.ended, self.answers = [], True
        self.at_turn = lambda: None
        with closing(sqlite3.connect(folder / "dialogs.db")) as file, file:
            file.executescript(DIALOGS_SCHEMA.read_text())
            rows = [(1, 11, "leg", "a"), (2, 22, "leg", "b"), (2, 22, "trunk", "c"), (3, 33, "leg", "c")]
            sql = "INSERT INTO dialog_vars (hash_entry, hash_id, dialog_key, dialog_value) VALUES (?, ?, ?, ?)"
            file.executemany(sql, rows)

    def end_call(self, entry, number):
        if not self.answers:
            raise SwitchUnavailable("not yet")
        self.ended.append((entry, number))

    def turn(self):
        self.at_turn()


@pytest.fixture
def kamailio(tmp_path):
    (tmp_path / "records").mkdir()
    return Kamailio(tmp_path)


@pytest.fixture
def collector(kamailio, tmp_path):
    """With one call recorded, in a file that nobody has read yet."""
    store = RecordStore(tmp_path / "records.db")
    (tmp_path / "records" / "calls_1.log").write_text(sample_line("1", leg="b"))
    returned = ReturnedCalls(tmp_path / "dialogs.db", store, kamailio.end_call)
    yield Collector(store, tmp_path / "records", kamailio.turn, after_start=returned.end, turn_bytes=1)
    store.close()


def test_what_is_recorded_and_up_after_a_start_is_ended_once(kamailio, collector):
    collector.kamailio_started()
    collector.look()
    collector.look()

    assert kamailio.ended == [(2, 22)]


def test_without_a_start_nothing_is_ended(kamailio, collector):
    collector.look()

    assert kamailio.ended == []


def test_a_kamailio_that_does_not_answer_yet_is_told_again(kamailio, collector):
    kamailio.answers = False
    collector.kamailio_started()
    with pytest.raises(SwitchUnavailable):
        collector.look()

    kamailio.answers = True
    collector.look()

    assert kamailio.ended == [(2, 22)]


def test_a_start_in_the_middle_of_a_round_waits_for_all_that_was_written_before_it(kamailio, collector, tmp_path):
    def crash():
        kamailio.at_turn = lambda: None
        (tmp_path / "records" / "calls_2.log").write_text(sample_line("2", leg="a"))
        collector.kamailio_started()

    kamailio.at_turn = crash
    collector.look()
    collector.look()

    assert kamailio.ended == [(1, 11), (2, 22)]
