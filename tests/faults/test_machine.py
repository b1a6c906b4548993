"""Random sequences of what people, nodes and workers do: the world stays consistent and is as a small model says.

No nudge ever reaches a worker here, as if Valkey were emptied all the time: rows are found by the sweep alone.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models.functions import Now
from hypothesis import HealthCheck, Phase, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from common.errors import ChangedMeanwhile, Conflict
from provisioning import engine
from provisioning.enums import NodeRole, Status
from provisioning.failpoints import NAMES
from provisioning.models import Operation, SbcNode
from tests.factories import make_account, make_member, make_specification, open_data_centre, order_trunk, registered
from tests.faults.model import Asked, Desired, assert_as_desired
from tests.provisioning.scene import Nodes, connect, crashing, cut_off, edit, hash_of, hurry, newest, sweep_now, undo
from tests.world import assert_world_consistent
from trunks.enums import AdminStatus, Cause
from trunks.models import Trunk
from trunks.models.trunk import SUBJECT
from trunks.services import (
    delete_trunk,
    disable_trunk,
    enable_trunk,
    release_trunk,
    reset_password,
    reveal_secret,
    suspend_trunk,
)
from trunks.specification import TrunkSettings

pytestmark = [pytest.mark.faults, pytest.mark.django_db]
ROLES = strategies.sampled_from(NodeRole)
MOST_TRUNKS, MOST_ORDERS = 3, 6
PLACES = strategies.integers(0, MOST_TRUNKS - 1)
CHANNELS = strategies.integers(1, 5)
LIES = strategies.sampled_from(["ok_but_not_applied", "apply_then_drop_reply", "keys_not_applied", "busy"])
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
        self.account = make_account(money="100000.00", channels=100)
        self.engineer = make_member(self.account)
        self.new_york = open_data_centre(primary=self.nodes.primary.url, backup=self.nodes.backup.url)
        self.asked: dict[UUID, Asked] = {}
        self.down: set[str] = set()
        self.hosts = count(1)

    @initialize()
    def one_trunk_is_live_and_one_disabled(self) -> None:
        self.create(registers=False)
        self.create(registers=True)
        sweep_now()
        disable_trunk(self._trunk(1), self.engineer)
        sweep_now()

    @precondition(lambda self: self._may_order())
    @rule(registers=strategies.booleans())
    def create(self, registers: bool) -> None:
        make = registered if registers else make_specification
        specification = make(self.new_york)
        trunk = order_trunk(self.account, specification, self.engineer)
        self.asked[trunk.pk] = Asked(Desired(specification.settings, reveal_secret(trunk, self.engineer)))

    def _may_order(self) -> bool:
        return len(self._living()) < MOST_TRUNKS and len(self.asked) < MOST_ORDERS

    @precondition(lambda self: self._living())
    @rule(
        place=PLACES,
        channels=CHANNELS,
        elsewhere=strategies.booleans(),
        twice=strategies.sampled_from([False, False, True]),
    )
    def save(self, place: int, channels: int, elsewhere: bool, twice: bool) -> None:
        """Twice: the second of two clicks."""
        hosts = [f"127.77.200.{next(self.hosts)}"] if elsewhere and not self._trunk(place).registers else None
        changes = {"channels": channels} | ({"source_hosts": hosts} if hosts else {})
        for _click in range(1 + twice):
            self._try(place, lambda trunk: edit(trunk, self.engineer, **changes))

    @precondition(lambda self: any(trunk.wanted.number > 1 for trunk in self._living()))
    @rule(place=PLACES)
    def undo(self, place: int) -> None:
        self._try(place, lambda trunk: undo(trunk, self.engineer))

    @precondition(lambda self: any(trunk.registers for trunk in self._living()))
    @rule(place=PLACES, overlap=strategies.sampled_from([timedelta(0), timedelta(hours=1)]))
    def reset(self, place: int, overlap: timedelta) -> None:
        self._try(place, lambda trunk: reset_password(trunk, overlap, self.engineer))

    @precondition(lambda self: self._living())
    @rule(place=PLACES)
    def switch(self, place: int) -> None:
        is_off = self._trunk(place).admin_status == AdminStatus.DISABLED
        self._try(place, lambda trunk: (enable_trunk if is_off else disable_trunk)(trunk, self.engineer))

    @precondition(lambda self: self._living())
    @rule(place=PLACES)
    def suspend_or_release(self, place: int) -> None:
        if self._trunk(place).admin_status == AdminStatus.SYSTEM_DISABLED:
            self._try(place, lambda trunk: release_trunk(trunk, None))
        else:
            self._try(place, lambda trunk: suspend_trunk(trunk, Cause.FRAUD, "", None))

    @precondition(lambda self: len(self._living()) > 1)
    @rule(place=PLACES)
    def delete(self, place: int) -> None:
        self._try(place, lambda trunk: delete_trunk(trunk, self.engineer))

    def _living(self) -> list[Trunk]:
        """Those that are not going away."""
        return list(Trunk.objects.filter(withdrawn_at=None).select_related("wanted"))

    def _trunk(self, place: int) -> Trunk:
        """Rather one that is not busy with another change; in the last place one that may be."""
        living = self._living()
        quiet = [trunk for trunk in living if trunk.action != Status.PENDING]
        chosen = living if place == MOST_TRUNKS - 1 else quiet or living
        return chosen[place % len(chosen)]

    def _try(self, place: int, change) -> None:
        """Tell the model what was accepted; what is refused changes nothing."""
        trunk = self._trunk(place)
        try:
            with transaction.atomic():
                change(trunk)
        except (Conflict, ChangedMeanwhile):
            self.outcomes["refused"] += 1
            return
        trunk, asked = Trunk.objects.select_related("wanted").get(pk=trunk.pk), self.asked[trunk.pk]
        asked.settings[trunk.generation] = TrunkSettings.of(trunk.wanted)
        asked.passwords[trunk.generation] = reveal_secret(trunk, self.engineer)

    @precondition(lambda self: self._living())
    @rule(role=ROLES, place=PLACES, channels=CHANNELS, took=strategies.sampled_from([True, True, False]))
    def node_stays_away_too_long(self, role: str, place: int, channels: int, took: bool) -> None:
        """It took the last change before it went, or never got it."""
        self.node_up(role)
        sweep_now()
        if took:
            self.nodes[role].fault(apply_then_drop_reply=True)
        else:
            self.node_down(role, cut=True)
        self.save(place, channels, elsewhere=True, twice=False)
        sweep_now()
        self.node_down(role, cut=False)
        for _deadline in range(2):
            self.deadlines_pass()
            sweep_now()

    @precondition(lambda self: self._living())
    @rule(role=ROLES, place=PLACES, channels=CHANNELS)
    def node_refuses_a_change(self, role: str, place: int, channels: int) -> None:
        """This change alone; what was there before is taken back."""
        for each in NodeRole:
            self.node_up(each)
        sweep_now()
        trunk = self._trunk(place)
        self.nodes[role].fault(reject={hash_of(trunk, channels=channels): "BadDocument"})
        self.save(place, channels, elsewhere=False, twice=False)
        sweep_now()
        self.nodes[role].fault(reject={})

    @precondition(lambda self: self._may_order())
    @rule(role=ROLES, registers=strategies.booleans())
    def node_refuses_an_order(self, role: str, registers: bool) -> None:
        self.node_up(role)
        self.create(registers)
        self.nodes[role].fault(reject={str(list(self.asked)[-1]): "BadDocument"})
        sweep_now()
        self.nodes[role].fault(reject={})

    @rule(role=ROLES, cut=strategies.booleans())
    def node_down(self, role: str, cut: bool) -> None:
        """It answers with trouble, or cannot be reached at all."""
        self.nodes[role].fault(down=True, apply_then_drop_reply=False)
        if cut:
            cut_off(role)
        self.down.add(role)

    @rule(role=ROLES, lie=LIES)
    def node_lies_once(self, role: str, lie: str) -> None:
        self.nodes[role].fault(**{lie: True})
        sweep_now()
        self.nodes[role].fault(**{lie: False})

    @rule(role=ROLES)
    def node_up(self, role: str) -> None:
        self.nodes[role].fault(down=False)
        connect(role, self.nodes)
        self.down.discard(role)

    @rule(role=ROLES)
    def node_forgets(self, role: str) -> None:
        self.nodes[role].fault(restart_empty=True)

    @rule(failpoint=strategies.sampled_from(NAMES))
    def worker_falls(self, failpoint: str) -> None:
        hurry()
        with crashing(failpoint):
            engine.run()

    @rule(minutes=strategies.sampled_from([1, 5, 11]))
    def tick(self, minutes: int) -> None:
        for operation in Operation.objects.filter(status=Status.PENDING).exclude(deadline_at=None):
            earlier = operation.deadline_at - timedelta(minutes=minutes)
            Operation.objects.filter(pk=operation.pk).update(deadline_at=earlier)

    def deadlines_pass(self) -> None:
        late = Now() - timedelta(seconds=1)
        Operation.objects.filter(status=Status.PENDING).exclude(deadline_at=None).update(deadline_at=late)

    @rule()
    def sweep(self) -> None:
        for _round in range(2):
            sweep_now()
        reachable = SbcNode.objects.exclude(role__in=self.down)
        assert_world_consistent(reachable, orders=self.asked)
        for trunk in Trunk.objects.all():
            if not newest(trunk).is_pending:
                assert_as_desired(trunk, self.asked[trunk.pk].now(trunk))

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


@pytest.mark.timeout(400)
def test_any_sequence_of_events_leaves_the_world_consistent(nodes, db, capsys):
    Telephony.nodes, Telephony.outcomes = nodes, Counter()

    run_state_machine_as_test(
        Telephony,
        settings=settings(
            max_examples=14,
            stateful_step_count=16,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # shrinking a failure takes longer than finding it
            suppress_health_check=list(HealthCheck),
        ),
    )

    total = Telephony.outcomes.total()
    shares = {outcome: count / total for outcome, count in Telephony.outcomes.items()}
    with capsys.disabled():
        print("\n" + ", ".join(f"{outcome} {share:.0%}" for outcome, share in sorted(shares.items())))
    for outcome in ("SUCCESS", "RESET", "FAILED", "refused"):
        assert shares.get(outcome, 0) >= LEAST_SHARE
