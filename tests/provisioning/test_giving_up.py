"""A change that cannot be applied is taken back: RESET where the trunk is as it was, FAILED where nobody can know."""

import pytest

from billing.services import balance_of
from common.errors import Conflict
from provisioning.enums import NodeRole, Status
from provisioning.models import NodeState, SbcNode
from tests.provisioning.scene import (
    assert_hold_again,
    connect,
    cut_off,
    edit,
    hash_of,
    hashes_of,
    held_by,
    newest,
    pass_deadline,
    sweep_now,
    work_on,
)
from tests.world import assert_world_consistent
from trunks.services import delete_trunk

ROLES = pytest.mark.parametrize("role", list(NodeRole))


def other(role):
    return NodeRole.BACKUP if role == NodeRole.PRIMARY else NodeRole.PRIMARY


@pytest.fixture
def trunk(order):
    """Live on both nodes, and not the only one."""
    work_on(order())
    trunk = order()
    work_on(trunk)
    return trunk


@ROLES
def test_f13_f14_an_edit_that_a_node_never_got_is_reset_at_its_deadline(trunk, nodes, engineer, customer, role):
    before, paid = hashes_of(nodes, trunk), balance_of(customer)
    cut_off(role)
    edit(trunk, engineer, channels=5, name="Another name")
    assert work_on(trunk).is_pending
    assert balance_of(customer).held > 0

    pass_deadline(trunk)
    operation = work_on(trunk)

    assert (operation.status, operation.reason) == (Status.RESET, "NodeUnavailable")
    assert balance_of(customer) == paid
    assert not NodeState.objects.get(subject_id=str(trunk.pk), node__role=role).verified, "it is owed"
    connect(role, nodes)
    assert_hold_again(nodes, trunk, before)
    trunk.refresh_from_db()
    assert trunk.name == trunk.live.name


@ROLES
def test_f48_an_edit_that_a_dead_node_may_have_taken_fails_at_the_second_deadline(
    trunk, nodes, engineer, customer, role
):
    paid = balance_of(customer)
    nodes[role].fault(apply_then_drop_reply=True)
    edit(trunk, engineer, channels=5)
    work_on(trunk)
    nodes[role].fault(down=True)

    pass_deadline(trunk)
    assert work_on(trunk).is_pending, "it may come back"
    pass_deadline(trunk)
    operation = work_on(trunk)

    assert (operation.status, operation.reason) == (Status.FAILED, "NodeUnavailable")
    assert balance_of(customer) == paid
    sweep_now()
    assert not held_by(nodes[other(role)], trunk)
    assert_world_consistent(SbcNode.objects.exclude(role=role), orders=[trunk.pk])
    with pytest.raises(Conflict):
        edit(trunk, engineer, channels=3)
    nodes[role].heal()
    sweep_now()
    assert not held_by(nodes[role], trunk)
    delete_trunk(trunk, engineer)
    assert work_on(trunk).status == Status.SUCCESS
    assert_world_consistent(orders=[trunk.pk])


@ROLES
def test_an_edit_that_a_node_took_is_reset_when_it_answers_before_the_second_deadline(trunk, nodes, engineer, role):
    before = hashes_of(nodes, trunk)
    nodes[role].fault(apply_then_drop_reply=True)
    edit(trunk, engineer, channels=5)
    work_on(trunk)
    pass_deadline(trunk)
    assert work_on(trunk).is_pending

    nodes[role].heal()
    operation = work_on(trunk)

    assert operation.status == Status.RESET
    assert hashes_of(nodes, trunk) == before
    assert_hold_again(nodes, trunk, before)


def test_a_node_that_was_read_to_have_the_earlier_settings_needs_no_undo(trunk, nodes, engineer):
    before = hashes_of(nodes, trunk)
    nodes.backup.fault(ok_but_not_applied=True)
    edit(trunk, engineer, channels=5)
    assert work_on(trunk).reason == "NotAppliedByNode"
    nodes.backup.fault(down=True)

    pass_deadline(trunk)
    operation = work_on(trunk)

    assert (operation.status, operation.reason) == (Status.RESET, "NotAppliedByNode")
    nodes.backup.heal()
    assert_hold_again(nodes, trunk, before)


def test_f47_an_edit_that_one_node_refuses_is_taken_back_from_the_other(trunk, nodes, engineer):
    before = hashes_of(nodes, trunk)
    edit(trunk, engineer, channels=5, source_hosts=["127.77.190.1"])
    nodes.backup.fault(reject={hash_of(trunk): "BadDocument"})

    operation = work_on(trunk)

    assert (operation.status, operation.reason) == (Status.RESET, "BadDocument")
    assert "The backup node did not accept it" in operation.message
    assert_hold_again(nodes, trunk, before)


def test_a_node_that_refuses_everything_keeps_what_it_had(trunk, nodes, engineer):
    before = hashes_of(nodes, trunk)
    nodes.backup.fault(reject={str(trunk.pk): "BadDocument"})

    edit(trunk, engineer, channels=5)
    operation = work_on(trunk)

    assert operation.status == Status.RESET
    assert hashes_of(nodes, trunk) == before


def test_f48_a_node_that_took_the_edit_and_refuses_to_go_back_ends_the_trunk(trunk, nodes, engineer, customer):
    paid = balance_of(customer)
    earlier = hash_of(trunk)
    edit(trunk, engineer, channels=5)
    nodes.backup.fault(reject={hash_of(trunk): "BadDocument"})
    nodes.primary.fault(reject={earlier: "BadDocument"})

    operation = work_on(trunk)

    assert (operation.status, operation.reason) == (Status.FAILED, "BadDocument")
    assert balance_of(customer) == paid
    for node in (nodes.primary, nodes.backup):
        node.heal()
    sweep_now()
    assert not held_by(nodes.primary, trunk)
    assert not held_by(nodes.backup, trunk)
    assert_world_consistent(orders=[trunk.pk])


def test_a_failed_trunk_keeps_the_addresses_that_a_dead_node_may_still_let_in(trunk, nodes, engineer, order):
    nodes.backup.fault(apply_then_drop_reply=True)
    edit(trunk, engineer, source_hosts=["127.77.190.1"])
    work_on(trunk)
    nodes.backup.fault(down=True)
    for _deadline in range(2):
        pass_deadline(trunk)
        work_on(trunk)
    assert newest(trunk).status == Status.FAILED

    claimed = {claim.address for claim in trunk.claims.filter(released_at=None)}

    assert claimed == {"127.77.190.1", *trunk.wanted.source_hosts}
    nodes.backup.heal()
    delete_trunk(trunk, engineer)
    work_on(trunk)
    assert_world_consistent(orders=[trunk.pk])


def test_f19_an_edit_that_a_node_says_yes_to_and_never_does_is_reset_at_its_deadline(trunk, nodes, engineer):
    before = hashes_of(nodes, trunk)
    nodes.primary.fault(ok_but_not_applied=True)
    edit(trunk, engineer, channels=5)
    work_on(trunk)

    pass_deadline(trunk)
    work_on(trunk)
    pass_deadline(trunk)
    operation = work_on(trunk)

    assert (operation.status, operation.reason) == (Status.RESET, "NotAppliedByNode")
    nodes.primary.heal()
    assert_hold_again(nodes, trunk, before)
