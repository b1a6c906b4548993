"""The customer's equipment in the middle of a trunk's life: what real nodes answer it at each point."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import Enum, auto
from typing import TypeVar

from sbc.lab.digest import Login
from sbc.lab.net import SIP_PORT
from sbc.lab.node import LabNode
from sbc.lab.registering import register
from sbc.lab.sip import Address
from sbc.lab.softphone import call
from tests.provisioning.scene import wait_until
from trunks.models import Trunk

T = TypeVar("T")
CALLER, CALLEE = "13125550100", "13125551234"


class Standing(Enum):
    """What the trunk is to a node."""

    SERVED = auto()
    DISABLED = auto()
    UNKNOWN = auto()


class NoEquipment:
    """The nodes only remember, or tell the provider's calls apart in a later stage: nobody calls."""

    source, destination = "127.77.128.1", "127.77.128.2"

    def assert_is(self, standing: Standing, password: str = "") -> None:
        """Every node treats the equipment so."""


class Sbc:
    """Is known by its address."""

    ANSWERS = {Standing.SERVED: 200, Standing.DISABLED: 403, Standing.UNKNOWN: 407}

    def __init__(self, nodes: Sequence[LabNode], source: str, destination: str) -> None:
        self.nodes, self.source, self.destination = nodes, source, destination

    def assert_is(self, standing: Standing, password: str = "") -> None:
        for node in self.nodes:
            assert self._call(node, password) == self.ANSWERS[standing], (node.name, standing)

    def _call(self, node: LabNode, password: str) -> int:
        """How a call to the phone network ends; one that is answered is in the node's records as the trunk's."""
        trunk = Trunk.objects.get()
        login = Login(trunk.username or "", password) if password else None
        local, there = Address(self.source, 0), Address(node.address, SIP_PORT)
        trace = at_once(call(local, there, CALLER, CALLEE, hold_seconds=0.1, login=login))
        if trace.answered:
            answered = (trace.call_id, str(trunk.pk), 200)
            wait_until(lambda: answered in {(each.call_id, each.trunk, each.code) for each in node.records()})
        return trace.status


class Pbx(Sbc):
    """Registers with its password, on both nodes, before it calls."""

    REGISTERED = {Standing.SERVED: 200, Standing.DISABLED: 403, Standing.UNKNOWN: 401}

    def assert_is(self, standing: Standing, password: str = "") -> None:
        for node in self.nodes:
            assert self._register(node, password) == self.REGISTERED[standing], (node.name, standing)
        super().assert_is(standing, password)

    def _register(self, node: LabNode, password: str) -> int:
        login = Login(Trunk.objects.get().username or "", password)
        local, there = Address(self.source, SIP_PORT), Address(node.address, SIP_PORT)
        return at_once(register(local, there, login))[-1].status


def at_once(work: Coroutine[object, object, T]) -> T:
    """In a thread of its own, because the browser's event loop runs in that of the test."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
