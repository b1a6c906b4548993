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
    assert held_by(nodes.primary, trunk) and held_by(nodes.backup, trunk)
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
    assert not held_by(nodes.primary, trunk) and not held_by(nodes.backup, trunk)
    assert not trunk.claims.filter(released_at=None).exists()
    assert_world_consistent(orders=[trunk.pk])


@pytest.mark.parametrize("change", [enable_trunk, disable_trunk, delete_trunk])
def test_a_second_change_waits_until_the_first_is_done(order, engineer, change):
    trunk = order()
    work_on(trunk)
    disable_trunk(trunk, engineer)
    if change is delete_trunk:
        work_on(trunk)
        enable_trunk(trunk, engineer)
    elif change is disable_trunk:
        work_on(trunk)
        enable_trunk(trunk, engineer)

    with pytest.raises(Conflict) as conflict:
        change(trunk, engineer)

    assert conflict.value.code in {"V-OP-1", "conflict"}
    assert_world_consistent([], orders=[trunk.pk])


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
