"""A route's life in the services: created, changed, undone, deleted with a replacement; pending, conflicts, limits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Account, AuditEvent
from accounts.services import AccountSuspended
from common.errors import ChangedMeanwhile, Conflict
from provisioning.enums import Status
from provisioning.models import NodeState
from provisioning.registry import subject_of
from routing.models import Number, Route
from routing.models.route import SUBJECT
from routing.services import assign_number, change_route, create_route, delete_route, revert_route
from routing.specification import RouteSettings
from tests.factories import make_account, make_member, make_specification, make_user, open_data_centre, order_trunk
from tests.routing.roads import (
    again,
    drop,
    entry,
    live_route,
    make_route,
    newest,
    settings_of,
    settle_route,
    states,
)
from tests.trunks.states import settle
from trunks.services import delete_trunk, suspend_account

PHONE = "+13124441212"


@pytest.fixture
def new_york(db):
    return open_data_centre()


@pytest.fixture
def office(account, new_york):
    return settle(order_trunk(account, make_specification(new_york, name="Main office")))


@pytest.fixture
def backup(account, new_york):
    return settle(order_trunk(account, make_specification(new_york, name="Backup")))


@pytest.fixture
def engineer(account):
    return make_member(account)


@pytest.fixture
def route(account, office, backup, engineer):
    return live_route(account, "Day", office, backup, PHONE, actor=engineer)


def point(account, data_centre, route, e164="+13125550100"):
    number = Number.objects.create(e164=e164, data_centre=data_centre, account=account)
    assign_number(number, route, None)
    return number


def codes_of(raised):
    trouble = raised.value
    return {error.code for errors in trouble.error_dict.values() for error in errors}


def test_a_new_route_is_asked_of_every_node_of_its_trunks(route):
    assert [state.wanted_hash for state in states(route)] == [subject_of(SUBJECT).compile(str(route.pk)).hash] * 2
    assert route.live == route.wanted
    assert [each.position for each in route.wanted.entries.all()] == [1, 2, 3]
    assert AuditEvent.objects.filter(action="route.create", subject_id=str(route.pk)).count() == 1


def test_its_document_says_what_it_does(route, office):
    document = subject_of(SUBJECT).compile(str(route.pk))

    assert [each.trunk_id or each.phone for each in document.entries][::2] == [str(office.pk), PHONE]
    assert document.entries[0].data_centre == "NEW_YORK"
    assert document.entries[0].hunt_on == ("UNREACHABLE", "TIMEOUT", "ERROR")
    assert document.entries[2].data_centre == ""


def test_a_change_is_a_revision_and_an_operation(route, office, engineer):
    operation = change_route(route, settings_of("Night", office), seen=1, actor=engineer)

    route = again(route)
    assert (operation.kind, operation.status, route.name) == ("UPDATE", "PENDING", "Night")
    assert (route.wanted.number, route.live.number) == (2, 1)
    assert (settle_route(route).live.number, newest(route).status) == (2, "SUCCESS")


def test_saving_the_same_again_changes_nothing(route, engineer):
    assert change_route(route, RouteSettings.of(route.wanted), seen=1, actor=engineer) is None
    assert newest(route).kind == "CREATE"


def test_a_change_that_is_given_up_leaves_what_was_live(route, office, engineer):
    change_route(route, settings_of("Night", office), seen=1, actor=engineer)

    route = settle_route(route, Status.RESET, "The backup node did not answer")

    assert (route.wanted, route.name, route.action) == (route.live, "Day", "RESET")
    assert route.revisions.count() == 2


def test_undo_goes_back_to_what_was_live_before(route, office, engineer):
    change_route(route, settings_of("Night", office), seen=1, actor=engineer)
    route = settle_route(route)

    revert_route(route, seen=2, actor=engineer)

    route = settle_route(route)
    assert RouteSettings.of(route.live) == RouteSettings.of(route.revisions.get(number=1))
    assert route.live.number == 3


def test_there_is_nothing_to_undo_on_a_new_route(route, engineer):
    with pytest.raises(Conflict, match="no earlier revision"):
        revert_route(route, seen=1, actor=engineer)


def test_who_looked_at_an_older_revision_is_told(route, office, backup, engineer):
    change_route(route, settings_of("Night", office), seen=1, actor=engineer)
    settle_route(route)

    with pytest.raises(ChangedMeanwhile) as raised:
        change_route(route, settings_of("Evening", backup), seen=1, actor=engineer)

    assert raised.value.code == "V-OP-2"


def test_nothing_changes_while_a_change_is_pending(route, office, backup, engineer):
    change_route(route, settings_of("Night", office), seen=1, actor=engineer)

    with pytest.raises(Conflict) as changing:
        change_route(route, settings_of("Evening", backup), seen=2, actor=engineer)
    with pytest.raises(Conflict) as deleting:
        drop(route, actor=engineer)

    assert {changing.value.code, deleting.value.code} == {"V-OP-1"}
    assert again(route).name == "Night"


def test_a_suspended_account_changes_nothing(account, route, office, engineer):
    suspend_account(account.pk, "PAYMENT", "", reason="Invoice 7", actor=make_user(is_staff=True))

    for change in (
        lambda: create_route(account.pk, settings_of("Night", office), engineer),
        lambda: change_route(route, settings_of("Night", office), seen=1, actor=engineer),
        lambda: drop(route, actor=engineer),
    ):
        with pytest.raises(AccountSuspended):
            change()


def test_names_are_taken_in_any_spelling_until_the_route_is_deleted(account, route, office, engineer):
    with pytest.raises(ValidationError) as raised:
        make_route(account, "dAY", office, actor=engineer)
    assert codes_of(raised) == {"V-RT-13"}

    drop(route, actor=engineer)

    assert make_route(account, "Day", office, actor=engineer).name == "Day"


def test_a_name_that_a_pending_change_gives_up_is_not_free_yet(account, route, office, engineer):
    change_route(route, settings_of("Night", office), seen=1, actor=engineer)

    with pytest.raises(ValidationError) as raised:
        make_route(account, "Day", office, actor=engineer)

    assert codes_of(raised) == {"V-RT-13"}


def test_another_account_may_have_the_same_name(stranger_account, new_york, route):
    theirs = order_trunk(stranger_account, make_specification(new_york))

    assert make_route(stranger_account, "Day", theirs).name == "Day"


def test_there_are_no_more_routes_than_the_limit(route, account, office, engineer):
    account.limits.routes = 1
    account.limits.save()

    with pytest.raises(ValidationError) as raised:
        make_route(account, "Night", office, actor=engineer)

    assert codes_of(raised) == {"V-RT-14"}
    assert raised.value.messages == ["You have 1 of 1 routes. Delete one or request more"]


def test_a_deleted_trunk_stays_until_the_next_change(route, office, backup, engineer):
    before = subject_of(SUBJECT).compile(str(route.pk))
    delete_trunk(backup, engineer)
    settle(backup)

    assert subject_of(SUBJECT).compile(str(route.pk)) == before
    with pytest.raises(ValidationError, match='"Backup" cannot receive calls'):
        change_route(route, replace(RouteSettings.of(route.wanted), name="Night"), seen=1, actor=engineer)


def test_a_route_that_nothing_could_use_needs_no_node(db):
    account = make_account()

    route = live_route(account, "Only a phone", PHONE)

    assert states(route) == []
    assert (newest(route).status, route.live) == ("SUCCESS", route.wanted)


def test_a_number_elsewhere_brings_the_route_there(account, route):
    frankfurt = open_data_centre("FRANKFURT")
    number = Number.objects.create(e164="+4930123456", data_centre=frankfurt)

    assign_number(number, route, None)

    wanted = {state.node.data_centre_id for state in states(route) if state.wanted_hash}
    assert wanted == {"NEW_YORK", "FRANKFURT"}


def test_a_number_that_comes_during_a_change_brings_it_when_the_change_ends(account, route, office, engineer):
    frankfurt = open_data_centre("FRANKFURT")
    change_route(route, settings_of("Night", office), seen=1, actor=engineer)
    operation = newest(route)
    settle_early = NodeState.objects.filter(subject_kind=SUBJECT)
    number = Number.objects.create(e164="+4930123456", data_centre=frankfurt)
    assign_number(number, route, None)
    assert {state.node.data_centre_id for state in settle_early.select_related("node")} == {"NEW_YORK"}

    operation.status = Status.SUCCESS
    operation.save()
    subject_of(SUBJECT).settled(operation)

    assert {state.node.data_centre_id for state in states(route)} == {"NEW_YORK", "FRANKFURT"}


@pytest.fixture
def number(account, new_york, route):
    return point(account, new_york, route)


def test_numbers_of_a_deleted_route_lead_to_its_replacement(account, route, number, office, engineer):
    drop(route, office, engineer)

    number.refresh_from_db()
    route = settle_route(route)
    assert (number.trunk, number.route, route.gone_at is not None) == (office, None, True)
    assert all(state.wants_absent for state in states(route))
    assert AuditEvent.objects.filter(action="number.assign", subject_id=number.pk).count() == 2


def test_they_may_lead_to_another_route_or_nowhere(account, route, number, backup, engineer):
    night = make_route(account, "Night", backup, actor=engineer)

    drop(route, night, engineer)
    number.refresh_from_db()
    assert number.route == night

    drop(settle_route(night), None, engineer)
    number.refresh_from_db()
    assert (number.trunk, number.route) == (None, None)


def test_nobody_decides_about_a_number_they_did_not_see(route, number, engineer):
    with pytest.raises(ValidationError, match=r"\+13125550100 uses this route by now"):
        delete_route(route, None, seen=[], actor=engineer)

    assert again(route).withdrawn_at is None


def test_a_replacement_must_be_able_to_take_the_calls(account, route, number, stranger_account, engineer):
    theirs = order_trunk(stranger_account, make_specification(number.data_centre))
    far = order_trunk(account, make_specification(open_data_centre("FRANKFURT")))

    for replacement in (theirs, far, route):
        with pytest.raises(ValidationError):
            drop(route, replacement, engineer)


def test_numbers_of_a_route_that_never_came_lead_nowhere(account, new_york, office, engineer):
    route = make_route(account, "Night", office, actor=engineer)
    number = point(account, new_york, route)

    settle_route(route, Status.FAILED, "A node refused it")

    number.refresh_from_db()
    assert number.route is None
    assert Route.objects.get(pk=route.pk).withdrawn_at is not None


def test_a_route_that_failed_can_only_be_deleted(account, office, engineer):
    route = settle_route(make_route(account, "Night", office, actor=engineer), Status.FAILED, "A node refused it")

    with pytest.raises(Conflict) as raised:
        change_route(route, settings_of("Day", office), seen=1, actor=engineer)
    drop(route, actor=engineer)

    assert raised.value.code == "V-OP-4"
    assert settle_route(route).gone_at is not None


def test_a_trunk_of_somebody_else_is_not_an_entry(account, stranger_account, new_york, engineer):
    theirs = order_trunk(stranger_account, make_specification(new_york, name="Secret"))

    with pytest.raises(ValidationError) as raised:
        make_route(account, "Day", theirs, actor=engineer)

    assert raised.value.messages == ["Choose one of your trunks"]


def test_ring_time_and_reasons_are_kept(account, office, engineer):
    asked = RouteSettings("Day", (entry(office, ring_seconds=5, hunt_on=("BUSY", "ERROR")), entry(PHONE)))

    route = create_route(account.pk, asked, engineer)

    first = route.wanted.entries.get(position=1)
    assert (first.ring_seconds, first.hunt_on) == (5, ["ERROR", "BUSY"])
    assert Account.objects.count() == 1
