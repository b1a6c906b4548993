"""Stores that agents of earlier releases wrote (stores/) start, render, and take the portal's documents of today."""

import itertools
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sbc.agent.node import Node
from sbc.agent.render import TABLES, Key, render
from sbc.agent.store import Store
from sbc.agent.watch import Watch
from sbc.documents import FORMAT, Fence, upgraded
from sbc.lab.samples import sample_group, sample_node, sample_trunk

STORES = Path(__file__).with_name("stores")
SHARED, OWN = Key("provider_key", "FRESHWORKS/ac12"), Key("provider_key", "GENESYS_CLOUD/alice")
PROVIDER = {"trunk_kind": "PROVIDER", "calls_per_second": 10}
GENESYS = PROVIDER | {"provider": "GENESYS_CLOUD", "provider_key": "alice"}
# What the portal sends once it is of the present release: the key that F1 and F2 had is their group's.
TODAY = [
    sample_trunk("F1", [], [("198.51.100.1", 5060)], provider="FRESHWORKS", **PROVIDER),
    sample_trunk("F2", [], [("198.51.100.2", 5060)], provider="FRESHWORKS", channels=5, **PROVIDER),
    sample_group("FRESHWORKS.A1.NEW_YORK", "AC12", 15, "F1"),
    sample_trunk("G1", [], [("198.51.100.9", 5060)], **GENESYS),
]


@pytest.fixture(params=[1, 2, 3])
def number(request):
    """The format of the file."""
    return request.param


@pytest.fixture
def path(number, tmp_path):
    """A file of that format."""
    with closing(sqlite3.connect(tmp_path / "facts.db")) as file:
        file.executescript((STORES / f"format_{number}.sql").read_text())
    return tmp_path / "facts.db"


def ask(path, sql, *values):
    with closing(sqlite3.connect(path)) as file, file:
        return file.execute(sql, values).fetchall()


def wires(path):
    """The documents as they stand in the file, by kind and id."""
    rows = ask(path, "SELECT kind, id, body FROM document WHERE body IS NOT NULL")
    return {(kind, subject_id): json.loads(body) for kind, subject_id, body in rows}


@pytest.fixture
def start(path, switch, contacts, certificates):
    """Start the agent beside a Kamailio that was started anew, from the same file."""

    def start():
        node = Node(Store(path), switch, contacts, certificates)
        switch.keys |= dict(node.store.facts(Key("", ""), 1000))
        return node

    return start


def put(node, document):
    held = node.put(document.kind, document.id, Fence(100, 1), document.to_wire())
    assert held["hash"] == document.hash


def test_every_document_is_kept_with_all_that_it_said_and_its_hash(path, number):
    frozen, hashes = wires(path), ask(path, "SELECT kind, id, generation, epoch, hash FROM document ORDER BY kind, id")

    store = Store(path)

    for (kind, subject_id), wire in frozen.items():
        kept = json.loads(json.dumps(store.get(kind, subject_id).document.to_wire()))
        changed = {"format": FORMAT} | ({"provider_key": ""} if kind == "trunk" and number < 3 else {})
        assert kept == kept | wire | changed
    assert ask(path, "SELECT kind, id, generation, epoch, hash FROM document ORDER BY kind, id") == hashes
    assert store.boot_id.startswith("of-format-")
    assert store.get("trunk", "T9").document is None
    assert store.counts == {"trunk": 5, "number": 2, "route": 0, "node": 1, "group": int(number == 3)}


def test_the_facts_are_those_of_the_documents_and_kamailio_can_read_them(path):
    store = Store(path)

    wanted = {}
    for kind, subject_id in wires(path):
        wanted |= render(store.get(kind, subject_id).document)
    assert dict(store.facts(Key("", ""), 1000)) == wanted
    assert {table: len(ask(path, f"SELECT * FROM fact_{table}")) for table in TABLES} == {
        table: sum(key.table == table for key in wanted) for table in TABLES
    }
    assert len(ask(path, "SELECT * FROM version")) == len(TABLES)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_the_portals_documents_are_taken_in_any_order(order, start, switch):
    node = start()
    watch = Watch(node, period=60)

    for place in order:
        put(node, TODAY[place])
    watch.look()

    group = TODAY[2]
    assert node.store.owner(SHARED) == ("group", group.id)
    assert switch.keys[SHARED] == render(group)[SHARED]
    assert switch.keys[OWN] == render(TODAY[3])[OWN]
    assert switch.facts() == dict(node.store.facts(Key("", ""), 1000))
    assert node.store.unsettled(10) == []


