"""What support may do to the work itself: retry, roll back, resync, look at the differences."""

from __future__ import annotations

import pytest

from accounts.models import AuditEvent
from billing.services import balance_of
from common.errors import Conflict
from provisioning import engine, lease
from provisioning.console import lanes, last_finished, queue
from provisioning.drift import differences_of
from provisioning.enums import OperationKind, Status
from provisioning.models import NodeState, Operation, SbcNode
from provisioning.reconciling import roll_back, send_all_again
from sbc.client import NodeError
from sbc.documents import Fence
from tests.factories import make_user
from tests.provisioning.scene import cut_off, edit, newest, sweep_now, work_on
from tests.world import assert_world_consistent
from trunks.services import disable_trunk

WHY = "The customer wants it back at once"


@pytest.fixture
def staff(db):
    return make_user("staff@example.com", is_staff=True)


def node_of(role="PRIMARY"):
    return SbcNode.objects.select_related("data_centre").get(data_centre="NEW_YORK", role=role)


def test_an_order_that_is_rolled_back_fails_and_gives_the_money_back(order, nodes, customer, staff):
    nodes.backup.fault(down=True)
    trunk = order()
    work_on(trunk)

    roll_back(newest(trunk), staff, WHY)
    nodes.backup.heal()
    work_on(trunk)

    ended = newest(trunk)
    assert (ended.status, ended.reason) == (Status.FAILED, "RolledBack")
    assert ended.message == "Support took it back"
    assert balance_of(customer).held == 0
    assert AuditEvent.objects.get(action="operation.rollback").details["support"] == WHY
    assert_world_consistent(orders=[trunk.pk])


def test_a_change_that_is_rolled_back_restores_what_worked(order, nodes, engineer, staff):
    trunk = order()
    work_on(trunk)
    nodes.backup.fault(down=True)
    edit(trunk, engineer, channels=7)
    work_on(trunk)

    roll_back(newest(trunk), staff, WHY)
    nodes.backup.heal()
    work_on(trunk)

    assert newest(trunk).status == Status.RESET
    sweep_now()
    assert_world_consistent(orders=[trunk.pk])


def test_whoever_works_on_it_at_this_moment_loses_it(order, staff):
    trunk = order()
    claimed = lease.claim(newest(trunk).pk)

    roll_back(newest(trunk), staff, WHY)

    with pytest.raises(lease.LeaseLost):
        lease.keep(claimed)
    engine.run(claimed.pk)
    assert newest(trunk).status == Status.FAILED


def test_what_never_gives_up_is_not_rolled_back(order, nodes, engineer, staff):
    trunk = order()
    work_on(trunk)
    nodes.backup.fault(down=True)
    disable_trunk(trunk, engineer)
    work_on(trunk)

    with pytest.raises(Conflict, match="never given up"):
        roll_back(newest(trunk), staff, WHY)

    assert newest(trunk).kind == OperationKind.DISABLE
    assert newest(trunk).is_pending


def test_what_has_ended_is_not_rolled_back(order, staff):
    trunk = order()
    work_on(trunk)

    with pytest.raises(Conflict, match="ended already"):
        roll_back(newest(trunk), staff, WHY)


def test_it_is_rolled_back_once(order, nodes, staff):
    nodes.backup.fault(down=True)
    trunk = order()
    roll_back(newest(trunk), staff, WHY)
    Operation.objects.update(undoing=True)

    with pytest.raises(Conflict, match="being taken back already"):
        roll_back(newest(trunk), staff, WHY)


def test_the_console_knows_what_waits_for_which_node(order, nodes):
    ready, waiting = order(), order()
    work_on(ready)
    nodes.backup.fault(down=True)
    work_on(waiting)
    NodeState.objects.filter(subject_id=str(ready.pk), node=node_of()).update(verified=False)

    by_role = {lane.node.role: lane for lane in lanes()}

    assert [operation.subject_id for operation in queue()] == [str(waiting.pk)]
    assert (by_role["PRIMARY"].waiting, by_role["PRIMARY"].owed) == (0, 1)
    assert (by_role["BACKUP"].waiting, by_role["BACKUP"].owed) == (1, 0)
    assert by_role["BACKUP"].paused_until is not None
    assert last_finished() == newest(ready).finished_at


def test_a_node_that_has_what_it_must_has_no_differences(order):
    work_on(order())
    sweep_now()

    found = differences_of(node_of(), "trunk")

    assert found.is_right
    assert (found.wanted, found.held) == (1, 1)


def test_the_report_names_losses_and_orphans_and_changes_nothing(order, nodes):
    trunk, orphan = order(), order()
    for one in (trunk, orphan):
        work_on(one)
    nodes.primary.client().delete("trunk", str(trunk.pk), Fence(9, 9))
    NodeState.objects.filter(subject_id=str(orphan.pk), node=node_of()).delete()

    found = differences_of(node_of(), "trunk")

    assert [state.subject_id for state in found.different] == [str(trunk.pk)]
    assert [entry.id for entry in found.orphans] == [str(orphan.pk)]
    assert not found.too_many_orphans
    assert NodeState.objects.get(subject_id=str(trunk.pk), node=node_of()).verified


def test_a_node_that_cannot_be_read_is_unknown(order):
    work_on(order())
    cut_off("PRIMARY")

    with pytest.raises(NodeError):
        differences_of(node_of(), "trunk")


def test_everything_is_sent_and_proven_again(order, staff):
    trunk = order()
    work_on(trunk)
    sweep_now()
    before = NodeState.objects.get(subject_id=str(trunk.pk), node=node_of()).verified_at

    send_all_again(node_of(), staff, WHY)
    assert not NodeState.objects.filter(node=node_of(), verified=True).exists()
    sweep_now()

    state = NodeState.objects.get(subject_id=str(trunk.pk), node=node_of())
    assert state.verified
    assert state.verified_at > before
    assert AuditEvent.objects.get(action="node.resend").details["support"] == WHY
