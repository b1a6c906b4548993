"""The agent's store of call records: numbered for whoever keeps a cursor, and kept until the portal has had them."""

import sqlite3
from contextlib import closing

import pytest
from recording import ids

from sbc.agent import record_store
from sbc.agent.record_store import RecordStore
from sbc.agent.records import CallRecord
from sbc.lab.samples import sample_record


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
