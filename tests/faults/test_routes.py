"""Routes while things break: a node in trouble, two people at once; what was live stays live until the new is."""

import threading

import pytest
from django.db import connection

from common.errors import Conflict
from provisioning.enums import NodeRole, Status
from provisioning.models import Operation
from routing.models import Number
from routing.models.route import SUBJECT
from routing.services import assign_number, change_route
from sbc.documents import ROUTE
from tests.provisioning.scene import listed, wait_until, wait_until_quiet
from tests.provisioning.scene import newest as newest_of
from tests.routing.roads import again, make_route, newest, settings_of
from tests.world import assert_world_consistent

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PHONE = "+13124441212"
ROLES = pytest.mark.parametrize("role", list(NodeRole))


@pytest.fixture
def trunk(order, sweeping):
    trunk = order()
    sweeping()
    wait_until(lambda: newest_of(trunk).status == Status.SUCCESS)
    return trunk


@pytest.fixture
def route(customer, engineer, new_york, trunk):
    """Live, and used by a number."""
    route = make_route(customer, "Day", trunk, PHONE, actor=engineer)
    number = Number.objects.create(e164="+13125550100", data_centre=new_york, account=customer)
    assign_number(number, route, engineer)
    wait_until(lambda: newest(route).status == Status.SUCCESS)
    return again(route)


def hashes(nodes, route):
    return [{held.id: held.hash for held in listed(node, ROUTE)}.get(str(route.pk)) for node in nodes.all[:2]]


@ROLES
@pytest.mark.parametrize("fault", [{"down": True}, {"hang": True}, {"apply_then_drop_reply": True}])
def test_a_change_that_a_node_holds_up_is_given_up_and_the_live_one_stays(route, nodes, trunk, role, fault):
    before = hashes(nodes, route)
    nodes[role].fault(**fault)
    change_route(route, settings_of("Night", trunk), seen=1, actor=trunk.created_by)
    wait_until(lambda: newest(route).reason == "NodeUnavailable")

    Operation.objects.filter(pk=newest(route).pk).update(deadline_at="2020-01-01T00:00:00Z")
    wait_until(lambda: newest(route).undoing)
    nodes[role].heal()
    wait_until(lambda: newest(route).status == Status.RESET)
    wait_until_quiet()

    assert again(route).name == "Day"
    assert hashes(nodes, route) == before
    assert_world_consistent()


@ROLES
def test_a_change_waits_for_a_node_that_comes_back(route, nodes, engineer, trunk, role):
    nodes[role].fault(down=True)
    change_route(route, settings_of("Night", trunk), seen=1, actor=engineer)
    wait_until(lambda: newest(route).reason == "NodeUnavailable")

    nodes[role].heal()
    wait_until(lambda: newest(route).status == Status.SUCCESS)
    wait_until_quiet()

    assert len(set(hashes(nodes, route))) == 1
    assert_world_consistent()


def test_of_two_people_who_save_at_the_same_moment_one_is_told(route, engineer, trunk):
    outcomes = []

    def save(name):
        try:
            change_route(route, settings_of(name, trunk), seen=1, actor=engineer)
            outcomes.append("saved")
        except Conflict as conflict:
            outcomes.append(conflict.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[name]) for name in ("Night", "Evening", "Noon")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until_quiet()

    assert sorted(outcomes) == ["V-OP-2", "V-OP-2", "saved"]
    assert Operation.objects.filter(subject_kind=SUBJECT, subject_id=str(route.pk)).count() == 2
    assert_world_consistent()
