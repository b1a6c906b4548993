"""Valkey may be dead, frozen, emptied or replaced: it only carries courtesies."""

import pytest

from provisioning.enums import Status
from provisioning.models import Operation
from tests.provisioning.scene import newest, wait_until, wait_until_quiet
from tests.world import assert_world_consistent

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("trouble", ["stop", "freeze", "flush"])
def test_orders_survive_the_loss_of_every_nudge(order, crew, trouble):
    orders = [order() for _time in range(6)]
    getattr(crew.broker, trouble)()
    orders += [order() for _time in range(6)]

    crew.reconciler()
    wait_until_quiet()

    assert set(Operation.objects.values_list("status", flat=True)) == {Status.SUCCESS}
    assert_world_consistent(orders=[trunk.pk for trunk in orders])


def test_a_worker_takes_nudges_again_after_valkey_came_back_empty(order, crew):
    crew.worker()
    first = order()
    wait_until(lambda: newest(first).status == Status.SUCCESS)
    crew.broker.stop()
    lost = order()
    crew.broker.start()

    later = order()
    wait_until(lambda: newest(later).status == Status.SUCCESS, seconds=30)

    assert newest(lost).is_pending
    crew.reconciler()
    wait_until(lambda: newest(lost).status == Status.SUCCESS)
    wait_until_quiet()
    assert_world_consistent(orders=[first.pk, lost.pk, later.pk])
