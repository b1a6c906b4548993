"""Names of destinations on a node: when they are asked for, what they may lead to, how long an answer is good."""

import asyncio
import sqlite3
from contextlib import closing
from ipaddress import ip_network

import pytest
import time_machine

from sbc.agent.lookups import LookUps
from sbc.agent.name_store import KEPT_SECONDS
from sbc.agent.names import NameServers
from sbc.agent.node import Node
from sbc.agent.render import Key
from sbc.agent.settings import Settings
from sbc.agent.store import Store
from sbc.agent.switch import SwitchUnavailable
from sbc.agent.watch import Watch
from sbc.documents import Fence, ProviderSource
from sbc.lab.dns import NameServer
from sbc.lab.samples import sample_node, sample_trunk

HOST, NAME = "pbx.example.com", "pbx.example.com:5060"
KEY = Key("address", NAME)
PUBLIC = "9.9.9.9"


@pytest.fixture
def server():
    server = NameServer("127.0.0.1", port=0)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def node(switch, contacts, certificates):
    return Node(Store(":memory:"), switch, contacts, certificates)


@pytest.fixture
def look_ups(node, server):
    servers = NameServers([(server.address, server.port)])
    allowed = [ip_network("127.77.128.0/17")]
    return LookUps(node, servers, shortest=60, own=["sip.example.com", NODE[0]], allowed=allowed)


@pytest.fixture
def look(look_ups):
    """Look a name up now, due or not."""
    return lambda name=NAME: asyncio.run(look_ups.look_up(name, look_ups.own_addresses()))


def put(node, *names, trunk_id="T1", generation=1, port=5060, **changes):
    trunk = sample_trunk(trunk_id, [], [(name, port) for name in names], **changes)
    node.put("trunk", trunk_id, Fence(generation, 0), trunk.to_wire())


def put_node(node, generation=1, **members):
    document = sample_node((members.pop("gateway", GATEWAY), 5060), **members)
    node.put("node", "node", Fence(generation, 0), document.to_wire())


def due(node, now):
    return node.store.names.take_due(10, now, now + 60)


def troubles(node):
    return {check["id"]: check["name"] for check in node.checks("", 10)}


def test_what_a_name_leads_to_is_told_to_kamailio_in_order(node, switch, server, look):
    put(node, HOST, port=0)
    server.set(f"_sip._udp.{HOST}", "SRV", f"2 0 5062 b.{HOST}.", f"1 0 5061 a.{HOST}.")
    server.set(f"a.{HOST}", "A", PUBLIC)
    server.set(f"b.{HOST}", "A", "9.9.9.8")

    look(HOST)

    assert switch.keys[Key("address", HOST)] == "n=2;a1=9.9.9.9:5061;a2=9.9.9.8:5062;"
    assert troubles(node) == {}


def test_ipv6_is_written_as_in_a_sip_uri_on_a_node_that_has_it(node, switch, server, look):
    put(node, HOST)
    switch.own.append("2620:fe::1")
    server.set(HOST, "AAAA", "2620:fe::9")

    look()

    assert switch.keys[KEY] == "n=1;a1=[2620:fe::9]:5060;"


def test_a_trunk_with_tls_has_its_names_apart(node, switch, server, look):
    put(node, HOST, tls=True, port=0)
    server.set(HOST, "A", PUBLIC)

    look(f"{HOST}/tls")

    assert switch.keys[Key("address", f"{HOST}/tls")] == "n=1;a1=9.9.9.9:5061;"


INSIDE = ["127.0.0.1", "0.0.0.0", "10.1.2.3", "100.64.0.1", "169.254.169.254", "224.0.0.1", "192.168.0.1", "127.77.1.1"]
NODE, GATEWAY, OTHER_NODE = ["9.9.9.1", "192.0.2.250"], "9.9.9.2", "9.9.9.3"


@pytest.mark.parametrize("address", [*INSIDE, *NODE, GATEWAY, OTHER_NODE])
def test_a_name_may_not_lead_inside_nor_to_us(node, switch, server, look, address):
    put_node(node, other_node=OTHER_NODE)
    put(node, HOST)
    server.set(HOST, "A", address)

    look()

    assert KEY not in switch.keys
    assert troubles(node) == {f"T1/{NAME}": "refused"}


