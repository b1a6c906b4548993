"""One lab for the session: two real nodes and a stand-in carrier; each test gets trunks and addresses of its own."""

import asyncio
import itertools
import os
import re
import time
from dataclasses import dataclass, field
from threading import Thread

import pytest
from phones import BEHIND_NAT

from portal.launcher import binaries
from sbc.agent.render import Key
from sbc.client import NodeClient, Unavailable
from sbc.documents import Fence
from sbc.lab.authority import Authority
from sbc.lab.carrier import CarrierControl
from sbc.lab.digest import Login
from sbc.lab.dns import NameServer
from sbc.lab.net import SIP_PORT, TLS_PORT, LabNet, first_free_net
from sbc.lab.node import LabNode
from sbc.lab.registering import register
from sbc.lab.samples import DATA_CENTRE, sample_node, sample_number, sample_registered, sample_route, sample_trunk
from sbc.lab.sip import Address
from sbc.lab.sipp import Sipp, run_sipp
from sbc.lab.softphone import call
from sbc.lab.valkey import PairValkey
from tests.lab import phone_network

TIMERS = {"ANSWER_WAIT_MS": "600", "DEAD_SECONDS": "4", "KEEPALIVE_SECONDS": "30", "KEEPALIVE_STEP": "2"}
TIMERS |= {"OPTIONS_SECONDS": "1", "OPTIONS_MISSES": "2", "NONCE_SECONDS": "3", "FREE_FAILURES": "5"}
# A busy machine may keep Valkey waiting for longer than the 50 ms of a real node.
TIMERS |= {"LIFE_SECONDS": "4", "IDLE_SECONDS": "2", "PAIR_WAIT_MS": "300"}


def pytest_collection_modifyitems(items):
    for item in items:
        if "/tests/sip/" in str(item.path):
            item.add_marker(pytest.mark.sip)


def until(condition, seconds=15):
    """Wait until a condition holds."""
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, f"not so after {seconds} s"
        time.sleep(0.05)


def until_equal(read, wanted, seconds=15):
    """Wait until what is read is what is wanted."""
    limit = time.monotonic() + seconds
    while (value := read()) != wanted and time.monotonic() < limit:
        time.sleep(0.05)
    assert value == wanted


@dataclass
class Place:
    """A customer's trunk and the addresses that belong to it; its equipment listens on `port` unless it has TLS."""

    id: str
    source: str
    destinations: list[str]
    number: str
    port: int = SIP_PORT


@dataclass
class RegisteredPlace:
    """A customer's registered trunk; `id` is its user name, too."""

    id: str
    number: str
    phone: Address


@dataclass
class Routed:
    """A number that leads to a route."""

    id: str
    number: str


