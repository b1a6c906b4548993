"""Whatever strangers and customers send: the node stays up, its memory stays flat, and good calls pass."""

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

from sbc.client import Unavailable
from sbc.lab.net import SIP_PORT
from sbc.lab.node import LabNode
from sbc.lab.sip import Address, Message

PACKETS = int(os.environ.get("TRUNKLINE_FUZZ_PACKETS", "50000"))
SENDERS = 20
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
    senders = []
    for source in sources:
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.bind((source, 5097))
        sender.setblocking(False)
        senders.append(sender)
    for n in range(packets):
        sender = senders[n % len(senders)]
        local = Address(sources[n % len(sources)], 5097)
        sender.sendto(spoil(dice, good(dice.choice(METHODS), local, node, n)), node)
        if n % 50 == 49:
            wait_for_queue(node.host)
            for listening in senders:
                drain(listening)
    for sender in senders:
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


@pytest.mark.timeout(60 + PACKETS // 1000)
def test_spoilt_messages_do_no_harm(hardened):
    site, (trunk, victim) = hardened, (hardened.place(), hardened.place())
    strangers = [site.net.customer(31000 + n) for n in range(SENDERS - 1)]
    ready(site, site.net.carrier(1))
    site.call(trunk)
    with closing(Gateway((site.net.carrier(12), SIP_PORT))) as gateway:
        ready(site, gateway_host := site.net.carrier(12))
        fuzz(site, [*strangers, victim.source], seed=1, packets=5000)
        before, held = processes(site), shared(site)

        for part in range(9):
            fuzz(site, [*strangers, victim.source], seed=2 + part, packets=PACKETS // 10)
            if part % 3 == 0:
                ready(site, site.net.carrier(1))
                site.call(trunk)
                ready(site, gateway_host)
    ready(site, site.net.carrier(1))
    site.call(trunk)
    after = processes(site)
    assert after.keys() == before.keys()
    assert max(after[pid] - before[pid] for pid in before) < OWN_BOUND_KB
    invites = [raw.decode(errors="replace") for raw in gateway.heard if raw.startswith(b"INVITE")]
    assert invites
    assert [text for text in invites if not WRITTEN.match(text)] == []
    numbers = {
        number for record in site.node.records() for number in (record.caller, record.callee, record.callee_e164)
    }
    assert [number for number in numbers if not re.fullmatch(r"\+?\d{0,20}", number)] == []
    until(lambda: shared(site) - held < SHARED_BOUND, seconds=10)
    assert site.client.calls() == {}
