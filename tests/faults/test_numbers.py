"""Buying and giving back numbers while nodes are in trouble: nothing is charged for what never came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from accounts.models import Account
from billing.services import balance_of
from provisioning.enums import NodeRole, Status
from provisioning.models import Operation
from routing.models import Number
from routing.services import assign_number, give_back, give_number
from tests.factories import buy, make_account, make_member, make_number
from tests.provisioning.scene import crashing, listed, sweep_now, wait_until, wait_until_quiet
from tests.world import assert_world_consistent
from trunks.services import delete_trunk

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
ROLES = pytest.mark.parametrize("role", list(NodeRole))
E164 = "+13125550142"
FAULTS = {
    "down": {"down": True},
    "hanging": {"hang": True},
    "says yes and does nothing": {"ok_but_not_applied": True},
    "does it and loses the reply": {"apply_then_drop_reply": True},
    "its Kamailio takes no keys": {"keys_not_applied": True},
}


@pytest.fixture
def number(new_york):
    return make_number(E164, new_york)


@pytest.fixture
def order_number(number, customer, engineer):
    """Pays for the number."""

    def order(target=None):
        buy(customer, [number], engineer, target)
        return number

    return order


@pytest.fixture
def owned(order_number, nodes):
    """Bought, and on both nodes."""
    number = order_number()
    sweep_now()
    assert newest(number).status == Status.SUCCESS
    number.refresh_from_db()
    return number


def newest(number: Number) -> Operation:
    return Operation.objects.filter(subject_kind="number", subject_id=number.pk)[0]


def has(node, number: Number) -> bool:
    return any(held.id == number.pk for held in listed(node, "number"))


def pass_deadline(number: Number) -> None:
    Operation.objects.filter(pk=newest(number).pk).update(deadline_at=Now() - timedelta(seconds=1))


@ROLES
@pytest.mark.parametrize("fault", FAULTS)
def test_an_order_waits_for_a_node_in_trouble(order_number, nodes, sweeping, role, fault):
    nodes[role].fault(**FAULTS[fault])
    number = order_number()

    sweeping()
    wait_until(lambda: newest(number).reason in {"NodeUnavailable", "NotAppliedByNode"})
    nodes[role].heal()
    wait_until(lambda: newest(number).status == Status.SUCCESS)

    wait_until_quiet()
    assert has(nodes.primary, number)
    assert has(nodes.backup, number)
    assert_world_consistent()


@ROLES
@pytest.mark.parametrize("fault", ["down", "does it and loses the reply"])
def test_a_node_in_trouble_for_the_whole_deadline_costs_nothing(order_number, nodes, sweeping, role, fault):
    nodes[role].fault(**FAULTS[fault])
    customer = Account.objects.get()
    before = balance_of(customer)
    number = order_number()
    sweeping()
    wait_until(lambda: newest(number).reason == "NodeUnavailable")

    pass_deadline(number)
    wait_until(lambda: newest(number).status == Status.FAILED)

    number.refresh_from_db()
    assert balance_of(customer) == before
    assert (number.account, number.for_sale_at, number.leaving_at) == (None, None, None)
    nodes[role].heal()
    wait_until_quiet()
    assert not has(nodes[role], number)
    assert_world_consistent()


def test_what_failed_is_bought_by_somebody_else_while_the_node_is_still_away(order_number, nodes):
    nodes.backup.fault(down=True)
    number = order_number()
    sweep_now()
    pass_deadline(number)
    sweep_now()
    assert newest(number).status == Status.FAILED

    other = make_account("Bob Telecom")
    buy(other, [number], make_member(other))
    sweep_now()
    assert newest(number).is_pending
    nodes.backup.heal()
    sweep_now()

    number.refresh_from_db()
    assert (number.account, newest(number).status) == (other, Status.SUCCESS)
    assert_world_consistent()


def test_a_node_that_refuses_the_document_turns_the_order_round_at_once(order_number, nodes):
    nodes.primary.fault(reject={E164: "InvalidNumber"})
    number = order_number()

    sweep_now()
    nodes.primary.heal()
    sweep_now()

    number.refresh_from_db()
    assert (newest(number).status, number.account) == (Status.FAILED, None)
    assert not has(nodes.backup, number)
    assert_world_consistent()


@ROLES
def test_giving_back_waits_for_a_dead_node_and_never_fails(owned, engineer, nodes, sweeping, role):
    number = owned
    nodes[role].fault(down=True)
    give_back(number, engineer)
    sweeping()
    wait_until(lambda: newest(number).reason == "NodeUnavailable")

    nodes[role].heal()
    wait_until(lambda: newest(number).status == Status.SUCCESS)

    wait_until_quiet()
    number.refresh_from_db()
    assert number.account is None
    assert not has(nodes[role], number)
    assert_world_consistent()


@pytest.mark.parametrize("place", ["after:claim", "after:compile", "after:put", "before:read_back", "before:settle"])
def test_whoever_dies_half_way_is_taken_over(order_number, nodes, place):
    number = order_number()
    with crashing(place):
        sweep_now()

    sweep_now()

    assert newest(number).status == Status.SUCCESS
    assert_world_consistent()


def test_a_trunk_that_departs_while_its_number_is_being_activated(order_number, engineer, order, nodes):
    trunk = order()
    sweep_now()
    nodes.backup.fault(down=True)
    number = order_number(trunk)
    sweep_now()
    assert newest(number).is_pending
    delete_trunk(trunk, engineer)
    nodes.backup.heal()

    sweep_now()
    sweep_now()

    number.refresh_from_db()
    trunk.refresh_from_db()
    assert trunk.gone_at is not None
    assert (number.account, number.trunk, newest(number).status) == (trunk.account, None, Status.SUCCESS)
    assert_world_consistent(orders=[trunk.pk])


def test_pointing_giving_and_taking_reach_nodes_that_were_away(owned, engineer, order, nodes):
    number, customer = owned, owned.account
    trunk = order()
    sweep_now()
    nodes.primary.fault(down=True)
    assign_number(number, trunk, engineer)
    sweep_now()
    number.refresh_from_db()
    give_number(number, None, None, None)
    number.refresh_from_db()
    give_number(number, customer, trunk, None)
    nodes.primary.heal()

    sweep_now()

    assert_world_consistent(orders=[trunk.pk])


def test_a_node_that_restarts_empty_has_numbers_that_lead_nowhere_again(owned, nodes):
    nodes.primary.fault(restart_empty=True)
    sweep_now()

    assert has(nodes.primary, owned)
    assert_world_consistent()


def test_a_node_that_came_later_gets_the_numbers_of_its_data_centre(order_number, new_york, nodes):
    backup = new_york.nodes.get(role=NodeRole.BACKUP)
    url, address = backup.agent_url, backup.static_address
    backup.delete()
    number = order_number()
    sweep_now()

    new_york.nodes.create(name="later", role=NodeRole.BACKUP, agent_url=url, static_address=address)
    sweep_now()
    sweep_now()

    assert has(nodes.backup, number)
    assert_world_consistent()