@dataclass
class Site:
    """A node, its agent and its records, with the verbs of the tests."""

    node: LabNode
    client: NodeClient
    net: LabNet
    folder: object
    carrier: CarrierControl
    name_server: NameServer | None = None
    other: str = ""  # the other node's address, as long as this one is to know it
    providers: tuple = ()  # where providers call from, likewise
    peers: tuple = ()  # the nodes of other data centres, likewise
    data_centre: str = DATA_CENTRE
    _generations: itertools.count = field(default_factory=lambda: itertools.count(1))
    _places: itertools.count = field(default_factory=lambda: itertools.count(1))
    _ports: itertools.count = field(default_factory=lambda: itertools.count(5070))

    @property
    def address(self):
        return Address(self.node.address, SIP_PORT)

    @property
    def tls_address(self):
        return Address(self.node.address, TLS_PORT)

    def put(self, document):
        held = self.client.put(document, Fence(next(self._generations), 0))
        assert held.hash == document.hash
        return held

    def delete(self, kind, document_id):
        return self.client.delete(kind, document_id, Fence(next(self._generations), 0))

    def place(self, **changes):
        """A fresh trunk with its number; `destinations` hosts, one unless told."""
        place = next(self._places)
        base = 10 * place
        hosts = [self.net.customer(base + n) for n in range(1, 1 + changes.pop("destinations", 1))]
        trunk = Place(f"{self.node.name}-{place}", self.net.customer(base), hosts, f"1312555{1000 + place}")
        self.change(trunk, **changes)
        self.put(sample_number(f"+{trunk.number}", trunk.id))
        return trunk

    def registered(self, **changes):
        """A fresh registered trunk with its number; its equipment is at `phone`, its password is "secret"."""
        place = next(self._places)
        trunk_id, number = f"{self.node.name}-{place}", f"1312555{1000 + place}"
        trunk = RegisteredPlace(trunk_id, number, Address(self.net.customer(10 * place), SIP_PORT))
        self.change_registered(trunk, **changes)
        self.put(sample_number(f"+{number}", trunk_id))
        return trunk

    def route(self, *entries):
        """A fresh number that leads to a route with these entries."""
        place = next(self._places)
        routed = Routed(f"{self.node.name}-route-{place}", f"1312555{1000 + place}")
        self.put(sample_route(routed.id, *entries))
        self.put(sample_number(f"+{routed.number}", route_id=routed.id))
        return routed

    def change_registered(self, trunk, password="secret", **changes):
        self.put(sample_registered(trunk.id, password, **changes))

    def register(self, trunk, password="secret", phone=None, username="", **options):
        """The node's last answer."""
        login = Login(username or trunk.id, password)
        node = options.pop("node", self.address)
        return asyncio.run(register(phone or trunk.phone, node, login, **options))[-1]

    def contacts(self, trunk):
        return [found for found in self.client.registrations() if found.trunk_id == trunk.id]

    def checks(self, trunk):
        """What came of OPTIONS, in the order of the destinations."""
        found = {check.host: check for check in self.client.checks() if check.trunk_id == trunk.id}
        return [found[host] for host in trunk.destinations]

    def change(self, trunk, **changes):
        port = TLS_PORT if changes.get("tls") else trunk.port
        self.put(sample_trunk(trunk.id, [trunk.source], [(host, port) for host in trunk.destinations], **changes))

    def knows(self, name, port=SIP_PORT, tls=False):
        """Where the node sends calls to a host name, as addresses; None while it does not know."""
        value = self.node.switch().get(Key("address", name + f":{port}" * bool(port) + "/tls" * tls))
        return re.findall(r"a\d+=([^;]+);", value) if value else None

    def gateways(self, *hosts):
        gateways = [(host, SIP_PORT) for host in hosts]
        more = {"provider_sources": self.providers, "data_centre": self.data_centre}
        self.put(sample_node(*gateways, other_node=self.other, peers=self.peers, **more))

    def call(self, trunk, scenario="call", **options):
        """One call out of the trunk with SIPp, to its end; answers with SIPp's messages."""
        return run_sipp(scenario, self.folder, Address(trunk.source, next(self._ports)), self.address, **options)

    def hold(self, trunk, calls=1, hold_ms=90000):
        """Calls that stay up until they are stopped."""
        local = Address(trunk.source, next(self._ports))
        before = self.up(trunk)
        run = Sipp(
            "call", self.folder, local, self.address, calls=calls, hold_ms=hold_ms, seconds=hold_ms // 1000 + 300
        )
        until_equal(lambda: self.up(trunk), before + calls)
        return run

    def refused(self, trunk, status, **options):
        return self.call(trunk, "refused", status=status, **options)

    def call_in(self, trunk, caller="13125559999", hold_seconds=0.1):
        """One call from the carrier to the trunk's number, to its end."""
        numbers = {"caller": caller, "callee": trunk.number}
        return self.carrier.place_call(self.address, **numbers, hold_seconds=hold_seconds)

    def revive(self):
        """Start again what a failed test left stopped."""
        try:
            running = self.client.status().kamailio
        except Unavailable:
            running = False
        if not running:
            self.node.kill()
            self.node.start()

    def up(self, trunk):
        return self.client.calls().get(trunk.id, 0)

    def records(self, trunk):
        """Once no more come: one is written just after the last answer of its call."""
        return self.recorded(lambda record: record.trunk == trunk.id)

    def recorded(self, wanted):
        """The records for which `wanted` holds, likewise."""
        found = None
        while (again := [record for record in self.node.records() if wanted(record)]) != found:
            found = again
            time.sleep(0.15)
        return found


