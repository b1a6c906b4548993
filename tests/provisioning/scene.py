"""A customer, two data centres with in-memory nodes in processes of their own, and ways to move time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db.models.functions import Now
from django.test import override_settings

from accounts.models import Account, User
from provisioning import engine, sweeps
from provisioning.enums import NodeRole, Status
from provisioning.failpoints import Crashed, armed
from provisioning.models import DataCentre, NodeState, Operation, SbcNode
from provisioning.nodes import client_of
from provisioning.registry import chores
from sbc.client import Held, NodeClient
from sbc.documents import NODE
from sbc.lab.memory import MemoryNodeProcess
from tests.factories import make_account, make_member, make_specification, open_data_centre, order_trunk
from tests.world import assert_world_consistent
from trunks.compile import trunk_document
from trunks.models import Trunk
from trunks.models.trunk import SUBJECT
from trunks.pricing import offer_for_change
from trunks.selectors import earlier_revision
from trunks.services import change_trunk, revert_trunk
from trunks.specification import TrunkSettings

TOKEN = "scene"
Order = Callable[[], Trunk]


class Nodes:
    """The nodes of New York, and Frankfurt's only one."""

    def __init__(self, folder: Path) -> None:
        self.primary = MemoryNodeProcess.start(folder, name="primary", token=TOKEN)
        self.backup = MemoryNodeProcess.start(folder, name="backup", token=TOKEN)
        self.frankfurt = MemoryNodeProcess.start(folder, name="frankfurt", token=TOKEN)
        self.all = [self.primary, self.backup, self.frankfurt]

    def __getitem__(self, role: str) -> MemoryNodeProcess:
        return self.primary if role == NodeRole.PRIMARY else self.backup


@pytest.fixture(scope="session")
def node_processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    nodes = Nodes(tmp_path_factory.mktemp("nodes"))
    client_of.cache_clear()
    yield nodes
    for node in nodes.all:
        node.stop()


@pytest.fixture
def nodes(node_processes: Nodes, settings) -> Iterator[Nodes]:
    """Empty and in order, before and after."""
    settings.NODE_TOKEN = TOKEN
    settings.NODE_TIMEOUT_SECONDS = 2.0  # a busy machine is not a fault
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for node in node_processes.all:
        node.heal()
        node.fault(restart_empty=True)
    yield node_processes
    for node in node_processes.all:
        node.heal()


@pytest.fixture
def new_york(nodes: Nodes, db: None) -> DataCentre:
    return open_data_centre("NEW_YORK", primary=nodes.primary.url, backup=nodes.backup.url)


@pytest.fixture
def frankfurt(nodes: Nodes, db: None) -> DataCentre:
    data_centre = open_data_centre("FRANKFURT", primary=nodes.frankfurt.url)
    data_centre.nodes.filter(role=NodeRole.BACKUP).delete()
    return data_centre


@pytest.fixture
def customer(nodes: Nodes, db: None) -> Account:
    return make_account("Alice Telecom", money="9000.00", trunks=300, trunks_per_data_centre=300, channels=5000)


@pytest.fixture
def engineer(customer: Account) -> User:
    return make_member(customer)


@pytest.fixture
def order(customer: Account, engineer: User, new_york: DataCentre) -> Order:
    """Pays for one more trunk in New York."""
    return lambda: order_trunk(customer, make_specification(new_york), engineer)


@pytest.fixture
def order_in_frankfurt(customer: Account, engineer: User, frankfurt: DataCentre) -> Order:
    """Pays for one more trunk in Frankfurt."""
    return lambda: order_trunk(customer, make_specification(frankfurt), engineer)


def newest(trunk: Trunk) -> Operation:
    """The trunk's newest operation, as it is now."""
    return Operation.objects.filter(subject_kind=SUBJECT, subject_id=str(trunk.pk))[0]


def work_on(trunk: Trunk) -> Operation:
    """Have the engine look at the trunk's pending operation at once, and answer it."""
    hurry()
    engine.run(newest(trunk).pk)
    return newest(trunk)


def sweep_now() -> None:
    """A whole sweep in this thread, whatever is paused and however busy the machine is."""
    hurry()
    seen = set[UUID]()
    while waiting := set(Operation.objects.filter(status=Status.PENDING).values_list("pk", flat=True)) - seen:
        seen |= waiting
        for operation in Operation.objects.filter(pk__in=waiting).order_by("next_attempt_at"):
            engine.run(operation.pk)
    with override_settings(SWEEP_SECONDS=30):
        for node in SbcNode.objects.select_related("data_centre"):
            sweeps.look_after(node)
    for chore in chores():
        chore()


