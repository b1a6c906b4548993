"""A suspension stops calls at once: it overtakes what would let them through and waits for what is half there."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from billing.services import balance_of
from common.errors import Conflict
from provisioning import engine
from provisioning.enums import NodeRole, OperationKind, Status
from provisioning.models import Operation, SbcNode
from tests.factories import order_trunk, registered
from tests.provisioning.scene import edit, hash_of, held_by, newest, pass_deadline, sweep_now, work_on
from tests.world import assert_world_consistent
from trunks.enums import AdminStatus, Cause
from trunks.models import Trunk
from trunks.services import (
    delete_trunk,
    disable_trunk,
    enable_trunk,
    release_trunk,
    reset_password,
    suspend_trunk,
)


@pytest.fixture
def trunk(customer, engineer, new_york):
    """Live on both nodes; a PBX registers on it."""
    trunk = order_trunk(customer, registered(new_york), engineer)
    work_on(trunk)
    return trunk


def suspend(trunk):
    suspend_trunk(trunk, Cause.FRAUD, "Calls to Cuba at night", None)


def kinds_and_endings(trunk):
    """The newest two operations, the older first."""
    newest_two = Operation.objects.filter(subject_id=str(trunk.pk))[:2]
    return [(operation.kind, operation.status, operation.reason) for operation in reversed(newest_two)]


def disable_first(trunk, engineer):
    disable_trunk(trunk, engineer)
    work_on(trunk)
    enable_trunk(trunk, engineer)


def suspend_first(trunk, engineer):
    suspend(trunk)
    work_on(trunk)
    release_trunk(trunk, engineer)


OVERTAKEN = {
    OperationKind.UPDATE: lambda trunk, engineer: edit(trunk, engineer, channels=7, name="Another name"),
    OperationKind.RESET_PASSWORD: lambda trunk, engineer: reset_password(trunk, timedelta(hours=1), engineer),
    OperationKind.ENABLE: disable_first,
    OperationKind.RELEASE: suspend_first,
}


@pytest.mark.parametrize("half_done", [False, True], ids=["untouched", "half done"])
@pytest.mark.parametrize("kind", OVERTAKEN)
def test_a_suspension_overtakes_what_would_let_calls_through(trunk, nodes, engineer, kind, half_done):
    OVERTAKEN[kind](trunk, engineer)
    if half_done:
        nodes.backup.fault(down=True)
        work_on(trunk)
        nodes.backup.heal()

    suspend(trunk)

    assert kinds_and_endings(trunk) == [
        (kind, Status.RESET, "Superseded"),
        (OperationKind.SUSPEND, Status.PENDING, ""),
    ]
    assert balance_of(trunk.account).held == Decimal(0)
    assert work_on(trunk).status == Status.SUCCESS
    trunk.refresh_from_db()
    assert (trunk.admin_status, trunk.suspension) == (AdminStatus.SYSTEM_DISABLED, Cause.FRAUD)
    assert (trunk.wanted, trunk.credential) == (trunk.live, trunk.live_credential)
    assert held_by(nodes.primary, trunk).hash == held_by(nodes.backup, trunk).hash == hash_of(trunk)
    assert_world_consistent(orders=[trunk.pk])


def test_a_suspension_overtakes_an_edit_that_is_being_taken_back(trunk, nodes, engineer):
    nodes.backup.fault(apply_then_drop_reply=True)
    edit(trunk, engineer, channels=7)
    work_on(trunk)
    pass_deadline(trunk)
    assert work_on(trunk).undoing

    suspend(trunk)
    nodes.backup.heal()

    assert work_on(trunk).status == Status.SUCCESS
    assert_world_consistent(orders=[trunk.pk])


def test_a_suspension_that_overtakes_a_new_name_is_filed_under_the_live_one(trunk, engineer):
    live = trunk.name
    edit(trunk, engineer, name="Head office")

    suspend(trunk)

    assert Trunk.objects.get(pk=trunk.pk).name == newest(trunk).subject_name == live
    assert_world_consistent(SbcNode.objects.none())


def test_a_suspension_during_the_creation_takes_effect_at_its_end(order, nodes):
    trunk = order()

    suspend(trunk)

    assert newest(trunk).kind == OperationKind.CREATE
    assert work_on(trunk).kind == OperationKind.SUSPEND
    assert work_on(trunk).status == Status.SUCCESS
    assert held_by(nodes.primary, trunk).hash == hash_of(trunk, admin_status=AdminStatus.SYSTEM_DISABLED)
    assert_world_consistent(orders=[trunk.pk])


def test_no_call_passes_between_a_creation_and_the_suspension_that_waited_for_it(order, nodes):
    trunk = order()
    suspend(trunk)

    work_on(trunk)

    assert newest(trunk).is_pending
    assert held_by(nodes.primary, trunk).hash == hash_of(trunk, admin_status=AdminStatus.SYSTEM_DISABLED)


def test_a_suspended_creation_that_fails_leaves_nothing_to_suspend(order, nodes):
    trunk = order()
    suspend(trunk)
    nodes.backup.fault(reject={str(trunk.pk): "BadDocument"})

    operation = work_on(trunk)

    assert (operation.kind, operation.status) == (OperationKind.CREATE, Status.FAILED)


def test_a_suspension_waits_for_a_disable_and_then_takes_its_place(trunk, nodes, engineer):
    nodes.backup.fault(down=True)
    disable_trunk(trunk, engineer)
    work_on(trunk)

    suspend(trunk)

    assert newest(trunk).kind == OperationKind.DISABLE
    nodes.backup.heal()
    work_on(trunk)
    assert newest(trunk).kind == OperationKind.SUSPEND
    assert work_on(trunk).status == Status.SUCCESS
    trunk.refresh_from_db()
    assert trunk.admin_status == AdminStatus.SYSTEM_DISABLED
    assert_world_consistent(orders=[trunk.pk])


def test_deleting_overtakes_a_suspension_that_waits_for_a_disable(trunk, nodes, engineer):
    nodes.backup.fault(down=True)
    disable_trunk(trunk, engineer)
    suspend(trunk)
    delete_trunk(trunk, engineer)
    nodes.backup.heal()

    operation = work_on(trunk)

    assert (operation.kind, operation.status) == (OperationKind.DELETE, Status.SUCCESS)
    assert_world_consistent(orders=[trunk.pk])


def test_suspending_again_only_changes_the_reason(trunk):
    suspend(trunk)
    work_on(trunk)
    before = Operation.objects.count()

    suspend_trunk(trunk, Cause.PAYMENT, "Invoice 12", None)

    trunk.refresh_from_db()
    assert (trunk.suspension, trunk.suspension_note) == (Cause.PAYMENT, "Invoice 12")
    assert Operation.objects.count() == before


def test_a_suspension_is_never_given_up(trunk, nodes):
    nodes.backup.fault(down=True)
    suspend(trunk)

    pass_deadline(trunk)
    assert all(work_on(trunk).is_pending for _attempt in range(3))

    assert_world_consistent(SbcNode.objects.filter(role=NodeRole.PRIMARY), orders=[trunk.pk])
    nodes.backup.heal()
    assert work_on(trunk).status == Status.SUCCESS
    assert_world_consistent(orders=[trunk.pk])


def test_a_released_trunk_is_disabled_until_its_customer_enables_it(trunk, engineer):
    suspend(trunk)
    work_on(trunk)
    release_trunk(trunk, engineer)
    work_on(trunk)

    trunk.refresh_from_db()

    assert (trunk.admin_status, trunk.suspension, trunk.suspended_at) == (AdminStatus.DISABLED, "", None)
    enable_trunk(trunk, engineer)
    assert work_on(trunk).status == Status.SUCCESS
    assert_world_consistent(orders=[trunk.pk])


def at_once(*acts):
    """Do everything in the same moment, each in a thread; answers what each raised, or None."""
    gate = threading.Barrier(len(acts))

    def run(act):
        try:
            gate.wait()
            act()
        except Conflict as conflict:
            return conflict
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_an_edit_and_a_suspension_at_once_leave_a_suspended_trunk(order, engineer, customer):
    for _round in range(5):
        trunk = order()
        work_on(trunk)

        edited, suspended = at_once(lambda: edit(trunk, engineer, channels=3), lambda: suspend(trunk))  # noqa: B023

        assert (edited, suspended) == (None, None) or edited.code == "V-OP-1"
        sweep_now()
        assert_suspended(trunk)
    assert balance_of(customer).held == 0
    assert_world_consistent()


@pytest.mark.django_db(transaction=True)
def test_a_suspension_while_a_worker_applies_an_edit_leaves_a_suspended_trunk(order, engineer, nodes):
    for _round in range(5):
        trunk = order()
        work_on(trunk)
        edit(trunk, engineer, channels=3)
        operation = newest(trunk)

        at_once(lambda: engine.run(operation.pk), lambda: suspend(trunk))  # noqa: B023

        sweep_now()
        assert_suspended(trunk)
    assert_world_consistent()


def assert_suspended(trunk):
    trunk = Trunk.objects.get(pk=trunk.pk)
    assert trunk.admin_status == AdminStatus.SYSTEM_DISABLED
    assert (newest(trunk).kind, newest(trunk).status) == (OperationKind.SUSPEND, Status.SUCCESS)
