"""Applying, reading back and healing, with a dictionary in Kamailio's place."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sbc.agent.contacts import Contact
from sbc.agent.node import Node
from sbc.agent.render import Key
from sbc.agent.store import Refused, Store
from sbc.agent.switch import SwitchUnavailable
from sbc.agent.watch import Watch
from sbc.documents import EarlierHa1, Fence
from sbc.lab.samples import ha1, sample_contact, sample_registered, sample_trunk

TRUNK = sample_trunk("T1", ["192.0.2.1"], [("192.0.2.9", 5060)])


@pytest.fixture
def node(switch, contacts, certificates):
    return Node(Store(":memory:"), switch, contacts, certificates)


@pytest.fixture
def watch(node):
    return Watch(node, period=60)


def put(node, trunk, generation=1):
    return node.put("trunk", trunk.id, Fence(generation, 0), trunk.to_wire())


def test_put_answers_with_what_was_read_back(node, switch):
    answer = put(node, TRUNK)
    assert answer == {"kind": "trunk", "id": "T1", "generation": 1, "epoch": 0, "hash": TRUNK.hash, "present": True}
    assert switch.log == [("set", "source"), ("set", "trunk")]


def test_delete_begins_with_the_trunk(node, switch):
    put(node, TRUNK)
    switch.log.clear()
    answer = node.delete("trunk", "T1", Fence(2, 0))
    assert (answer["present"], answer["hash"]) == (False, "")
    assert switch.log == [("delete", "trunk"), ("delete", "source")]
    assert switch.keys == {}


def test_a_moved_source_address_leaves_nothing_behind(node, switch):
    put(node, TRUNK)
    put(node, sample_trunk("T1", ["192.0.2.2"]), 2)
    assert {key.name for key in switch.keys if key.table == "source"} == {"192.0.2.2"}


def test_a_switch_that_does_not_take_keys_is_found_out(node, switch):
    switch.deaf = True
    answer = put(node, TRUNK)
    assert not answer["present"]
    assert answer["hash"] not in (TRUNK.hash, "")
    switch.deaf = False
    assert put(node, TRUNK)["hash"] == TRUNK.hash


def test_a_bad_document_is_refused_alone(node):
    with pytest.raises(Refused) as error:
        node.put("trunk", "T1", Fence(1, 0), {"format": 1})
    assert error.value.reason == "BadDocument"
    assert node.read("trunk", "T1") is None
    assert put(node, sample_trunk("T2"))["present"]


def test_what_was_stored_while_the_switch_was_off_is_sent_later(node, switch, watch):
    put(node, sample_trunk("T2", ["192.0.2.2"]))
    switch.off = True
    with pytest.raises(SwitchUnavailable):
        put(node, TRUNK)
    with pytest.raises(SwitchUnavailable):
        node.delete("trunk", "T2", Fence(2, 0))
    assert node.status()["kamailio"] is False
    switch.off = False
    watch.look()
    assert node.read("trunk", "T1")["hash"] == TRUNK.hash
    assert node.read("trunk", "T2")["present"] is False
    assert {key.table: key.name for key in switch.facts()} == {"trunk": "T1", "source": "192.0.2.1"}


def test_a_repeated_delete_still_removes_what_the_first_could_not(node, switch):
    put(node, TRUNK)
    switch.off = True
    with pytest.raises(SwitchUnavailable):
        node.delete("trunk", "T1", Fence(2, 0))
    switch.off = False
    assert node.read("trunk", "T1")["present"] is True
    assert node.delete("trunk", "T1", Fence(2, 0))["present"] is False
    assert switch.facts() == {}


def test_the_list_says_what_was_last_read(node, switch):
    switch.deaf = True
    put(node, TRUNK)
    assert node.page("trunk", "", 10)[0]["hash"] != TRUNK.hash
    switch.deaf = False
    put(node, TRUNK)
    assert node.page("trunk", "", 10)[0]["hash"] == TRUNK.hash


def spoil_flush(keys):
    keys.clear()


def spoil_value(keys):
    keys[Key("trunk", "T1")] = "enabled=0;"


def spoil_extra(keys):
    keys[Key("source", "192.0.2.66")] = "T1"


def spoil_swap(keys):
    del keys[Key("source", "192.0.2.1")]
    keys[Key("source", "192.0.2.66")] = "T1"


@pytest.mark.parametrize("spoil", [spoil_flush, spoil_value, spoil_extra, spoil_swap])
def test_the_watch_heals(node, switch, watch, spoil):
    put(node, TRUNK)
    before = switch.facts()
    spoil(switch.keys)
    watch.look()
    watch.look()
    assert switch.facts() == before


@pytest.mark.parametrize("admin_status", ["DISABLED", "SYSTEM_DISABLED"])
def test_who_may_not_register_any_more_loses_its_contacts(node, switch, admin_status):
    put(node, sample_registered("T1", "secret"))
    assert switch.dropped == []
    put(node, sample_registered("T1", "secret", admin_status=admin_status), 2)
    assert switch.dropped == ["T1"]
    node.delete("trunk", "T1", Fence(3, 0))
    assert switch.dropped == ["T1", "T1"]


def test_a_password_that_a_reset_ends_takes_the_contacts_with_it_once(node, switch):
    put(node, sample_registered("T1", "old"))
    put(node, sample_registered("T1", "new"), 2)
    put(node, sample_registered("T1", "new", channels=20), 3)

    assert switch.dropped == ["T1"]
    assert node.read("trunk", "T1")["present"]


def test_a_password_that_is_still_good_or_was_over_before_takes_no_contacts(node, switch):
    good, over = (
        EarlierHa1(ha1("T1", name), "0" * 64, until) for name, until in (("old", 2_000_000_000), ("oldest", 1))
    )
    put(node, sample_registered("T1", "old", earlier_ha1s=(over,)))

    put(node, sample_registered("T1", "new", earlier_ha1s=(good, over)), 2)
    put(node, sample_registered("T1", "new", earlier_ha1s=(good,)), 3)
    assert switch.dropped == []

    put(node, sample_registered("T1", "new"), 4)
    assert switch.dropped == ["T1"]


def test_contacts_of_an_ended_password_are_dropped_when_the_switch_is_back(node, switch, watch):
    put(node, sample_registered("T1", "old"))
    switch.off = True
    with pytest.raises(SwitchUnavailable):
        put(node, sample_registered("T1", "new"), 2)

    switch.off = False
    watch.look()
    watch.look()

    assert switch.dropped == ["T1"]


def test_the_watch_drops_any_number_of_contacts_in_slices(node, switch, contacts, watch):
    put(node, sample_registered("T60", "secret"))
    contacts.found = [Contact(**sample_contact(f"T{place}")) for place in range(120)]

    watch.look()

    assert switch.dropped == [f"T{place}" for place in range(120) if place != 60]


def test_the_watch_drops_contacts_that_should_not_be_there(node, switch, contacts, watch):
    put(node, sample_registered("T1", "secret"))
    contacts.found = [Contact(**sample_contact(trunk_id)) for trunk_id in ("T1", "T2")]
    watch.look()
    assert switch.dropped == ["T2"]


def test_the_watch_tells_of_every_start_of_kamailio_once(node, switch):
    starts = []
    watch = Watch(node, period=60, on_start=lambda: starts.append("start"))
    watch.look()
    watch.look()
    switch.keys.clear()  # Kamailio was started anew
    watch.look()
    watch.look()

    assert starts == ["start", "start"]


def test_a_start_of_the_agent_alone_is_no_start_of_kamailio(node, switch, contacts, certificates):
    Watch(node, period=60).look()
    starts = []

    again = Node(node.store, switch, contacts, certificates)
    Watch(again, period=60, on_start=lambda: starts.append("start")).look()

    assert starts == []


def test_the_watch_goes_through_everything_in_slices(node, switch):
    for place in range(60):
        put(node, sample_trunk(f"T{place}", [f"192.0.2.{place}"]))
    watch = Watch(node, period=60, keys=50)
    before = switch.facts()
    for key in list(before):
        switch.keys[key] = "wrong"
    watch.look()
    assert switch.facts() != before
    watch.look()
    assert switch.facts() == before


def test_a_long_list_of_failed_sign_ins_holds_up_no_document(node, switch):
    asked, patience = threading.Event(), threading.Event()
    switch.before_dump = lambda: (asked.set(), patience.wait(10))
    switch.keys[Key("failures", "T1/192.0.2.8")] = "n=2;last=7;"

    with ThreadPoolExecutor() as pool:
        told = pool.submit(node.failures, 10)
        asked.wait(10)
        held = pool.submit(put, node, TRUNK).result(timeout=5)
        patience.set()

    assert held["hash"] == TRUNK.hash
    assert told.result() == {"failures": [{"id": "T1/192.0.2.8", "n": 2, "last": 7}], "left_off": 0}


def test_certificates_are_read_again_once_after_they_were_replaced(node, watch, switch, certificates):
    watch.look()
    watch.look()
    before = switch.reloads
    certificates.at = (2,)
    watch.look()
    watch.look()
    assert (before, switch.reloads) == (0, 1)


def test_certificates_that_were_replaced_while_the_agent_was_away_are_read(node, switch, certificates, contacts):
    Watch(node, period=60).look()
    certificates.at = (2,)
    Watch(Node(node.store, switch, contacts, certificates), period=60).look()
    assert switch.reloads == 1


def test_a_kamailio_that_has_just_started_has_read_the_certificates(watch, switch, certificates):
    watch.look()
    certificates.at = (2,)
    switch.keys.clear()
    watch.look()
    assert switch.reloads == 0


def test_certificates_that_were_replaced_after_kamailio_started_alone_are_read(watch, switch, certificates):
    certificates.at = (2 * 10**9,)
    watch.look()
    watch.look()
    assert switch.reloads == 1
