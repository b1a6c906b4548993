"""Who works on an operation: one at a time, and an earlier owner writes nothing any more."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from provisioning import engine, lease
from provisioning.enums import Status, Step
from provisioning.lease import LeaseLost
from provisioning.models import NodeState, Operation
from provisioning.nodes import Verdict, write
from provisioning.settling import settle
from provisioning.wanted import want
from tests.provisioning.scene import held_by, newest, work_on
from tests.world import assert_world_consistent
from trunks.models.trunk import SUBJECT


def expire(operation):
    Operation.objects.filter(pk=operation.pk).update(lease_until=Now() - timedelta(seconds=1))


def test_an_operation_is_claimed_once(order):
    operation = newest(order())

    assert lease.claim(operation.pk) is not None
    assert lease.claim(operation.pk) is None


def test_an_expired_lease_is_taken_over_with_a_higher_epoch(order):
    first = lease.claim(newest(order()).pk)
    expire(first)

    second = lease.claim(first.pk)

    assert second.lease_epoch == first.lease_epoch + 1


def test_the_longest_waiting_comes_first(order):
    orders = [order(), order(), order()]

    claimed = [lease.claim().subject_id for _order in orders]

    assert claimed == [str(trunk.pk) for trunk in orders]


def test_a_heartbeat_extends_the_lease(order):
    operation = lease.claim(newest(order()).pk)
    expire(operation)

    lease.keep(operation, step=Step.PUT)

    assert lease.claim(operation.pk) is None


def test_who_lost_the_lease_is_told_at_the_next_heartbeat(order):
    first = lease.claim(newest(order()).pk)
    expire(first)
    lease.claim(first.pk)

    with pytest.raises(LeaseLost):
        lease.keep(first)
    with pytest.raises(LeaseLost):
        lease.put_off(first, "Late", "")
    with pytest.raises(LeaseLost):
        settle(first, Status.SUCCESS, "", "")
    assert newest_status(first) == Status.PENDING


def newest_status(operation):
    operation.refresh_from_db()
    return operation.status


def test_a_stale_worker_is_refused_by_the_node_and_writes_nothing(order, nodes):
    trunk = order()
    stale = lease.claim(newest(trunk).pk)
    old_states = want(SUBJECT, str(trunk.pk), generation=stale.generation, epoch=stale.lease_epoch)
    expire(stale)
    work_on(trunk)
    proof = list(NodeState.objects.order_by("pk").values())
    held = held_by(nodes.primary, trunk)

    outcomes = write(old_states, heartbeat=lambda step: None)

    assert [(outcome.verdict, outcome.reason) for outcome in outcomes] == [(Verdict.DIFFERENT, "StaleFence")] * 2
    assert list(NodeState.objects.order_by("pk").values()) == proof
    assert held_by(nodes.primary, trunk) == held
    assert_world_consistent(orders=[trunk.pk])


def test_the_heartbeat_goes_on_while_a_node_is_slow(order, nodes, settings):
    settings.HEARTBEAT_SECONDS = 0.02
    nodes.backup.fault(slow=0.1)
    trunk = order()
    states = want(SUBJECT, str(trunk.pk), generation=1, epoch=1)
    beats = []

    write(states, heartbeat=beats.append)

    assert beats.count(Step.PUT) >= 2
    assert beats.count(Step.READ_BACK) >= 2


def test_a_lease_lost_in_the_middle_stops_the_work(order, nodes):
    trunk = order()
    operation = lease.claim(newest(trunk).pk)
    Operation.objects.filter(pk=operation.pk).update(lease_epoch=F("lease_epoch") + 1)

    with pytest.raises(LeaseLost):
        engine._work(operation)

    assert not held_by(nodes.primary, trunk)
    assert not NodeState.objects.exists()


def test_running_what_is_finished_does_nothing(order):
    trunk = order()
    work_on(trunk)

    assert engine.run(newest(trunk).pk) is False


@pytest.mark.django_db(transaction=True)
def test_f5_a_nudge_that_arrives_twice_at_once_is_worked_on_once(order, nodes):
    trunk = order()
    operation = newest(trunk)
    gate = threading.Barrier(2)

    def run(_time):
        gate.wait()
        try:
            return engine.run(operation.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        done = sorted(pool.map(run, range(2)))

    assert done == [False, True]
    assert len([write for write in nodes.primary.journal() if write["id"] == str(trunk.pk)]) == 1
    assert_world_consistent([], orders=[trunk.pk])