@pytest.mark.parametrize(
    "body", ["{", "[]", "{}", '{"format": 2}', '{"format": 2, "id": "T1", "source_hosts": ["nowhere"]}']
)
def test_a_document_that_cannot_be_kept_costs_no_other_one_and_is_taken_anew(path, body, start, switch, caplog):
    frozen = wires(path)
    ask(path, "UPDATE document SET body = ? WHERE id = 'T1'", body)

    node = start()

    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "trunk T1 is left out until the portal sends it anew"
    ]
    assert {(kind, row["id"]) for kind in ("trunk", "number", "node", "group") for row in node.page(kind, "", 100)} == (
        frozen.keys() - {("trunk", "T1")}
    )
    assert not any("T1" in key.name for key in switch.keys if key.table in ("trunk", "options"))
    assert Key("source", "192.0.2.1") not in switch.keys
    node.put("trunk", "T1", Fence(3, 1), upgraded("trunk", frozen["trunk", "T1"]))
    assert switch.keys[Key("source", "192.0.2.1")] == "T1"


def test_of_two_documents_that_name_one_key_the_one_that_has_it_keeps_it(path, caplog):
    [(taken,)] = ask(path, "SELECT body FROM document WHERE id = 'T1'")
    thief = json.dumps(json.loads(taken) | {"id": "A1"})  # comes first in the order of ids
    ask(path, "INSERT INTO document VALUES ('trunk', 'A1', 1, 1, ?, 'x', 'x', NULL)", thief)

    store = Store(path)

    assert store.owner(Key("source", "192.0.2.1")) == ("trunk", "T1")
    assert (store.get("trunk", "A1"), store.get("trunk", "T1").document is None) == (None, False)
    assert "A1 is left out" in caplog.text


def test_keys_of_old_that_no_document_has_any_more_are_taken_from_a_kamailio_that_runs_on(
    path, switch, contacts, certificates
):
    ask(path, "UPDATE fact SET key_name = 'T1/192.0.2.77:5060' WHERE key_name = 'T1/192.0.2.9:5060'")
    switch.keys |= {Key(*row[:2]): row[2] for row in ask(path, "SELECT place, key_name, key_value FROM fact")}
    node = Node(Store(path), switch, contacts, certificates)

    Watch(node, period=60).look()

    assert switch.facts() == dict(node.store.facts(Key("", ""), 1000))


def test_a_second_start_changes_nothing(path):
    Store(path).close()
    before = ask(path, "SELECT * FROM document"), ask(path, "SELECT * FROM fact")

    Store(path).close()

    assert (ask(path, "SELECT * FROM document"), ask(path, "SELECT * FROM fact")) == before


def test_a_file_of_a_later_format_is_left_as_it_is(path):
    ask(path, f"PRAGMA user_version = {FORMAT + 1}")
    before = wires(path)

    with pytest.raises(ValueError, match="a newer one wrote it"):
        Store(path)

    assert wires(path) == before


def test_the_facts_of_each_document_are_found_by_an_index(path):
    """Without it the upgrade of 100,000 trunks would take hours."""
    Store(path).close()

    plan = ask(path, "EXPLAIN QUERY PLAN SELECT 1 FROM fact WHERE kind = 'trunk' AND id = 'T1'")
    assert "fact_of" in str(plan)


def test_the_nodes_own_document_of_today_is_taken(start, switch):
    node = start()

    put(node, sample_node(("192.0.2.31", 5060), other_node="192.0.2.20"))

    assert switch.keys[Key("gateways", "all")] == "n=1;h1=192.0.2.31:5060;"
    assert Key("carrier", "192.0.2.30") not in switch.keys
    assert switch.keys[Key("peer", "192.0.2.20")] == "NEW_YORK"


def test_a_node_knows_its_other_node_before_the_portal_says_anything(path, number):
    facts = dict(Store(path).facts(Key("", ""), 1000))

    assert facts.get(Key("peer", "pair")) == ("n=1;h1=192.0.2.20;" if number == 3 else None)
    assert not any(key.table == "other" for key in facts)


def test_numbers_lead_where_they_led(path):
    facts = dict(Store(path).facts(Key("", ""), 1000))

    assert [facts[Key("number", f"1312555010{n}")] for n in (0, 1)] == ["trunk=T1;", "trunk=F1;"]
