"""Taking back what is not an edit: passwords go back to the old one, what would allow calls goes back to silence."""

from datetime import timedelta

import pytest

from provisioning.enums import NodeRole, OperationKind, Status
from tests.factories import order_trunk, registered
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
from trunks.enums import AdminStatus, Cause
from trunks.models import Credential
from trunks.services import disable_trunk, enable_trunk, release_trunk, reset_password, suspend_trunk

HOUR = timedelta(hours=1)


@pytest.fixture
def trunk(customer, engineer, new_york):
    """Live on both nodes; a PBX registers on it."""
    trunk = order_trunk(customer, registered(new_york), engineer)
    work_on(trunk)
    return trunk


@pytest.mark.parametrize("overlap", [timedelta(0), HOUR])
def test_a_password_that_a_node_never_got_is_forgotten_and_the_old_one_stays(trunk, nodes, engineer, overlap):
    reset_password(trunk, HOUR, engineer)
    work_on(trunk)
    before, known = hashes_of(nodes, trunk), set(Credential.objects.values_list("pk", "until"))
    cut_off(NodeRole.BACKUP)
    reset_password(trunk, overlap, engineer)
    work_on(trunk)

    pass_deadline(trunk)
    operation = work_on(trunk)

    assert (operation.kind, operation.status) == (OperationKind.RESET_PASSWORD, Status.RESET)
    assert set(Credential.objects.values_list("pk", "until")) == known
    connect(NodeRole.BACKUP, nodes)
    assert_hold_again(nodes, trunk, before)


def test_a_password_that_a_dead_node_may_have_taken_fails_at_the_second_deadline(trunk, nodes, engineer):
    nodes.backup.fault(apply_then_drop_reply=True)
    reset_password(trunk, timedelta(0), engineer)
    work_on(trunk)
    nodes.backup.fault(down=True)

    for _deadline in range(2):
        pass_deadline(trunk)
        work_on(trunk)

    assert newest(trunk).status == Status.FAILED
    nodes.backup.heal()
    sweep_now()
    assert_world_consistent(orders=[trunk.pk])


def test_a_release_past_its_deadline_leaves_the_trunk_disabled_by_us(trunk, nodes, engineer):
    suspend_trunk(trunk, Cause.PAYMENT, "", engineer)
    work_on(trunk)
    nodes.backup.fault(down=True)
    release_trunk(trunk, engineer)
    work_on(trunk)

    pass_deadline(trunk)
    operation = work_on(trunk)

    trunk.refresh_from_db()
    assert (operation.status, trunk.admin_status) == (Status.RESET, AdminStatus.SYSTEM_DISABLED)
    assert trunk.suspension == Cause.PAYMENT
    nodes.backup.heal()
    sweep_now()
    assert_world_consistent(orders=[trunk.pk])


def test_an_enable_that_a_dead_node_may_have_taken_is_owed_not_failed(trunk, nodes, engineer):
    disable_trunk(trunk, engineer)
    work_on(trunk)
    nodes.backup.fault(apply_then_drop_reply=True)
    enable_trunk(trunk, engineer)
    work_on(trunk)
    nodes.backup.fault(down=True)

    pass_deadline(trunk)
    operation = work_on(trunk)

    assert operation.status == Status.RESET
    nodes.backup.heal()
    sweep_now()
    assert held_by(nodes.backup, trunk).hash == hash_of(trunk, admin_status=AdminStatus.DISABLED)
    assert_world_consistent(orders=[trunk.pk])


def test_an_edit_while_a_node_is_owed_an_earlier_ending_is_reset_too(trunk, nodes, engineer):
    disable_trunk(trunk, engineer)
    work_on(trunk)
    nodes.backup.fault(apply_then_drop_reply=True)
    enable_trunk(trunk, engineer)
    work_on(trunk)
    cut_off(NodeRole.BACKUP)
    pass_deadline(trunk)
    assert work_on(trunk).status == Status.RESET
    edit(trunk, engineer, name="Another name")
    work_on(trunk)

    pass_deadline(trunk)
    operation = work_on(trunk)

    assert (operation.kind, operation.status) == (OperationKind.UPDATE, Status.RESET)
    nodes.backup.heal()
    connect(NodeRole.BACKUP, nodes)
    sweep_now()
    assert_world_consistent(orders=[trunk.pk])
