"""A nudge is a courtesy: whatever the broker does, the order stands and the page answers."""

import time

import pytest

from provisioning.enums import Status
from provisioning.models import NodeState
from provisioning.operations import nudge
from provisioning.tasks import write_subject
from routing.models import Number
from routing.services import assign_number
from sbc.documents import NUMBER
from tests.provisioning.scene import newest, sweep_now, wait_until, work_on
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


def test_pointing_a_number_asks_a_worker_at_once(order, new_york, broker, django_capture_on_commit_callbacks):
    trunk = order()
    number = Number.objects.create(e164="+13125550100", data_centre=new_york)

    with django_capture_on_commit_callbacks(execute=True):
        assign_number(number, trunk, None)

    wait_until(broker.queued)


def test_a_nudged_number_is_read_back_without_a_sweep(order, nodes, new_york):
    trunk = order()
    work_on(trunk)
    number = Number.objects.create(e164="+13125550100", data_centre=new_york)
    assign_number(number, trunk, None)

    write_subject(NUMBER, number.pk)

    assert all(state.verified for state in NodeState.objects.filter(subject_kind=NUMBER, subject_id=number.pk))
