"""A data centre that may owe its backup: the primary is enough for a change, the backup gets it when it is back."""

import pytest

from accounts.models import AuditEvent
from billing.services import balance_of
from provisioning.enums import NodeRole, Status
from provisioning.models import DataCentre, SbcNode
from tests.provisioning.scene import connect, cut_off, edit, hash_of, held_by, newest, pass_deadline, sweep_now, work_on
from tests.world import assert_world_consistent
from trunks.condition import unconfirmed
from trunks.services import delete_trunk, disable_trunk, enable_trunk


@pytest.fixture
def may_owe(new_york):
    DataCentre.objects.filter(pk=new_york.pk).update(may_owe_backup=True)


def test_f15_an_order_succeeds_with_the_backup_owed(order, nodes, may_owe, customer):
    nodes.backup.fault(down=True)
    trunk = order()

    operation = work_on(trunk)

    assert (operation.status, operation.reason) == (Status.SUCCESS, "BackupOwed")
    assert balance_of(customer).held == 0
    assert unconfirmed(trunk.node_states) == "not yet confirmed by the backup node"
    assert AuditEvent.objects.get(action="trunk.create.success").details["reason"] == "BackupOwed"
    assert_world_consistent(SbcNode.objects.filter(role=NodeRole.PRIMARY), orders=[trunk.pk])


def test_f15_the_sweep_adds_the_backup_later(order, nodes, may_owe):
    nodes.backup.fault(down=True)
    trunk = order()
    work_on(trunk)

    nodes.backup.heal()
    sweep_now()

    assert held_by(nodes.backup, trunk)
    assert unconfirmed(trunk.node_states) == ""
    assert_world_consistent(orders=[trunk.pk])


def test_edits_go_on_while_the_backup_is_owed(order, nodes, may_owe, engineer):
    cut_off(NodeRole.BACKUP)
    trunk = order()
    work_on(trunk)
    edit(trunk, engineer, channels=4)
    assert work_on(trunk).status == Status.SUCCESS
    disable_trunk(trunk, engineer)
    assert work_on(trunk).is_pending, "what stops calls must reach both"

    connect(NodeRole.BACKUP, nodes)
    assert work_on(trunk).status == Status.SUCCESS
    enable_trunk(trunk, engineer)

    assert work_on(trunk).status == Status.SUCCESS
    assert held_by(nodes.backup, trunk).hash == hash_of(trunk, channels=4)
    assert_world_consistent(orders=[trunk.pk])


def test_an_edit_that_the_primary_refuses_is_reset_though_the_backup_is_away(order, nodes, may_owe, engineer):
    trunk = order()
    work_on(trunk)
    nodes.backup.fault(apply_then_drop_reply=True)
    edit(trunk, engineer, channels=4)
    nodes.primary.fault(reject={hash_of(trunk): "BadDocument"})

    operation = work_on(trunk)

    assert (operation.status, operation.reason) == (Status.RESET, "BadDocument")
    for node in (nodes.primary, nodes.backup):
        node.heal()
    sweep_now()
    assert_world_consistent(orders=[trunk.pk])


def test_the_primary_is_never_owed(order, nodes, may_owe):
    nodes.primary.fault(down=True)
    trunk = order()
    assert work_on(trunk).is_pending

    pass_deadline(trunk)

    assert work_on(trunk).status == Status.FAILED


def test_a_deletion_waits_for_the_backup_all_the_same(order, nodes, may_owe, engineer):
    trunk = order()
    work_on(trunk)
    nodes.backup.fault(down=True)

    delete_trunk(trunk, engineer)

    assert work_on(trunk).is_pending
    nodes.backup.heal()
    assert work_on(trunk).status == Status.SUCCESS
    assert_world_consistent(orders=[trunk.pk])


def test_elsewhere_an_order_waits_for_its_backup(order, nodes):
    nodes.backup.fault(down=True)
    trunk = order()

    work_on(trunk)

    assert newest(trunk).is_pending
