"""How a change ends when a node cannot or will not have it."""

import pytest
from django.core.exceptions import ValidationError

from billing.services import balance_of
from provisioning.enums import NodeRole, Status
from provisioning.models import NodeState, SbcNode
from provisioning.nodes import client_of
from tests.factories import make_specification, order_trunk
from tests.provisioning.scene import held_by, hurry, newest, pass_deadline, sweep_now, work_on
from tests.world import assert_world_consistent
from trunks.enums import AdminStatus
from trunks.services import delete_trunk, disable_trunk, enable_trunk

ROLES = pytest.mark.parametrize("role", list(NodeRole))


@ROLES
def test_a_creation_past_its_deadline_costs_nothing_and_leaves_nothing(order, nodes, customer, role):
    before = balance_of(customer).available
    nodes[role].fault(down=True)
    trunk = order()
    work_on(trunk)

    pass_deadline(trunk)
    operation = work_on(trunk)

    assert (operation.status, operation.reason) == (Status.FAILED, "NodeUnavailable")
    assert balance_of(customer).available == before
    nodes[role].heal()
    sweep_now()
    assert not trunk.claims.filter(released_at=None).exists()
    assert_world_consistent(orders=[trunk.pk])


def test_a_trunk_that_a_node_took_without_saying_so_is_removed_when_the_node_is_back(order, nodes):
    nodes.backup.fault(apply_then_drop_reply=True)
    trunk = order()
    work_on(trunk)
    nodes.backup.fault(down=True)
    pass_deadline(trunk)
    assert work_on(trunk).status == Status.FAILED
    assert held_by_when_up(nodes.backup, trunk)

    sweep_now()

    assert not held_by(nodes.backup, trunk)
    assert_world_consistent(orders=[trunk.pk])


def held_by_when_up(node, trunk):
    node.heal()
    return held_by(node, trunk)


def test_a_creation_where_there_is_no_node_fails_at_its_deadline(order):
    SbcNode.objects.all().delete()
    trunk = order()
    assert work_on(trunk).reason == "NoNode"

    pass_deadline(trunk)
    operation = work_on(trunk)

    assert (operation.status, operation.reason) == (Status.FAILED, "NoNode")
    assert_world_consistent(orders=[trunk.pk])


def test_an_enable_past_its_deadline_leaves_the_trunk_disabled(order, nodes, engineer):
    trunk = order()
    work_on(trunk)
    disable_trunk(trunk, engineer)
    work_on(trunk)
    nodes.primary.fault(down=True)
    enable_trunk(trunk, engineer)
    work_on(trunk)

    pass_deadline(trunk)
    operation = work_on(trunk)

    trunk.refresh_from_db()
    assert (operation.status, trunk.admin_status) == (Status.RESET, AdminStatus.DISABLED)
    nodes.primary.heal()
    sweep_now()
    assert_world_consistent(orders=[trunk.pk])


@pytest.mark.parametrize("change", [disable_trunk, delete_trunk])
def test_what_makes_calls_stop_is_never_given_up(order, nodes, engineer, change):
    trunk = order()
    work_on(trunk)
    nodes.backup.fault(down=True)
    change(trunk, engineer)

    pass_deadline(trunk)
    for _attempt in range(3):
        assert work_on(trunk).is_pending
    assert_world_consistent(SbcNode.objects.filter(role=NodeRole.PRIMARY), orders=[trunk.pk])

    nodes.backup.heal()
    assert work_on(trunk).status == Status.SUCCESS
    assert_world_consistent(orders=[trunk.pk])


def test_a_document_that_a_node_refuses_fails_at_once_with_the_reason(order, nodes):
    trunk = order()
    nodes.backup.fault(reject={str(trunk.pk): "BadDocument"})

    operation = work_on(trunk)

    assert (operation.status, operation.reason) == (Status.FAILED, "BadDocument")
    assert not held_by(nodes.primary, trunk)


