"""What becomes of a change when nodes do what they are told."""

import pytest

from common.errors import Conflict
from provisioning.enums import Status
from provisioning.models import NodeState
from tests.provisioning.scene import held_by, newest, work_on
from tests.world import assert_world_consistent
from trunks.enums import AdminStatus
from trunks.services import delete_trunk, disable_trunk, enable_trunk


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