def test_a_provider_is_called_where_it_calls_from(node, switch, server, look):
    put_node(node, provider_sources=[ProviderSource("GENESYS", f"{PUBLIC}/32", "")])
    put(node, HOST)
    server.set(HOST, "A", PUBLIC)

    look()

    assert switch.keys[KEY] == f"n=1;a1={PUBLIC}:5060;"


def test_a_name_that_nobody_answers_for_is_judged_again(node, switch, server, look):
    put(node, HOST)
    server.set(HOST, "A", PUBLIC)
    look()
    put_node(node, other_node=PUBLIC)
    server.silent = True

    look()

    assert KEY not in switch.keys


@pytest.mark.parametrize(
    "address", ["::1", "::ffff:127.0.0.1", "fe80::1", "fd00::1", "2002:7f00:1::", "64:ff9b::a00:1"]
)
def test_ipv6_hides_nothing(node, switch, server, look, address):
    put(node, HOST)
    switch.own.append("2620:fe::1")
    server.set(HOST, "AAAA", address)

    look()

    assert KEY not in switch.keys


def test_networks_that_are_allowed_are_as_good_as_the_internet(node, switch, server, look):
    put(node, HOST)
    server.set(HOST, "A", "127.77.128.5")

    look()

    assert switch.keys[KEY] == "n=1;a1=127.77.128.5:5060;"


def test_of_good_and_bad_addresses_the_good_ones_are_called(node, switch, server, look):
    put(node, HOST)
    server.set(HOST, "A", "10.0.0.1", PUBLIC)

    look()

    assert switch.keys[KEY] == "n=1;a1=9.9.9.9:5060;"


def test_a_name_that_becomes_bad_is_dropped_at_once(node, switch, server, look):
    put(node, HOST)
    server.set(HOST, "A", PUBLIC)
    look()

    server.set(HOST, "A", "127.0.0.1")
    look()

    assert KEY not in switch.keys
    assert node.store.sizes["address"] == 0


def test_a_name_that_is_lost_leads_to_its_last_address_for_an_hour(node, switch, server, look):
    put(node, HOST)
    server.set(HOST, "A", PUBLIC)
    with time_machine.travel("2026-01-01 00:00Z") as clock:
        look()
        server.set(HOST, "A")

        clock.shift(KEPT_SECONDS - 1)
        look()
        assert KEY in switch.keys
        assert troubles(node) == {}

        clock.shift(2)
        look()

    assert KEY not in switch.keys
    assert troubles(node) == {f"T1/{NAME}": "lost"}


@pytest.mark.parametrize(("ttl", "wait"), [(5, 60), (300, 300), (86_400, 3600)])
def test_a_name_is_asked_for_again_after_its_time_to_live_within_bounds(node, server, look, ttl, wait):
    put(node, HOST)
    server.set(HOST, "A", PUBLIC, ttl=ttl)
    now = 1_767_225_600
    with time_machine.travel(now, tick=False):
        look()

    assert due(node, now + wait - 1) == []
    assert due(node, now + wait) == [NAME]


def test_new_names_come_before_others_the_latest_first_and_lost_ones_last(node, look):
    put(node, "lost.example.com")
    look("lost.example.com:5060")
    put(node, "first.example.com", "second.example.com", trunk_id="T2")

    assert due(node, 1e12) == ["second.example.com:5060", "first.example.com:5060", "lost.example.com:5060"]
    assert due(node, 1e12) == []  # they are being asked for


def test_a_name_of_two_trunks_is_one_and_goes_with_the_last_of_them(node, switch, server, look):
    for trunk_id in ("T1", "T2"):
        put(node, HOST, trunk_id=trunk_id)
    server.set(HOST, "A", PUBLIC)
    look()

    node.delete("trunk", "T1", Fence(2, 0))
    look()
    assert KEY in switch.keys

    put(node, "192.0.2.1", trunk_id="T2", generation=2)
    look()

    assert KEY not in switch.keys
    assert due(node, 1e12) == []