def hurry() -> None:
    """Every pause is over: back-off, the breaker, the turns of the sweep and of the comparison."""
    Operation.objects.filter(status=Status.PENDING).update(next_attempt_at=Now())
    SbcNode.objects.update(swept_at=None, retry_at=None, checked_at=None)


def pass_deadline(trunk: Trunk) -> None:
    """The pending operation's time is up."""
    Operation.objects.filter(pk=newest(trunk).pk).update(deadline_at=Now() - timedelta(seconds=1))


def edit(trunk: Trunk, actor: User, **changes: Any) -> Operation | None:
    """Save other settings of a trunk at today's price, as its edit page would."""
    trunk = Trunk.objects.select_related("wanted", "account").get(pk=trunk.pk)
    assert trunk.wanted is not None
    settings = replace(TrunkSettings.of(trunk.wanted), **changes)
    offer = offer_for_change(trunk, settings.channels)
    price = offer.fingerprint if offer else ""
    return change_trunk(trunk, settings, seen=trunk.wanted.number, price=price, actor=actor)


def undo(trunk: Trunk, actor: User) -> Operation | None:
    """Go back to the settings before, at today's price."""
    trunk = Trunk.objects.select_related("wanted", "account").get(pk=trunk.pk)
    earlier = earlier_revision(trunk)
    assert trunk.wanted is not None
    offer = offer_for_change(trunk, earlier.channels) if earlier else None
    return revert_trunk(trunk, seen=trunk.wanted.number, price=offer.fingerprint if offer else "", actor=actor)


def hash_of(trunk: Trunk, **changes: Any) -> str:
    """Of the document that the trunk's nodes would get with such settings."""
    trunk = Trunk.objects.select_related("wanted", "credential").get(pk=trunk.pk)
    document = trunk_document(trunk)
    assert document is not None
    return replace(document, **changes).hash


@contextmanager
def crashing(failpoint: str) -> Iterator[None]:
    """The engine falls at this place, as if its process had died; its lease runs out at once."""
    os.environ["TRUNKLINE_FAILPOINTS"] = f"{failpoint}=crash"
    armed.cache_clear()
    try:
        with suppress(Crashed):
            yield
    finally:
        del os.environ["TRUNKLINE_FAILPOINTS"]
        armed.cache_clear()
        Operation.objects.filter(status=Status.PENDING).update(lease_until=None)


def cut_off(role: str) -> None:
    """The portal reaches the node of New York no more; the node goes on by itself."""
    SbcNode.objects.filter(data_centre="NEW_YORK", role=role).update(agent_url="http://127.0.0.1:9")


def connect(role: str, nodes: Nodes) -> None:
    """The portal reaches the node again."""
    SbcNode.objects.filter(data_centre="NEW_YORK", role=role).update(agent_url=nodes[role].url)


def held_by(node: MemoryNodeProcess, trunk: Trunk) -> Held | None:
    """What the node has of the trunk; None when nothing, a tombstone included."""
    return next((held for held in listed(node, SUBJECT) if held.id == str(trunk.pk)), None)


def hashes_of(nodes: Nodes, trunk: Trunk) -> list[str]:
    """Of the trunk's documents on both nodes of New York."""
    return [held.hash if (held := held_by(node, trunk)) else "" for node in (nodes.primary, nodes.backup)]


def assert_hold_again(nodes: Nodes, trunk: Trunk, hashes: list[str]) -> None:
    """After a sweep both have what they had, down to the last field, and the world is in order."""
    sweep_now()
    assert hashes_of(nodes, trunk) == hashes
    assert_world_consistent(orders=[trunk.pk])


def listed(node: MemoryNodeProcess, kind: str) -> list[Held]:
    """Everything of a kind that the node has."""
    return list(_client(node).list(kind))


@cache
def _client(node: MemoryNodeProcess) -> NodeClient:
    return node.client(timeout=10)


def wait_until(condition: Callable[[], object], seconds: float = 15.0) -> None:
    """Return as soon as the condition holds; fail when it does not in time."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "this did not happen in time"
        time.sleep(0.02)


def wait_until_quiet() -> None:
    """Nothing is pending and every node, its own document included, was read back to be as it must.

    Asked in this order: a running sweep may write a node's first state between two of the questions.
    """
    wait_until(
        lambda: (
            not (
                Operation.objects.filter(status=Status.PENDING).exists()
                or SbcNode.objects.exclude(states__subject_kind=NODE).exists()
                or NodeState.objects.filter(verified=False).exists()
            )
        ),
        seconds=30,
    )
