"""A nudge is a courtesy: whatever the broker does, the order stands and the page answers."""

import time

import pytest

from provisioning.enums import Status
from provisioning.operations import nudge
from tests.provisioning.scene import newest, sweep_now, wait_until
from tests.world import assert_world_consistent


@pytest.mark.parametrize("trouble", ["stop", "freeze"])
def test_paying_without_a_broker_is_quick_and_the_sweep_finishes_it(
    order, broker, trouble, django_capture_on_commit_callbacks
):
    getattr(broker, trouble)()

    with django_capture_on_commit_callbacks() as callbacks:
        trunk = order()
    began = time.monotonic()
    for nudge_now in callbacks:
        nudge_now()
    took = time.monotonic() - began

    assert took < 2
    sweep_now()
    assert newest(trunk).status == Status.SUCCESS
    assert_world_consistent(orders=[trunk.pk])


@pytest.mark.parametrize("trouble", ["stop", "freeze"])
def test_no_nudge_waits_for_the_broker(order, broker, trouble):
    operation = newest(order())
    getattr(broker, trouble)()

    began = time.monotonic()
    for _time in range(100):
        nudge(operation)

    assert time.monotonic() - began < 0.5


def test_a_nudge_is_queued_for_a_worker(order, broker):
    operation = newest(order())

    nudge(operation)

    wait_until(broker.queued)


def test_after_an_outage_nudges_arrive_again(order, broker):
    operation = newest(order())
    nudge(operation)
    wait_until(broker.queued)
    broker.stop()
    nudge(operation)
    broker.start()

    def arrives():
        nudge(operation)
        return broker.queued()

    wait_until(arrives)