def test_a_refused_document_delays_nobody_else(order, nodes):
    refused, fine = order(), order()
    nodes.primary.fault(reject={str(refused.pk): "BadDocument"})

    work_on(refused)
    work_on(fine)

    assert (newest(refused).status, newest(fine).status) == (Status.FAILED, Status.SUCCESS)


def test_an_address_that_a_node_has_yet_to_free_is_waited_for(customer, engineer, new_york, nodes):
    specification = make_specification(new_york)
    first = order_trunk(customer, specification, engineer)
    work_on(first)
    nodes.backup.fault(down=True)
    delete_trunk(first, engineer)
    work_on(first)
    first.claims.update(released_at=first.created_at)
    nodes.backup.heal()

    second = order_trunk(
        customer, make_specification(new_york, source_hosts=specification.settings.source_hosts), engineer
    )
    operation = work_on(second)

    assert (operation.status, operation.reason) == (Status.PENDING, "SourceHostTaken")
    assert not NodeState.objects.filter(subject_id=str(second.pk), last_error__contains=str(first.pk)).exists()
    assert str(first.pk) not in operation.message
    work_on(first)
    assert work_on(second).status == Status.SUCCESS
    assert_world_consistent(orders=[first.pk, second.pk])


@ROLES
def test_a_yes_without_doing_it_is_no_success(order, nodes, role):
    nodes[role].fault(ok_but_not_applied=True)
    trunk = order()

    operation = work_on(trunk)

    assert (operation.status, operation.reason) == (Status.PENDING, "NotAppliedByNode")
    nodes[role].heal()
    assert work_on(trunk).status == Status.SUCCESS
    assert_world_consistent(orders=[trunk.pk])


@ROLES
def test_keys_that_kamailio_did_not_take_are_noticed(order, nodes, role):
    nodes[role].fault(keys_not_applied=True)
    trunk = order()

    operation = work_on(trunk)

    assert (operation.status, operation.reason) == (Status.PENDING, "NotAppliedByNode")
    nodes[role].heal()
    assert work_on(trunk).status == Status.SUCCESS
    assert_world_consistent(orders=[trunk.pk])


def test_a_wrong_token_keeps_orders_waiting(order, settings):
    trunk = order()
    settings.NODE_TOKEN = "another"
    client_of.cache_clear()

    operation = work_on(trunk)

    client_of.cache_clear()
    assert (operation.status, operation.reason) == (Status.PENDING, "Unauthorized")


def test_the_pause_between_attempts_grows(order, nodes):
    nodes.primary.fault(down=True)
    trunk = order()

    pauses = []
    for _attempt in range(4):
        hurry()
        operation = work_on(trunk)
        pauses.append(operation.next_attempt_at - operation.deadline_at)

    assert operation.attempt == 4
    assert pauses == sorted(pauses)


@ROLES
def test_f20_a_node_whose_agent_is_busy_is_asked_again(order, nodes, role):
    nodes[role].fault(busy=True)
    trunk = order()

    operation = work_on(trunk)

    assert (operation.status, operation.reason) == (Status.PENDING, "NodeUnavailable")
    nodes[role].heal()
    assert work_on(trunk).status == Status.SUCCESS
    assert_world_consistent(orders=[trunk.pk])


def test_f45_addresses_of_a_deleted_trunk_are_free_when_every_node_has_forgotten_it(
    order, nodes, engineer, customer, new_york
):
    trunk = order()
    work_on(trunk)
    nodes.backup.fault(down=True)
    delete_trunk(trunk, engineer)
    work_on(trunk)
    same = make_specification(new_york, source_hosts=trunk.wanted.source_hosts)
    with pytest.raises(ValidationError):
        order_trunk(customer, same, engineer)

    nodes.backup.heal()
    work_on(trunk)
    second = order_trunk(customer, same, engineer)

    assert work_on(second).status == Status.SUCCESS
    assert_world_consistent(orders=[trunk.pk, second.pk])
