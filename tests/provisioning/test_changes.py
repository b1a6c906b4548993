"""What becomes of a change when nodes do what they are told."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from common.errors import Conflict
from provisioning.enums import Status
from provisioning.models import NodeState, SbcNode
from tests.factories import order_trunk, registered
from tests.provisioning.scene import edit, held_by, newest, work_on
from tests.world import assert_world_consistent
from trunks.enums import AdminStatus
from trunks.services import delete_trunk, disable_trunk, enable_trunk, reset_password


def test_a_paid_trunk_is_read_back_from_both_nodes(order, nodes):
    trunk = order()

    operation = work_on(trunk)

    assert operation.status == Status.SUCCESS
    assert held_by(nodes.primary, trunk)
    assert held_by(nodes.backup, trunk)
    assert NodeState.objects.filter(subject_id=str(trunk.pk), verified=True, took_ms__gt=0).count() == 2
    assert_world_consistent(orders=[trunk.pk])


def test_a_new_trunk_is_live_with_its_first_revision(order):
    trunk = order()

    work_on(trunk)

    trunk.refresh_from_db()
    assert trunk.live == trunk.wanted


def test_disabling_reaches_both_nodes(order, engineer):
    trunk = order()
    work_on(trunk)

    disable_trunk(trunk, engineer)
    operation = work_on(trunk)

    trunk.refresh_from_db()
    assert (operation.status, trunk.admin_status) == (Status.SUCCESS, AdminStatus.DISABLED)
    assert_world_consistent(orders=[trunk.pk])


def test_enabling_brings_back_what_was_there_before(order, nodes, engineer):
    trunk = order()
    work_on(trunk)
    before = held_by(nodes.primary, trunk)
    disable_trunk(trunk, engineer)
    work_on(trunk)

    enable_trunk(trunk, engineer)
    operation = work_on(trunk)

    after = held_by(nodes.primary, trunk)
    assert operation.status == Status.SUCCESS
    assert (after.hash, after.fence.generation) == (before.hash, 3)
    assert_world_consistent(orders=[trunk.pk])


def test_a_deleted_trunk_is_gone_from_both_nodes_and_frees_its_addresses(order, nodes, engineer):
    trunk = order()
    work_on(trunk)

    delete_trunk(trunk, engineer)
    operation = work_on(trunk)

    assert operation.status == Status.SUCCESS
    assert not held_by(nodes.primary, trunk)
    assert not held_by(nodes.backup, trunk)
    assert not trunk.claims.filter(released_at=None).exists()
    assert_world_consistent(orders=[trunk.pk])


@pytest.mark.parametrize("change", [disable_trunk, delete_trunk])
def test_nothing_overtakes_a_creation(order, engineer, change):
    trunk = order()

    with pytest.raises(Conflict) as conflict:
        change(trunk, engineer)

    assert conflict.value.code == "V-OP-1"


@pytest.mark.parametrize("change", [disable_trunk, delete_trunk])
def test_nothing_overtakes_an_enable(order, engineer, change):
    trunk = order()
    work_on(trunk)
    disable_trunk(trunk, engineer)
    work_on(trunk)
    enable_trunk(trunk, engineer)

    with pytest.raises(Conflict) as conflict:
        change(trunk, engineer)

    assert conflict.value.code == "V-OP-1"
    trunk.refresh_from_db()
    assert (trunk.withdrawn_at, trunk.admin_status) == (None, AdminStatus.ENABLED)


def test_an_enable_does_not_overtake_a_disable(order, engineer):
    trunk = order()
    work_on(trunk)
    disable_trunk(trunk, engineer)

    with pytest.raises(Conflict) as conflict:
        enable_trunk(trunk, engineer)

    assert conflict.value.code == "V-OP-1"


def test_deleting_overtakes_a_disable_that_is_still_pending(order, engineer):
    trunk = order()
    work_on(trunk)
    disable_trunk(trunk, engineer)
    disable = newest(trunk)

    delete_trunk(trunk, engineer)
    work_on(trunk)

    disable.refresh_from_db()
    assert (disable.status, disable.reason) == (Status.RESET, "Superseded")
    assert_world_consistent(orders=[trunk.pk])


CHANGES = {
    "edit": lambda trunk, person: edit(trunk, person, channels=2 + newest(trunk).generation),
    "disable": disable_trunk,
    "enable": enable_trunk,
    "delete": delete_trunk,
    "reset password": lambda trunk, person: reset_password(trunk, timedelta(0), person),
}


@pytest.mark.parametrize("change", [name for name in CHANGES if name != "enable"])
@pytest.mark.parametrize("pending", ["creation", "edit", "password reset"])
def test_f43_f44_nothing_is_changed_or_deleted_while_a_change_is_pending(customer, engineer, new_york, pending, change):
    trunk = order_trunk(customer, registered(new_york), engineer)
    if pending != "creation":
        work_on(trunk)
        trunk.refresh_from_db()
        CHANGES["edit" if pending == "edit" else "reset password"](trunk, engineer)
    before = newest(trunk)

    with pytest.raises(Conflict) as conflict:
        CHANGES[change](trunk, engineer)

    assert conflict.value.code == "V-OP-1"
    assert newest(trunk) == before
    assert_world_consistent(SbcNode.objects.none(), orders=[trunk.pk])


def test_f43_the_database_itself_refuses_a_second_pending_operation(order):
    operation = newest(order())
    operation.pk, operation.generation = uuid4(), 2
    operation._state.adding = True

    with pytest.raises(IntegrityError, match="one_pending_operation_per_subject"), transaction.atomic():
        operation.save()
