"""Whatever strangers and customers send: the node stays up, its memory stays flat, and good calls pass."""

import asyncio
import os
import random
import re
import socket
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest
from conftest import TIMERS, Site, until
from mutating import METHODS, good, spoil

from sbc.agent.records import read_line
from sbc.client import Unavailable
from sbc.lab.net import SIP_PORT
from sbc.lab.node import LabNode
from sbc.lab.sip import Address, Message
from sbc.lab.softphone import call

OWN, ABROAD = "13125550177", "13125551234"
PACKETS = int(os.environ.get("TRUNKLINE_FUZZ_PACKETS", "50000"))
SENDERS = 20
FEWEST_GOOD_CALLS = PACKETS // 2500
OWN_BOUND_KB, SHARED_BOUND = 2048, 1024 * 1024  # per process; of all together, when the last transaction is over
WRITTEN = re.compile(r"INVITE sip:\+?[0-9]{1,20}@[0-9.:]+ SIP/2\.0\r\n", re.IGNORECASE)


class Gateway:
    """A carrier that refuses every call and keeps what it was sent."""

    def __init__(self, local):
        self.heard, self._socket = [], socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self._socket.bind(local)
        self._socket.settimeout(0.2)
        self._ended = False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while not self._ended:
            with suppress(TimeoutError, ValueError):
                raw, remote = self._socket.recvfrom(65536)
                self.heard.append(raw)
                message = Message.parse(raw.decode(errors="replace"))
                if message.method == "INVITE":
                    refusal = message.answer(404, "Not Found", tag="t", contact=Address(*remote))
                    self._socket.sendto(str(refusal).encode(errors="replace"), remote)

    def close(self):
        self._ended = True
        self._thread.join()
        self._socket.close()


@pytest.fixture(scope="module")
def hardened(net, folder, carrier):
    """A node of its own: what it holds in memory must come from the fuzz alone, and nobody is a flood here."""
    defines = {**TIMERS, "FLOOD_REQUESTS": "1000000", "FREE_FAILURES": "1000000"}
    node = LabNode("fuzzed", net.node(9), folder / "f", 8300, "token", defines=defines)
    node.start()
    site = Site(node, node.client(), net, folder, carrier)
    site._places = iter(range(2500, 2600))
    yield site
    site.client.close()
    node.stop()


def processes(site):
    """Kamailio's, by pid: resident memory of their own in kB, without what they share."""
    pid = site.node.kamailio_pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child): own_kb(child) for child in [str(pid), *children]}


def own_kb(pid):
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    return int(lines["Anonymous"].split()[0])


def shared(site):
    return int(site.node.switch().call("core.shmmem")["real_used"])


def fuzz(site, sources, seed, packets):
    """Send them as fast as the node takes them."""
    dice = random.Random(seed)  # the same messages in every run
    node = site.address
    senders = {}
    for source in set(sources):
        senders[source] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        senders[source].bind((source, 5097))
        senders[source].setblocking(False)
    for n in range(packets):
        local = Address(sources[n % len(sources)], 5097)
        senders[local.host].sendto(spoil(dice, good(dice.choice(METHODS), local, node, n)), node)
        if n % 50 == 49:
            wait_for_queue(node.host)
            for listening in senders.values():
                drain(listening)
    for sender in senders.values():
        sender.close()


def ready(site, gateway):
    """Tell the node its gateway; while it still works at what it was sent it may be slow to answer."""

    def told():
        with suppress(Unavailable):
            site.gateways(gateway)
            return True

    until(told)


def drain(listening):
    with suppress(BlockingIOError):
        while True:
            listening.recv(65536)


def wait_for_queue(host):
    """Until the node has read most of what it was sent: a packet that the system drops tests nothing."""
    hexed = "".join(f"{int(part):02X}" for part in reversed(host.split("."))) + f":{SIP_PORT:04X}"
    for _ in range(2000):
        # The system may leave a line out while the table changes.
        lines = [line for line in Path("/proc/net/udp").read_text().splitlines() if f" {hexed} " in line]
        if lines and int(lines[0].split()[4].partition(":")[2], 16) < 100_000:
            return
        time.sleep(0.002)
    raise AssertionError("the node reads nothing any more")


def read(site):
    """The records that an agent would find, by leg, and the lines that it would leave alone."""
    records, garbage = {}, []
    for file in (site.node.folder / "records").glob("calls_*"):
        for line in file.read_text(errors="replace").split("\n")[:-1]:
            try:
                records |= {record.key: record for record in read_line(line)}
            except ValueError:
                garbage.append(line)
    return list(records.values()), garbage


class GoodCalls:
    """Calls of a trunk that is not fuzzed, one after the other, while everything else goes on: each reaches the
    gateway, whose answer reaches the caller.
    """

    def __init__(self, site):
        self.statuses = []
        self._site, self._trunk, self._ended = site, site.place(), False
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._ended = True
        self._thread.join()

    def _run(self):
        while not self._ended:
            calling = call(Address(self._trunk.source, 0), self._site.address, OWN, ABROAD, hold_seconds=0)
            self.statuses.append(asyncio.run(calling).status)
            time.sleep(0.1)


@pytest.mark.timeout(60 + PACKETS // 1000)
def test_spoilt_messages_do_no_harm(hardened):
    site, (trunk, victim) = hardened, (hardened.place(), hardened.place())
    strangers = [site.net.customer(31000 + n) for n in range(SENDERS // 2)]
    ready(site, site.net.carrier(1))
    site.call(trunk)
    with closing(Gateway((site.net.carrier(12), SIP_PORT))) as gateway:
        ready(site, carrier := site.net.carrier(12))
        senders = [*strangers, *[victim.source] * (SENDERS // 2 - 1), carrier]
        fuzz(site, senders, seed=1, packets=5000)
        before, held = processes(site), shared(site)

        with GoodCalls(site) as good_calls:
            for part in range(9):
                fuzz(site, senders, seed=2 + part, packets=PACKETS // 10)
    assert len(good_calls.statuses) > FEWEST_GOOD_CALLS
    assert set(good_calls.statuses) == {404}
    ready(site, site.net.carrier(1))
    site.call(trunk)
    after = processes(site)
    assert after.keys() == before.keys()
    assert max(after[pid] - before[pid] for pid in before) < OWN_BOUND_KB
    invites = [raw.decode(errors="replace") for raw in gateway.heard if raw.startswith(b"INVITE")]
    assert invites
    assert [text for text in invites if not WRITTEN.match(text)] == []
    records, garbage = read(site)
    assert len(garbage) <= len(records) / 4  # second lines of calls, which no agent takes for records
    numbers = {number for record in records for number in (record.caller, record.callee, record.callee_e164)}
    assert [number for number in numbers if not re.fullmatch(r"\+?\d{0,20}", number)] == []
    until(lambda: shared(site) - held < SHARED_BOUND, seconds=10)
    assert site.client.calls() == {}
