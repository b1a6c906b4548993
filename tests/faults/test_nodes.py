"""A node may be down, silent, slow, forgetful or lie: the order ends as it should, and the other node never differs."""

import pytest

from billing.services import balance_of
from provisioning.enums import NodeRole, Status
from tests.provisioning.scene import held_by, newest, pass_deadline, wait_until, wait_until_quiet
from tests.world import assert_world_consistent
from trunks.services import delete_trunk

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
ROLES = pytest.mark.parametrize("role", list(NodeRole))
FAULTS = {
    "down": {"down": True},
    "hanging": {"hang": True},
    "too slow": {"slow": 3},
    "says yes and does nothing": {"ok_but_not_applied": True},
    "does it and loses the reply": {"apply_then_drop_reply": True},
    "its Kamailio takes no keys": {"keys_not_applied": True},
}


@ROLES
@pytest.mark.parametrize("fault", FAULTS)
def test_an_order_waits_for_a_node_in_trouble(order, nodes, sweeping, role, fault):
    nodes[role].fault(**FAULTS[fault])
    trunk = order()

    sweeping()
    wait_until(lambda: newest(trunk).reason in {"NodeUnavailable", "NotAppliedByNode"})
    nodes[role].heal()
    wait_until(lambda: newest(trunk).status == Status.SUCCESS)

    wait_until_quiet()
    assert_world_consistent(orders=[trunk.pk])


@ROLES
def test_a_node_that_restarts_empty_is_filled_again(order, nodes, sweeping, role):
    orders = [order() for _time in range(5)]
    sweeping()
    wait_until(lambda: all(newest(trunk).status == Status.SUCCESS for trunk in orders))

    nodes[role].fault(restart_empty=True)
    wait_until(lambda: all(held_by(nodes[role], trunk) for trunk in orders))
    wait_until_quiet()

    assert_world_consistent(orders=[trunk.pk for trunk in orders])


@ROLES
@pytest.mark.parametrize("fault", ["down", "does it and loses the reply"])
def test_a_node_in_trouble_for_the_whole_deadline_costs_nothing(order, nodes, sweeping, role, fault):
    nodes[role].fault(**FAULTS[fault])
    trunk = order()
    paid = balance_of(trunk.account)
    sweeping()
    wait_until(lambda: newest(trunk).reason == "NodeUnavailable")

    pass_deadline(trunk)
    wait_until(lambda: newest(trunk).status == Status.FAILED)

    freed = balance_of(trunk.account)
    assert (paid.held > 0, freed.held, freed.balance) == (True, 0, paid.balance)
    nodes[role].heal()
    wait_until_quiet()
    assert not held_by(nodes[role], trunk)
    assert_world_consistent(orders=[trunk.pk])


@ROLES
def test_a_deletion_waits_for_a_dead_node_and_then_reaches_it(order, nodes, sweeping, engineer, role):
    trunk = order()
    sweeping()
    wait_until(lambda: newest(trunk).status == Status.SUCCESS)
    nodes[role].fault(down=True)
    delete_trunk(trunk, engineer)
    wait_until(lambda: newest(trunk).reason == "NodeUnavailable")

    nodes[role].heal()
    wait_until(lambda: newest(trunk).status == Status.SUCCESS)

    assert not held_by(nodes[role], trunk)
    wait_until_quiet()
    assert_world_consistent(orders=[trunk.pk])


def test_a_hanging_node_does_not_delay_another_data_centre(order, order_in_frankfurt, nodes, sweeping):
    nodes.primary.fault(hang=True)
    waiting = [order() for _time in range(6)]
    sweeping()
    wait_until(lambda: newest(waiting[0]).reason == "NodeUnavailable")

    quick = order_in_frankfurt()
    wait_until(lambda: newest(quick).status == Status.SUCCESS, seconds=3)

    assert all(newest(trunk).is_pending for trunk in waiting)
    nodes.primary.heal()
    wait_until(lambda: all(newest(trunk).status == Status.SUCCESS for trunk in waiting))
    wait_until_quiet()
    assert_world_consistent(orders=[trunk.pk for trunk in [*waiting, quick]])
