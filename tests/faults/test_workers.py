"""A worker may die or stall anywhere: another one finishes, and nothing is done twice."""

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from provisioning.enums import Status
from provisioning.models import Operation
from tests.provisioning.scene import newest, sweep_now, wait_until, wait_until_quiet
from tests.world import assert_world_consistent
from trunks.services import delete_trunk, disable_trunk

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


def is_over(trunk):
    return lambda: newest(trunk).status == Status.SUCCESS


# In tests/faults/test_crashes.py a worker falls at every place and in every kind of change, without a real kill.
@pytest.mark.parametrize("failpoint", ["after:claim", "after:compile", "after:put", "after:read_back", "before:settle"])
def test_a_worker_that_dies_at_any_step_loses_nothing(order, crew, sweeping, failpoint):
    victim = crew.worker(failpoints=f"{failpoint}=kill")
    trunk = order()
    wait_until(lambda: not victim.running)

    sweeping()
    wait_until(is_over(trunk))

    wait_until_quiet()
    assert_world_consistent(orders=[trunk.pk])


def epochs_written(node, trunk):
    return [write["epoch"] for write in node.journal() if write["id"] == str(trunk.pk)]


def test_a_worker_that_stalls_in_the_middle_is_overtaken_and_then_refused(order, nodes, crew, sweeping):
    stalled = crew.worker(failpoints="before:put=stop")
    trunk = order()
    wait_until(lambda: newest(trunk).lease_until and newest(trunk).lease_until < timezone.now())
    sweeping()
    wait_until(is_over(trunk))

    os.kill(stalled.pid, signal.SIGCONT)
    wait_until(lambda: "was taken over" in stalled.log_tail())

    wait_until(lambda: epochs_written(nodes.primary, trunk) == [2, 1])
    wait_until_quiet()
    assert_world_consistent(orders=[trunk.pk])


def children_of(worker):
    return [int(pid) for pid in Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()]


def let_lease_last(trunk, span):
    Operation.objects.filter(pk=newest(trunk).pk).update(lease_until=Now() + span)


def is_stopped(pid):
    return "State:\tT" in Path(f"/proc/{pid}/status").read_text()


# Ours are threads; nobody may lose by choosing Celery's own default, processes.
def test_f3_a_nudge_of_a_child_that_died_is_handed_out_again_and_waits_for_the_lease(order, nodes, crew):
    worker = crew.worker(failpoints="after:put=stop", pool="prefork", concurrency=1)
    [child] = children_of(worker)
    trunk = order()
    wait_until(lambda: is_stopped(child))
    let_lease_last(trunk, timedelta(minutes=1))  # Celery takes seconds to see a death, however fast our tests run

    os.kill(child, signal.SIGKILL)
    wait_until(lambda: "succeeded in" in worker.log_tail(), seconds=60)
    assert newest(trunk).is_pending
    let_lease_last(trunk, timedelta(0))
    sweep_now()

    assert children_of(worker) not in ([], [child])
    assert is_over(trunk)()
    assert epochs_written(nodes.primary, trunk) == epochs_written(nodes.backup, trunk) == [1, 2]
    assert_world_consistent(orders=[trunk.pk])


def test_orders_are_finished_without_worker_and_clock(order, crew):
    orders = [order() for _time in range(5)]

    crew.reconciler()
    wait_until_quiet()

    assert_world_consistent(orders=[trunk.pk for trunk in orders])


def test_two_workers_and_two_reconcilers_do_everything_once(order, engineer, crew):
    for name in ("one", "two"):
        crew.worker(name=f"worker-{name}")
        crew.reconciler(name=f"reconciler-{name}")
    orders = [order() for _time in range(12)]
    wait_until(lambda: all(is_over(trunk)() for trunk in orders))

    for trunk in orders[:4]:
        disable_trunk(trunk, engineer)
    for trunk in orders[8:]:
        delete_trunk(trunk, engineer)
    wait_until_quiet()

    assert set(Operation.objects.values_list("status", flat=True)) == {Status.SUCCESS}
    assert_world_consistent(orders=[trunk.pk for trunk in orders])


def test_a_worker_that_is_stopped_for_a_deploy_leaves_its_work_to_another(order, crew, sweeping):
    leaving = crew.worker(failpoints="before:read_back=sleep:1")
    trunk = order()
    wait_until(lambda: newest(trunk).attempt == 1)

    leaving.stop()
    sweeping()
    wait_until(is_over(trunk))

    wait_until_quiet()
    assert_world_consistent(orders=[trunk.pk])
