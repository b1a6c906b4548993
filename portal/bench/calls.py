"""Calls through a node: how many a second and how much later, beside a bare relay and with many trunks loaded."""

from __future__ import annotations

import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from portal.bench.configurations import PARTS, SHARED_COUNT, full_without, relay_to
from portal.bench.cpu import used_below
from portal.bench.figures import Figures
from portal.launcher import binaries
from portal.launcher.state import var_folder
from sbc.lab.bulk import load_documents, many_trunks
from sbc.lab.net import SIP_PORT, first_free_net
from sbc.lab.node import CONFIGURATION, LabNode
from sbc.lab.samples import sample_node, sample_trunk
from sbc.lab.sip import Address
from sbc.lab.sipp import Sipp
from sbc.lab.softphone import call
from sbc.lab.valkey import PairValkey

RELAY, FULL = "bare relay", "full configuration"
AT_ONCE, HOLD_MS, RATE = 100, 50, 10_000
DELAY_CALLS = 300
CALLER, CALLEE = "13125550100", "13125551234"


@dataclass
class Case:
    """One way to pass a call, with what was measured: calls per second and CPU microseconds per call, round by round,
    and milliseconds from INVITE to 200 of single calls.
    """

    name: str
    node: LabNode
    source: str
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    @property
    def cpu_us(self) -> float:
        return statistics.median(self.cpu)

    def ratio_to(self, other: Case) -> float:
        """Of calls per second, pair by pair, so that whatever else the machine did hits both alike."""
        return statistics.median(mine / theirs for mine, theirs in zip(self.rates, other.rates, strict=True))


def measure_calls(many: int, rounds: int, calls: int, *, parts: bool = True) -> tuple[list[Case], Figures]:
    """The cases, and the delay of a call without anything between; with `parts` also the full configuration without
    each of its parts. Raises LabError when a call failed.
    """
    var_folder().mkdir(parents=True, exist_ok=True)
    folder, net = Path(tempfile.mkdtemp(prefix="bench-", dir=var_folder())), first_free_net()
    try:
        with ExitStack() as stack:
            gateway = Address(net.carrier(1), SIP_PORT)
            configurations = {RELAY: relay_to(gateway, folder), FULL: CONFIGURATION}
            configurations[f"with {many:,} trunks"] = CONFIGURATION
            if parts:
                configurations |= {f"without {name}": full_without(name, folder) for name in PARTS}
            stack.enter_context(_answering(folder, gateway))
            cases = []
            for place, (name, path) in enumerate(configurations.items(), start=1):
                node = LabNode(f"n{place}", net.node(place), folder / f"n{place}", 8300, "bench", memory_mb=512)
                node.configuration, node.media = path, False
                if name not in {RELAY, f"without {SHARED_COUNT}"}:
                    node.pair_valkey = _shared(stack, net.valkey(place), folder / f"v{place}")
                stack.callback(node.stop)
                _start(node, net.customer(place), gateway, many if "trunks" in name else 0)
                cases.append(Case(name, node, net.customer(place)))
            for number in range(rounds):
                for case in cases if number % 2 else reversed(cases):
                    _load(case, folder, calls)
            direct = Figures.of(_delays(net.customer(200), gateway))
            for case in cases[:3]:
                case.delays = _delays(case.source, Address(case.node.address, SIP_PORT))
            return cases, direct
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(node: LabNode, source: str, gateway: Address, trunks: int) -> None:
    """With one trunk that calls from `source`, and so many others."""
    trunk = sample_trunk(
        "T1", [source], number_format="INTERNATIONAL", international=False, channels=100_000, calls_per_second=100_000
    )
    load_documents(node.folder, [trunk, sample_node(gateway), *many_trunks(trunks)])
    node.start_kamailio()


def _shared(stack: ExitStack, address: str, folder: Path) -> str:
    """A Valkey as a pair of nodes has it; each case has its own."""
    server = PairValkey(binaries.valkey(), address, folder)
    stack.callback(server.stop)
    server.start()
    return server.server


@contextmanager
def _answering(folder: Path, gateway: Address) -> Iterator[None]:
    run = Sipp("pick_up", folder, gateway, calls=10_000_000, seconds=36_000, trace=False)
    try:
        yield
    finally:
        run.stop()


def _load(case: Case, folder: Path, calls: int) -> None:
    """So many calls, AT_ONCE of them up at any time."""
    node = Address(case.node.address, SIP_PORT)
    before, began = _cpu(case), time.perf_counter()
    run = Sipp(
        "call", folder, Address(case.source, 5070), node, caller=CALLER, callee=CALLEE,
        calls=calls, rate=RATE, hold_ms=HOLD_MS, seconds=120, at_once=AT_ONCE, trace=False,
    )  # fmt: skip
    run.wait()
    case.rates.append(calls / (time.perf_counter() - began))
    case.cpu.append(1e6 * (_cpu(case) - before) / calls)


def _cpu(case: Case) -> float:
    return sum(used_below(case.node.kamailio_pid).values())


def _delays(source: str, remote: Address) -> list[float]:
    """Milliseconds from INVITE to 200, one call at a time."""
    return [_delay(source, remote) for _ in range(DELAY_CALLS)]


def _delay(source: str, remote: Address) -> float:
    trace = asyncio.run(call(Address(source, 0), remote, CALLER, CALLEE, hold_seconds=0))
    answered = next(seen.at for seen in trace.seen if seen.first_line.startswith("SIP/2.0 200"))
    return 1000 * (answered - trace.seen[0].at)
