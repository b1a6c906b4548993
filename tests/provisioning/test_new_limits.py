"""Limits of an account that its nodes hold."""

from accounts.new_limits import tell_new_limits
from provisioning.models import NodeState
from sbc.client import Held
from tests.provisioning.scene import held_by, sweep_now, work_on
from tests.world import assert_world_consistent
from trunks.compile import trunk_document


def test_a_changed_number_of_calls_per_second_reaches_the_nodes_without_an_operation(order, nodes, customer):
    trunk = order()
    work_on(trunk)
    customer.limits.calls_per_second = 25
    customer.limits.save()

    tell_new_limits(customer)
    sweep_now()
    sweep_now()

    trunk.refresh_from_db()
    wanted = trunk_document(trunk)
    assert wanted.calls_per_second == 25
    for node in (nodes.primary, nodes.backup):
        held = held_by(node, trunk)
        assert isinstance(held, Held)
        assert held.hash == wanted.hash
    assert not NodeState.objects.filter(subject_id=str(trunk.pk), verified=False).exists()
    assert_world_consistent(orders=[trunk.pk])
