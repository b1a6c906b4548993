"""The lab's SBC tier: which nodes stand where, and how each is started and looked after."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from portal.launcher.binaries import valkey
from portal.launcher.commands import carrier, here, memory_node
from portal.launcher.environment import write_private
from portal.launcher.processes import LaunchError, Program, wait_until
from portal.launcher.state import REPOSITORY, State
from portal.launcher.supervisor import ProgramService, Service
from sbc.lab.authority import Authority
from sbc.lab.carrier import CarrierControl
from sbc.lab.net import SIP_PORT, LabError, LabNet, first_free_net, is_free
from sbc.lab.node import LabNode, kamailio_path
from sbc.lab.rtpengine import rtpengine_path
from sbc.lab.valkey import PairValkey

AGENT_PORT = 8300
CONTROL_PORT = 8400
AUTHORITY = "authority"  # the folder below var/ of the one that signs certificates of nodes and test equipment
FREE_SECONDS = 15


@dataclass(frozen=True)
class Place:
    """A node of the lab; the order gives the addresses."""

    name: str
    data_centre: str
    role: str


PLACES = (
    Place("ny1", "NEW_YORK", "PRIMARY"),
    Place("ny2", "NEW_YORK", "BACKUP"),
    Place("fra1", "FRANKFURT", "PRIMARY"),
)
GATEWAYS = 2


@dataclass(frozen=True)
class Lab:
    """Nodes and a stand-in phone network on one loopback network."""

    state: State
    net: LabNet
    token: str
    memory: bool

    @property
    def carrier_url(self) -> str:
        """Where the stand-in phone network takes orders."""
        return f"http://{self.net.carrier(1)}:{CONTROL_PORT}"

    def environment(self) -> dict[str, str]:
        """What the portal must know of the lab."""
        return {
            "TRUNKLINE_LAB": "1",
            "TRUNKLINE_LAB_NET": str(self.net.network),
            "TRUNKLINE_LAB_CARRIER": self.carrier_url,
            "TRUNKLINE_MEMORY_NODES": "1" if self.memory else "0",
        }

    def write_plan(self) -> None:
        """var/lab.json, from which `manage.py demo` makes its nodes and gateways."""
        nodes = [
            asdict(place) | {"address": node.address, "agent_url": node.agent_url}
            for place, node in zip(PLACES, self.nodes(), strict=True)
        ]
        gateways = [
            {
                "data_centre": code,
                "position": at,
                "name": f"Lab carrier {at}",
                "host": self.net.carrier(at),
                "port": SIP_PORT,
            }
            for code in sorted({place.data_centre for place in PLACES})
            for at in range(1, GATEWAYS + 1)
        ]
        plan = {
            "network": str(self.net.network),
            "nodes": nodes,
            "gateways": gateways,
            "carrier": self.carrier_url,
        }
        write_private(self.state.folder / "lab.json", json.dumps(plan, indent=1))

    def nodes(self) -> list[LabNode]:
        """One per place."""
        folder = self.state.folder / "nodes"
        shared = {} if self.memory else self.valkeys()
        authority = None if self.memory else Authority(self.state.folder / AUTHORITY)
        return [
            LabNode(
                place.name,
                self.net.node(at),
                folder / place.name,
                AGENT_PORT,
                self.token,
                authority=authority,
                pair_valkey=shared[place.data_centre].server if shared else "",
            )
            for at, place in enumerate(PLACES, start=1)
        ]

    def valkeys(self) -> dict[str, PairValkey]:
        """One per data centre: its nodes share their channel counts there."""
        codes = dict.fromkeys(place.data_centre for place in PLACES)
        folder = self.state.folder / "nodes"
        return {
            code: PairValkey(valkey(), self.net.valkey(at), folder / f"valkey{at}") for at, code in enumerate(codes, 1)
        }

    def services(self) -> Iterator[Service]:
        """All of it, in the order of starting."""
        for code, shared in {} if self.memory else self.valkeys().items():
            yield NodePart(f"{code} Valkey", shared.start, shared.stop, shared, "_child")
        for node in self.nodes():
            node.folder.mkdir(parents=True, exist_ok=True)
            if self.memory:
                yield self._memory_node(node)
            else:
                yield NodePart(f"{node.name} RTPengine", node.start_rtpengine, node.stop_rtpengine, node, "_rtpengine")
                yield NodePart(f"{node.name} Kamailio", node.start_kamailio, node.stop_kamailio, node, "_kamailio")
                yield NodePart(f"{node.name} agent", node.start_agent, node.stop_agent, node, "_agent")
        if not self.memory:
            yield self._carrier()

    def _memory_node(self, node: LabNode) -> Service:
        client = node.client()
        argv = here(memory_node(node.address, node.agent_port))
        return self._service(node.name, argv, lambda: answers(client.status))

    def _carrier(self) -> Service:
        addresses = [self.net.carrier(at) for at in range(1, GATEWAYS + 1)]
        control = CarrierControl(self.carrier_url)
        return self._service("carrier", here(carrier(addresses, CONTROL_PORT)), control.ready)

    def _service(self, name: str, argv: list[str], ready: Callable[[], bool]) -> Service:
        program = Program(
            name=name,
            argv=argv,
            log=self.state.log(name),
            pid_file=self.state.pid_file(name),
            environment=os.environ | {"TRUNKLINE_AGENT_TOKEN": self.token},
            folder=REPOSITORY,
        )
        return ProgramService(program, ready=ready)


@dataclass
class NodePart:
    """RTPengine, Kamailio or the agent of a node, or the Valkey of a pair, as something to start, watch and stop."""

    name: str
    start_it: Callable[[], None]
    stop: Callable[[], None]
    node: LabNode | PairValkey
    child: str

    def start(self) -> None:
        """Start it; returns when it answers."""
        try:
            self.start_it()
        except LabError as error:
            raise LaunchError(f"{self.name}: {error}") from None

    def trouble(self) -> str:
        """Whether it ended."""
        child = getattr(self.node, self.child)
        return "" if child and child.running else "ended"


def answers(ask: Callable[[], object]) -> bool:
    """Whether a question to a node gets an answer."""
    try:
        ask()
    except Exception:  # noqa: BLE001 -- whatever is wrong, it is not ready
        return False
    return True


def switch_missing() -> str:
    """Why real nodes cannot run here, or nothing."""
    try:
        kamailio_path()
        rtpengine_path()
    except LabError as error:
        return str(error)
    return ""


def choose_net(var: Path) -> LabNet:
    """TRUNKLINE_LAB_NET, else the one kept from last time, else the first free one."""
    note = var / "lab-net"
    try:
        named = os.environ.get("TRUNKLINE_LAB_NET") or (note.read_text().strip() if note.exists() else "")
        net = LabNet.parse(named) if named else first_free_net()
    except LabError as error:
        raise LaunchError(str(error)) from None
    _wait_until_free(net)
    note.write_text(f"{net.network}\n")
    return net


def _wait_until_free(net: LabNet) -> None:
    for address in [net.node(at) for at in range(1, len(PLACES) + 1)] + [net.carrier(1), net.carrier(2)]:
        try:
            wait_until(functools.partial(is_free, address), FREE_SECONDS)
        except TimeoutError:
            raise LaunchError(
                f"UDP port {SIP_PORT} of {address} is taken. End what holds it, or choose another network, "
                "for example: TRUNKLINE_LAB_NET=127.90.0.0/16 bin/up"
            ) from None