@pytest.fixture(scope="session")
def net():
    """Of its own for each worker; the one that the environment names is for the first."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    if "TRUNKLINE_LAB_NET" in os.environ and worker == 0:
        return LabNet.parse(os.environ["TRUNKLINE_LAB_NET"])
    return first_free_net(80 + 10 * worker)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="session")
def carrier(net, folder):
    with phone_network(net, folder, gateways=2) as carrier:
        yield carrier


@pytest.fixture(scope="session")
def valkey(net, folder):
    """The one that both nodes share."""
    server = PairValkey(binaries.valkey(), net.valkey(1), folder / "v")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def name_server(net):
    """The name server that both nodes ask."""
    server = NameServer(net.name_server)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def authority(folder):
    """Whom the nodes believe, and who signed their certificates."""
    return Authority(folder / "ca")


@pytest.fixture(scope="session")
def servers(valkey, name_server):
    """What both nodes ask."""
    return valkey, name_server


@pytest.fixture(scope="session")
def pair(net, folder, carrier, authority, servers):
    """Primary and backup."""
    sites = []
    valkey, name_server = servers
    for place, name in enumerate(("primary", "backup"), start=1):
        settings = {"watch_seconds": 0.5, "defines": TIMERS, "authority": authority}
        node = LabNode(name, net.node(place), folder / name[0], 8300, "token", **settings)
        node.pair_valkey = valkey.server
        node.name_server, node.name_seconds = str(name_server), 1
        node.start()
        site = Site(node, node.client(), net, folder, carrier, name_server)
        site.gateways(net.carrier(1))
        sites.append(site)
    # What one of them makes for itself must not overlap with what the other makes.
    sites[1]._places, sites[1]._ports = itertools.count(1000), itertools.count(7070)
    yield sites
    for site in sites:
        site.client.close()
        site.node.stop()


@pytest.fixture(scope="session")
def primary(pair):
    return pair[0]


@pytest.fixture(scope="session")
def backup(pair):
    return pair[1]


@dataclass
class Vanished:
    """Three calls through one node: one whose caller said nothing any more, two that go on."""

    site: Site
    trunk: Place
    call_id: str
    alive: Place
    behind_nat: Place


@pytest.fixture(scope="session", autouse=True)
def vanished(backup):
    """Placed at the start of the session, long before the test that looks what became of them."""
    trunk, alive, behind_nat = (backup.place(channels=1) for _ in range(3))
    going_on = backup.hold(alive, hold_ms=900_000)
    translated = Address(behind_nat.source, 0)
    placing = call(translated, backup.address, "13125550100", "13125551234", hold_seconds=900, contact=BEHIND_NAT)
    Thread(target=asyncio.run, args=[placing], daemon=True).start()
    until_equal(lambda: backup.up(behind_nat), 1)
    caller = Address(trunk.source, 0)
    calling = call(caller, backup.address, "13125550100", "13125551234", hold_seconds=0, hang_up=False)
    trace = asyncio.run(calling)
    assert trace.answered
    until_equal(lambda: backup.up(trunk), 1)
    yield Vanished(backup, trunk, trace.call_id, alive, behind_nat)
    going_on.stop()


@pytest.fixture
def site(primary):
    """The primary, running with its one gateway again after the test."""
    yield primary
    primary.providers = ()
    primary.revive()
    primary.gateways(primary.net.carrier(1))
