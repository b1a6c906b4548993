"""Routes on nodes: written, read back, given up, owed, deleted; and rehearsed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioning.enums import NodeRole, Status
from provisioning.failpoints import NAMES
from provisioning.models import Operation
from provisioning.registry import subject_of
from provisioning.rehearsing import rehearse_at
from routing.models import Number
from routing.models.route import SUBJECT
from routing.rehearsing import Question, rehearse
from routing.services import assign_number, change_route, revert_route
from routing.specification import RouteSettings
from sbc.documents import ROUTE
from tests.factories import make_specification, order_trunk, registered
from tests.provisioning.scene import crashing, listed, sweep_now, work_on
from tests.routing.roads import again, drop, make_route, newest, settings_of
from tests.world import assert_world_consistent
from trunks.services import delete_trunk, disable_trunk

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "+13124441212"
ROLES = pytest.mark.parametrize("role", list(NodeRole))


@pytest.fixture
def trunks(customer, engineer, new_york):
    made = [order_trunk(customer, make_specification(new_york, name=name), engineer) for name in ("Office", "Backup")]
    for trunk in made:
        work_on(trunk)
    return made


@pytest.fixture
def route(customer, engineer, trunks):
    route = make_route(customer, "Day", *trunks, PHONE, actor=engineer)
    sweep_now()
    return again(route)


@pytest.fixture
def number(customer, new_york, route):
    number = Number.objects.create(e164="+13125550100", data_centre=new_york, account=customer)
    assign_number(number, route, None)
    sweep_now()
    return number


def night(route):
    """Other settings: without its second trunk."""
    settings = RouteSettings.of(route.wanted)
    return replace(settings, name="Night", entries=settings.entries[::2])


def held(node, route):
    return next((each.hash for each in listed(node, ROUTE) if each.id == str(route.pk)), "")


def hash_of(route):
    document = subject_of(SUBJECT).compile(str(route.pk))
    return document.hash if document else ""


def pass_deadline(route):
    Operation.objects.filter(pk=newest(route).pk).update(deadline_at="2020-01-01T00:00:00Z")


def test_a_route_is_read_back_from_both_nodes(route, nodes):
    assert newest(route).status == Status.SUCCESS
    assert {held(node, route) for node in (nodes.primary, nodes.backup)} == {hash_of(route)}
    assert_world_consistent()


@ROLES
def test_a_change_that_a_dead_node_holds_up_is_given_up_and_the_live_revision_stays(route, nodes, engineer, role):
    nodes[role].fault(down=True)
    change_route(route, night(route), seen=1, actor=engineer)
    sweep_now()
    assert newest(route).reason == "NodeUnavailable"

    pass_deadline(route)
    sweep_now()
    nodes[role].heal()
    sweep_now()

    route = again(route)
    assert (newest(route).status, route.name, route.live.number) == (Status.RESET, "Day", 1)
    assert {held(node, route) for node in (nodes.primary, nodes.backup)} == {hash_of(route)}
    assert_world_consistent()


def test_a_change_that_a_node_refuses_is_taken_back_at_once(route, nodes, engineer):
    change_route(route, night(route), seen=1, actor=engineer)
    nodes.backup.fault(reject={hash_of(route): "KamailioError"})

    sweep_now()

    assert (newest(route).status, again(route).name) == (Status.RESET, "Day")
    nodes.backup.heal()
    sweep_now()
    assert_world_consistent()


@pytest.mark.parametrize("failpoint", NAMES)
def test_whoever_dies_on_the_way_the_next_one_finishes(route, nodes, engineer, failpoint):
    change_route(route, night(route), seen=1, actor=engineer)
    with crashing(failpoint):
        sweep_now()

    sweep_now()

    assert (newest(route).status, again(route).live.number) == (Status.SUCCESS, 2)
    assert_world_consistent()


def test_undo_brings_the_earlier_document_back(route, nodes, engineer):
    before = hash_of(route)
    change_route(route, night(route), seen=1, actor=engineer)
    sweep_now()

    revert_route(again(route), seen=2, actor=engineer)
    sweep_now()

    assert held(nodes.primary, route) == before
    assert_world_consistent()


def test_a_deletion_waits_for_a_dead_node_and_its_numbers_lead_elsewhere_at_once(
    route, number, nodes, trunks, engineer
):
    nodes.backup.fault(down=True)
    drop(route, trunks[0], engineer)
    sweep_now()
    assert newest(route).is_pending
    number.refresh_from_db()
    assert number.trunk == trunks[0]

    nodes.backup.heal()
    sweep_now()

    assert again(route).gone_at is not None
    assert [held(node, route) for node in (nodes.primary, nodes.backup)] == ["", ""]
    assert_world_consistent()


def test_a_route_without_a_node_is_done_at_once_and_follows_the_first_number(customer, engineer, frankfurt, nodes):
    route = make_route(customer, "Only a phone", PHONE, actor=engineer)
    sweep_now()
    assert newest(route).status == Status.SUCCESS
    number = Number.objects.create(e164="+4930123456", data_centre=frankfurt)

    assign_number(number, route, None)
    sweep_now()

    assert held(nodes.frankfurt, route) == hash_of(route)
    assert_world_consistent()


def test_a_route_leaves_the_nodes_of_a_trunk_that_it_no_longer_has(customer, engineer, route, frankfurt, nodes):
    far = order_trunk(customer, make_specification(frankfurt), engineer)
    work_on(far)
    change_route(route, settings_of("Day", far), seen=1, actor=engineer)
    sweep_now()
    assert held(nodes.frankfurt, route)

    revert_route(again(route), seen=2, actor=engineer)
    sweep_now()

    assert not held(nodes.frankfurt, route)
    assert held(nodes.primary, route)
    assert_world_consistent()


def test_a_node_that_lost_everything_gets_its_routes_again(route, nodes):
    nodes.primary.fault(restart_empty=True)

    sweep_now()
    sweep_now()

    assert held(nodes.primary, route) == hash_of(route)
    assert_world_consistent()


def asked(route, number="+13125550100", place="NEW_YORK", saved=False):
    settings = RouteSettings.of(route.wanted)
    trunks = {str(each.trunk_id): each.trunk for each in route.wanted.entries.all() if each.trunk}
    return rehearse(Question(place, number), settings.entries, trunks, route.account_id, saved=saved)


def told(rehearsed):
    return [(stage.name, stage.word) for stage in rehearsed.stages]


def test_the_node_says_what_it_would_do_now(route, number):
    found = asked(route, saved=True)

    assert told(found) == [("Office", "Tried first"), ("Backup", "Tried next"), (PHONE, "Passed over")]
    assert found.told == "Primary node of New York, asked just now"
    assert found.stages[0].hops == ("127.77.200.1:5060",)
    assert found.stages[0].after == (
        "If it cannot be reached, does not answer within 20 s or has an error (5xx): on to 2. Backup. "
        "Any other answer is the caller's"
    )
    assert found.stages[2].detail == "no way into the telephone network is open"


def test_what_is_disabled_deleted_or_silent_is_passed_over_and_the_page_says_why(
    route, number, trunks, nodes, engineer
):
    disable_trunk(trunks[0], engineer)
    sweep_now()
    answer = "tried=9;answered=0;code=408;ms=0;missed=3;silent=1;"
    nodes.primary.fault(answers={f"{trunks[1].pk}/127.77.200.1:5060": answer})

    found = asked(route)

    assert told(found)[0] == ("Office", "Passed over")
    assert "disabled" in found.stages[0].detail
    # Nobody else can take the call: the silent one is tried after all.
    assert told(found)[1] == ("Backup", "Tried first")
    delete_trunk(trunks[1], engineer)
    sweep_now()
    assert asked(route).summary.startswith("No entry could take the call now")


def test_nobody_registered_means_nobody_to_ring(customer, engineer, new_york, nodes):
    trunk = order_trunk(customer, registered(new_york, name="PBX"), engineer)
    route = make_route(customer, "Day", trunk, actor=engineer)
    sweep_now()

    assert asked(again(route)).stages[0].detail == "no PBX is registered on it"


def test_a_trunk_elsewhere_is_asked_about_there(customer, engineer, route, frankfurt, nodes):
    far = order_trunk(customer, make_specification(frankfurt, name="Far away"), engineer)
    work_on(far)
    office = route.wanted.entries.get(position=1).trunk
    change_route(route, settings_of("Day", office, far), seen=1, actor=engineer)
    sweep_now()

    found = asked(again(route))

    assert told(found) == [("Office", "Tried first"), ("Far away", "Tried next")]
    assert found.stages[1].detail == "by way of the nodes of Frankfurt"
    nodes.frankfurt.fault(down=True)
    assert told(asked(again(route)))[1] == ("Far away", "Unknown")


def test_the_backup_is_asked_when_the_primary_does_not_answer(route, nodes):
    nodes.primary.fault(down=True)
    assert asked(route).told.startswith("Backup node of New York")

    nodes.backup.fault(down=True)
    assert "can say at the moment" in asked(route).trouble


def test_a_number_that_leads_nowhere_is_refused(number, route, engineer):
    assign_number(number, None, engineer)
    sweep_now()

    said = rehearse_at("NEW_YORK", number.pk, PHONE)

    assert said.rehearsal.refused == "number-unassigned"
    assert asked(route, saved=True).trouble == "The call would be refused: the number leads nowhere"
