"""Random sequences of what people, nodes and workers do: the world stays consistent all along."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models.functions import Now
from hypothesis import HealthCheck, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from common.errors import Conflict
from provisioning import lease
from provisioning.enums import NodeRole, Status
from provisioning.models import Operation, SbcNode
from provisioning.nodes import write
from provisioning.wanted import want
from tests.factories import make_account, make_member, make_specification, open_data_centre, order_trunk
from tests.provisioning.scene import Nodes, pass_deadline, sweep_now
from tests.world import assert_world_consistent
from trunks.enums import AdminStatus
from trunks.models import Trunk
from trunks.models.trunk import SUBJECT
from trunks.services import delete_trunk, disable_trunk, enable_trunk

pytestmark = [pytest.mark.faults, pytest.mark.django_db]
ROLES = strategies.sampled_from(NodeRole)
MOST_TRUNKS = 4
PLACES = strategies.integers(0, MOST_TRUNKS - 1)
CHANGES = strategies.sampled_from([enable_trunk, disable_trunk, delete_trunk])
LEAST_SHARE = 0.03
IN_THE_BEGINNING = 3  # operations that every example starts with


class Telephony(RuleBasedStateMachine):
    """One customer with a few trunks in New York. Each example is a transaction that is rolled back."""

    nodes: Nodes
    outcomes: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        for node in self.nodes.all:
            node.heal()
            node.fault(restart_empty=True)
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.account = make_account()
        self.engineer = make_member(self.account)
        self.new_york = open_data_centre(primary=self.nodes.primary.url, backup=self.nodes.backup.url)
        self.orders: list[Trunk] = []
        self.down: set[str] = set()

    @initialize()
    def one_trunk_is_live_and_one_disabled(self) -> None:
        self.create()
        self.create()
        sweep_now()
        disable_trunk(self.orders[1], self.engineer)
        sweep_now()

    @precondition(lambda self: len(self.orders) < MOST_TRUNKS)
    @rule()
    def create(self) -> None:
        self.orders.append(order_trunk(self.account, make_specification(self.new_york), self.engineer))

    @precondition(lambda self: self.orders)
    @rule(place=PLACES, change=CHANGES)
    def change(self, place: int, change) -> None:
        trunk = Trunk.objects.get(pk=self.orders[place % len(self.orders)].pk)
        try:
            change(trunk, self.engineer)
        except Conflict:
            self.outcomes["refused"] += 1

    @precondition(lambda self: self.orders)
    @rule(place=PLACES)
    def switch(self, place: int) -> None:
        trunk = Trunk.objects.get(pk=self.orders[place % len(self.orders)].pk)
        self.change(place, enable_trunk if trunk.admin_status == AdminStatus.DISABLED else disable_trunk)

    @rule(role=ROLES, place=PLACES)
    def node_stays_down_too_long(self, role: str, place: int) -> None:
        self.node_down(role)
        self.switch(place)
        if len(self.orders) < MOST_TRUNKS:
            self.create()
        sweep_now()
        self.deadlines_pass()
        sweep_now()

    @rule(role=ROLES)
    def node_down(self, role: str) -> None:
        self.nodes[role].fault(down=True)
        self.down.add(role)

    @rule(role=ROLES, fault=strategies.sampled_from(["ok_but_not_applied", "apply_then_drop_reply"]))
    def node_lies_once(self, role: str, fault: str) -> None:
        self.nodes[role].fault(**{fault: True})
        sweep_now()
        self.nodes[role].fault(**{fault: False})

    @rule(role=ROLES)
    def node_up(self, role: str) -> None:
        self.nodes[role].fault(down=False)
        self.down.discard(role)

    @rule(role=ROLES)
    def node_forgets(self, role: str) -> None:
        self.nodes[role].fault(restart_empty=True)

    @rule(nodes_reached=strategies.integers(0, 2))
    def worker_crashes(self, nodes_reached: int) -> None:
        """After the claim, having written to so many nodes; then its lease runs out."""
        operation = lease.claim()
        if operation is None:
            return
        subject = operation.subject_kind, operation.subject_id
        states = want(*subject, generation=operation.generation, epoch=operation.lease_epoch)
        write(states[:nodes_reached], heartbeat=lambda step: None)
        Operation.objects.filter(pk=operation.pk).update(lease_until=Now() - timedelta(seconds=1))

    @rule()
    def deadlines_pass(self) -> None:
        for operation in Operation.objects.filter(status=Status.PENDING).exclude(deadline_at=None):
            pass_deadline(Trunk.objects.get(pk=operation.subject_id))

    @rule()
    def sweep(self) -> None:
        for _round in range(2):
            sweep_now()
        reachable = SbcNode.objects.exclude(role__in=self.down)
        assert_world_consistent(reachable, orders=[trunk.pk for trunk in self.orders])

    def teardown(self) -> None:
        try:
            for role in NodeRole:
                self.node_up(role)
            self.sweep()
            assert not Operation.objects.filter(status=Status.PENDING).exists()
            endings = Operation.objects.filter(subject_kind=SUBJECT).order_by("requested_at")
            self.outcomes.update(endings.values_list("status", flat=True)[IN_THE_BEGINNING:])
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)


@pytest.mark.timeout(300)
def test_any_sequence_of_events_leaves_the_world_consistent(nodes, db, capsys):
    Telephony.nodes, Telephony.outcomes = nodes, Counter()

    run_state_machine_as_test(
        Telephony,
        settings=settings(
            max_examples=15,
            stateful_step_count=15,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    total = Telephony.outcomes.total()
    shares = {outcome: count / total for outcome, count in Telephony.outcomes.items()}
    with capsys.disabled():
        print("\n" + ", ".join(f"{outcome} {share:.0%}" for outcome, share in sorted(shares.items())))
    for outcome in ("SUCCESS", "RESET", "FAILED", "refused"):
        assert shares.get(outcome, 0) >= LEAST_SHARE