def test_when_what_is_ours_changes_all_names_are_looked_at_again(node, switch, server, look):
    put_node(node)
    put(node, HOST)
    server.set(HOST, "A", PUBLIC)
    look()
    assert due(node, 1) == []

    put_node(node, generation=2, gateway=PUBLIC)

    assert due(node, 1) == [NAME]
    look()
    assert troubles(node) == {f"T1/{NAME}": "refused"}


def test_checks_have_pages_with_and_without_troubled_names(node, look):
    put(node, "a.example.com", "192.0.2.9", options=True)
    put(node, "b.example.com", trunk_id="T2")
    for name in ("a.example.com:5060", "b.example.com:5060"):
        look(name)

    every = [("T1/192.0.2.9:5060", ""), ("T1/a.example.com:5060", "lost"), ("T2/b.example.com:5060", "lost")]
    assert list(troubles(node).items()) == every
    pages = [node.checks(after, 1) for after in ("", every[0][0], every[1][0], every[2][0])]
    assert [[check["id"] for check in page] for page in pages] == [[every[0][0]], [every[1][0]], [every[2][0]], []]


def test_what_names_lead_to_outlives_the_agent(tmp_path, switch, contacts, certificates, server):
    first = Node(Store(tmp_path / "facts.db"), switch, contacts, certificates)
    put(first, HOST)
    server.set(HOST, "A", PUBLIC)
    servers = NameServers([(server.address, server.port)])
    asyncio.run(LookUps(first, servers, shortest=60).look_up(NAME, set()))
    first.store.close()
    switch.keys.clear()

    again = Node(Store(tmp_path / "facts.db"), switch, contacts, certificates)
    Watch(again, period=60).look()

    assert switch.keys[KEY] == "n=1;a1=9.9.9.9:5060;"
    assert again.store.names.take_due(1, 1, 2) == []


def test_a_store_from_before_names_were_looked_up_knows_which_there_are(tmp_path):
    first = Store(tmp_path / "facts.db")
    trunk = sample_trunk("T1", [], [(HOST, 5060)])
    first.save("trunk", "T1", Fence(1, 0), trunk)
    first.close()
    with closing(sqlite3.connect(tmp_path / "facts.db")) as file:
        file.executescript("DROP TABLE name; DROP TABLE named; PRAGMA user_version = 2;")

    again = Store(tmp_path / "facts.db")

    assert again.names.take_due(10, 1, 2) == [NAME]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("", []),
        ("192.0.2.1", [("192.0.2.1", 53)]),
        ("192.0.2.1:5353, 2001:db8::1", [("192.0.2.1", 5353), ("2001:db8::1", 53)]),
        ("[2001:db8::1]:5353", [("2001:db8::1", 5353)]),
    ],
)
def test_name_servers_are_a_setting(said, meant):
    environ = {"TRUNKLINE_NODE_NAME": "n", "TRUNKLINE_NODE_STATE": "/n", "TRUNKLINE_AGENT_TOKEN": "t"}

    assert Settings.read(environ | {"TRUNKLINE_NAME_SERVERS": said}).name_servers == meant


def test_a_key_of_a_name_that_went_wrong_is_put_right(node, switch, server, look):
    put(node, HOST)
    server.set(HOST, "A", PUBLIC)
    look()
    right = dict(switch.keys)
    watch = Watch(node, period=60)

    switch.keys[KEY] = "n=1;a1=9.9.9.66:5060;"
    switch.keys[Key("address", "stranger.example.com")] = "n=1;a1=9.9.9.66:5060;"
    watch.look()
    watch.look()

    assert {key: switch.keys[key] for key in right} == right
    assert Key("address", "stranger.example.com") not in switch.keys


def test_an_answer_that_kamailio_did_not_take_is_told_to_it_later(node, switch, server, look_ups):
    put(node, HOST)
    server.set(HOST, "A", PUBLIC)
    own = look_ups.own_addresses()
    switch.off = True
    asyncio.run(look_ups.look_up(NAME, own))
    switch.off = False

    Watch(node, period=60).look()

    assert switch.keys[KEY] == "n=1;a1=9.9.9.9:5060;"


def test_while_kamailio_does_not_answer_no_name_is_taken(node, switch, look_ups):
    put(node, HOST)
    switch.off = True

    with pytest.raises(SwitchUnavailable):
        look_ups._begin(set())

    assert due(node, 1) == [NAME]
