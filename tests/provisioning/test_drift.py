"""The sweep brings nodes back to what they must have, and never believes an empty answer."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from provisioning import engine
from provisioning.drift import compare_node
from provisioning.enums import NodeRole, Status
from provisioning.models import Gateway, NodeState, Operation, SbcNode
from provisioning.sweeps import look_after
from routing.models import Number
from routing.services import assign_number, give_number
from sbc.documents import NODE, NUMBER, Fence
from sbc.lab.samples import sample_trunk
from tests.provisioning.scene import edit, held_by, hurry, listed, newest, sweep_now, work_on
from tests.world import assert_world_consistent
from trunks.compile import trunk_document
from trunks.models.trunk import SUBJECT
from trunks.services import delete_trunk


def put_orphans(node, count):
    for place in range(count):
        node.client(timeout=10).put(sample_trunk(f"orphan-{place}", [f"127.77.250.{place + 1}"]), Fence(1, 1))


def test_a_node_that_forgot_everything_gets_it_back(order, nodes):
    orders = [order(), order(), order()]
    sweep_now()

    nodes.primary.fault(restart_empty=True)
    sweep_now()

    assert len(listed(nodes.primary, SUBJECT)) == 3
    assert_world_consistent(orders=[trunk.pk for trunk in orders])


def test_a_restart_is_noticed_before_the_next_comparison_is_due(order, nodes):
    trunk = order()
    sweep_now()
    nodes.backup.fault(restart_empty=True)
    SbcNode.objects.update(swept_at=None, checked_at=Now() + timedelta(days=1))

    look_after(SbcNode.objects.get(role=NodeRole.BACKUP))

    assert held_by(nodes.backup, trunk)


def test_a_trunk_that_a_node_lost_is_written_again_without_an_operation(order, nodes):
    trunk = order()
    sweep_now()
    nodes.primary.client(timeout=10).delete(SUBJECT, str(trunk.pk), Fence(1, 1000))
    nodes.primary.fault(restart_empty=True)
    before = Operation.objects.count()

    sweep_now()

    assert held_by(nodes.primary, trunk)
    assert Operation.objects.count() == before
    assert_world_consistent(orders=[trunk.pk])


def test_a_node_that_was_added_later_gets_what_is_there(order, order_in_frankfurt, nodes, new_york):
    backup = SbcNode.objects.get(data_centre=new_york, role=NodeRole.BACKUP)
    place = {field: getattr(backup, field) for field in ("name", "data_centre", "role", "static_address", "agent_url")}
    backup.delete()
    trunk, gone, elsewhere = order(), order(), order_in_frankfurt()
    number = Number.objects.create(e164="+13125550100", data_centre=new_york)
    assign_number(number, trunk, None)
    sweep_now()
    delete_trunk(gone, gone.created_by)
    sweep_now()
    proof = NodeState.objects.get(node__role=NodeRole.PRIMARY, subject_id=str(trunk.pk))

    SbcNode.objects.create(**place)
    sweep_now()

    assert [held.id for held in listed(nodes.backup, SUBJECT)] == [str(trunk.pk)]
    assert [held.id for held in listed(nodes.backup, NUMBER)] == [number.pk]
    assert held_by(nodes.backup, trunk) == held_by(nodes.primary, trunk)
    assert NodeState.objects.get(pk=proof.pk).verified_at == proof.verified_at
    assert not held_by(nodes.backup, elsewhere)


def test_a_trunk_that_compiles_to_something_else_since_an_upgrade_is_not_lost(order, nodes):
    trunk = order()
    sweep_now()
    NodeState.objects.filter(subject_kind=SUBJECT).update(wanted_hash="of an older format")
    nodes.primary.fault(restart_empty=True)

    sweep_now()
    sweep_now()

    assert held_by(nodes.primary, trunk)
    assert_world_consistent(orders=[trunk.pk])


def test_a_node_that_is_newer_than_a_restored_database_is_taken_back_by_emptying_it(order, nodes, caplog):
    trunk = order()
    sweep_now()
    ahead = sample_trunk(str(trunk.pk), ["127.77.250.1"])
    nodes.primary.client(timeout=10).put(ahead, Fence(9, 1))
    sweep_now()
    assert held_by(nodes.primary, trunk).fence == Fence(9, 1)
    assert "newer than ours" in caplog.text

    nodes.primary.fault(restart_empty=True)
    sweep_now()

    assert_world_consistent(orders=[trunk.pk])


def test_one_orphan_is_removed(order, nodes):
    trunk = order()
    sweep_now()
    put_orphans(nodes.backup, 1)

    sweep_now()

    assert [held.id for held in listed(nodes.backup, SUBJECT)] == [str(trunk.pk)]
    assert_world_consistent(orders=[trunk.pk])


def test_too_many_orphans_are_left_alone_and_logged(order, nodes, caplog):
    order()
    sweep_now()
    put_orphans(nodes.backup, 12)

    sweep_now()

    assert len(listed(nodes.backup, SUBJECT)) == 13
    assert "too many to remove" in caplog.text


def test_a_deleted_trunk_that_a_node_brings_back_is_removed_again(order, nodes, engineer):
    trunk = order()
    work_on(trunk)
    delete_trunk(trunk, engineer)
    work_on(trunk)
    nodes.primary.fault(restart_empty=True)
    nodes.primary.client(timeout=10).put(sample_trunk(str(trunk.pk), ["127.77.250.1"]), Fence(1, 1))

    sweep_now()

    assert not held_by(nodes.primary, trunk)
    assert_world_consistent(orders=[trunk.pk])


def test_f23_a_node_that_comes_back_with_an_old_snapshot_is_repaired(order, nodes, engineer):
    edited, deleted = order(), order()
    snapshot = [trunk_document(trunk) for trunk in (edited, deleted)]
    sweep_now()
    edit(edited, engineer, source_hosts=["127.77.190.1"])
    delete_trunk(deleted, engineer)
    sweep_now()
    nodes.backup.fault(restart_empty=True)
    for document in snapshot:
        nodes.backup.client(timeout=10).put(document, Fence(1, 1))

    sweep_now()

    assert held_by(nodes.backup, edited) == held_by(nodes.primary, edited)
    assert not held_by(nodes.backup, deleted)
    assert_world_consistent(orders=[edited.pk, deleted.pk])


def test_an_empty_list_is_not_believed(order, nodes):
    trunk = order()
    sweep_now()
    writes = len(nodes.primary.journal())

    nodes.primary.fault(list_empty_once=True)
    sweep_now()

    assert len(nodes.primary.journal()) == writes
    assert not NodeState.objects.filter(verified=False).exists()
    assert held_by(nodes.primary, trunk)
    sweep_now()
    assert_world_consistent(orders=[trunk.pk])


def test_a_node_in_order_is_left_alone(order, nodes):
    order()
    sweep_now()
    writes = [len(node.journal()) for node in nodes.all]

    sweep_now()

    assert [len(node.journal()) for node in nodes.all] == writes


def test_a_change_that_is_pending_is_not_drift(order, nodes):
    trunk = order()
    nodes.backup.fault(down=True)
    work_on(trunk)
    nodes.primary.fault(restart_empty=True)

    compare_node(SbcNode.objects.get(role=NodeRole.PRIMARY))

    assert NodeState.objects.get(node__role=NodeRole.PRIMARY, subject_kind=SUBJECT).verified
    assert newest(trunk).is_pending


def test_a_changed_gateway_reaches_the_nodes_of_its_data_centre(new_york, frankfurt, nodes):
    sweep_now()
    before = listed(nodes.frankfurt, NODE)

    Gateway.objects.create(data_centre=new_york, name="Carrier", host="127.77.2.1")
    sweep_now()

    assert [held.fence for held in listed(nodes.primary, NODE)] == [Fence(2, 1)]
    assert [held.fence for held in listed(nodes.backup, NODE)] == [Fence(2, 1)]
    assert listed(nodes.frankfurt, NODE) == before
    assert_world_consistent()


def test_a_number_reaches_the_nodes_by_the_sweep(order, nodes, new_york):
    trunk = order()
    number = Number.objects.create(e164="+13125550100", data_centre=new_york)

    assign_number(number, trunk, None)
    sweep_now()

    assert [held.id for held in listed(nodes.primary, NUMBER)] == ["+13125550100"]
    assert_world_consistent(orders=[trunk.pk])


def test_a_number_that_is_taken_back_leaves_the_nodes(order, nodes, new_york):
    number = Number.objects.create(e164="+13125550100", data_centre=new_york)
    assign_number(number, order(), None)
    sweep_now()

    give_number(number, None, None, None)
    sweep_now()

    assert listed(nodes.primary, NUMBER) == []
    assert_world_consistent()


@pytest.mark.parametrize("fault", [{"hang": True}, {"slow": 20}], ids=["hanging", "slow"])
def test_f16_f17_a_dead_node_delays_only_its_own_data_centre(order, order_in_frankfurt, nodes, fault):
    nodes.primary.fault(**fault)
    waiting = [order(), order(), order()]
    quick = order_in_frankfurt()
    nodes_of_frankfurt = list(SbcNode.objects.filter(data_centre="FRANKFURT"))

    operation = work_on(quick)

    assert operation.status == Status.SUCCESS
    assert all(newest(trunk).is_pending for trunk in waiting)
    assert_world_consistent(nodes_of_frankfurt, orders=[quick.pk])


def test_a_failing_node_is_called_by_one_operation_only(order, nodes, settings):
    settings.NODE_PAUSE_SECONDS = 60
    nodes.backup.fault(down=True)
    first, second = order(), order()
    work_on(first)
    nodes.backup.heal()
    SbcNode.objects.update(swept_at=None)

    engine.run(newest(second).pk)

    assert newest(second).reason == "NodeUnavailable"
    assert not held_by(nodes.backup, second)
    hurry()
    engine.run(newest(second).pk)
    assert newest(second).status == Status.SUCCESS
