"""F1 and F2 for every kind of change: a worker that falls at any place loses nothing and doubles nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from provisioning import engine
from provisioning.enums import OperationKind, Status
from provisioning.failpoints import NAMES
from provisioning.models import Operation
from tests.factories import order_trunk, registered
from tests.provisioning.scene import crashing, edit, held_by, hurry, newest, sweep_now, work_on
from tests.world import assert_world_consistent
from trunks.enums import Cause
from trunks.models import Trunk
from trunks.services import (
    delete_trunk,
    disable_trunk,
    enable_trunk,
    release_trunk,
    reset_password,
    suspend_trunk,
)

pytestmark = [pytest.mark.faults, pytest.mark.django_db]
CHANGES = {
    OperationKind.CREATE: lambda trunk, person: None,
    OperationKind.UPDATE: lambda trunk, person: edit(trunk, person, channels=trunk.wanted.channels + 1),
    OperationKind.DISABLE: disable_trunk,
    OperationKind.ENABLE: enable_trunk,
    OperationKind.RESET_PASSWORD: lambda trunk, person: reset_password(trunk, timedelta(hours=1), person),
    OperationKind.SUSPEND: lambda trunk, person: suspend_trunk(trunk, Cause.FRAUD, "", person),
    OperationKind.RELEASE: release_trunk,
    OperationKind.DELETE: delete_trunk,
}
BEFORE = {OperationKind.ENABLE: disable_trunk, OperationKind.RELEASE: CHANGES[OperationKind.SUSPEND]}


@pytest.mark.parametrize("failpoint", NAMES)
def test_f1_f2_a_worker_that_falls_in_any_change_is_replaced(customer, engineer, new_york, nodes, failpoint):
    orders = {kind: order_trunk(customer, registered(new_york), engineer) for kind in CHANGES}
    for kind, trunk in orders.items():
        if kind == OperationKind.CREATE:
            continue
        work_on(trunk)
        if kind in BEFORE:
            BEFORE[kind](again(trunk), engineer)
            work_on(trunk)
        CHANGES[kind](again(trunk), engineer)

    for trunk in orders.values():
        hurry()
        with crashing(failpoint):
            engine.run(newest(trunk).pk)
        fallen = newest(trunk)
        assert fallen.is_pending == (failpoint != "after:settle")
        assert work_on(trunk).status == Status.SUCCESS

    assert {kind: newest(trunk).kind for kind, trunk in orders.items()} == {kind: kind for kind in CHANGES}
    assert not Operation.objects.filter(status=Status.PENDING).exists()
    assert_world_consistent(orders=[trunk.pk for trunk in orders.values()])


def test_f49_the_next_worker_brings_the_same_new_password(customer, engineer, new_york, nodes):
    trunk = order_trunk(customer, registered(new_york), engineer)
    work_on(trunk)
    reset_password(trunk, timedelta(0), engineer)
    nodes.backup.fault(down=True)
    with crashing("before:settle"):
        work_on(trunk)
    on_primary = held_by(nodes.primary, trunk).hash
    nodes.backup.heal()

    assert work_on(trunk).status == Status.SUCCESS

    assert held_by(nodes.primary, trunk).hash == held_by(nodes.backup, trunk).hash == on_primary
    assert_world_consistent(orders=[trunk.pk])


@pytest.mark.parametrize("failpoint", NAMES)
def test_a_worker_that_falls_while_taking_an_edit_back_is_replaced(customer, engineer, order, nodes, failpoint):
    trunk = order()
    work_on(trunk)
    before = held_by(nodes.primary, trunk).hash
    nodes.backup.fault(ok_but_not_applied=True)
    edit(trunk, engineer, channels=5)
    work_on(trunk)
    nodes.backup.heal()
    nodes.backup.fault(busy=True)
    Operation.objects.filter(pk=newest(trunk).pk).update(deadline_at=trunk.created_at)
    hurry()

    with crashing(failpoint):
        engine.run(newest(trunk).pk)
    nodes.backup.heal()
    sweep_now()

    assert newest(trunk).status == Status.RESET
    assert held_by(nodes.primary, trunk).hash == before
    assert_world_consistent(orders=[trunk.pk])


def again(trunk):
    return Trunk.objects.select_related("wanted", "account").get(pk=trunk.pk)
