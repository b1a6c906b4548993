"""V-RT-4: no call comes back to where it was, through any chain of routes, of any accounts, whoever is quicker."""

from __future__ import annotations

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from common.errors import Conflict
from provisioning.enums import Status
from routing.loops import hold_still
from routing.models import Number
from routing.services import assign_number, change_route
from tests.factories import buy, make_account, make_member, make_number, open_data_centre
from tests.routing.roads import drop, live_route, settings_of, settle_route

PHONES = ["+13124441212", "+13124441213", "+13124441214"]
OUTSIDE = "+13124441299"


@pytest.fixture
def new_york(db):
    return open_data_centre()


def own(account, data_centre, e164):
    return Number.objects.create(e164=e164, data_centre=data_centre, account=account)


def chain(accounts, data_centre, phones=PHONES):
    """Each number leads to a route that ends on the next number; the last one ends outside."""
    numbers = [own(account, data_centre, phone) for account, phone in zip(accounts, phones, strict=True)]
    ends = [*phones[1:], OUTSIDE]
    routes = [live_route(account, f"To {end}", end) for account, end in zip(accounts, ends, strict=True)]
    for number, route in zip(numbers, routes, strict=True):
        assign_number(number, route, None)
    return numbers, routes


def save(route, phone):
    return change_route(
        route, settings_of(route.name, phone), seen=route.wanted.number, actor=make_member(route.account)
    )


def test_a_route_does_not_end_on_its_own_number(account, new_york):
    _numbers, [route] = chain([account], new_york, PHONES[:1])

    with pytest.raises(ValidationError) as raised:
        save(route, PHONES[0])

    assert raised.value.messages == [f"{PHONES[0]} uses this route, so calls would loop. Choose another number"]


def test_nor_through_a_chain_of_three(account, new_york):
    _numbers, routes = chain([account] * 3, new_york)

    for back in PHONES:
        with pytest.raises(ValidationError, match="calls would loop"):
            save(routes[2], back)


def test_nor_through_other_accounts(account, stranger_account, new_york):
    _numbers, routes = chain([account, stranger_account, make_account()], new_york)

    with pytest.raises(ValidationError, match=rf"\{PHONES[0]} uses this route"):
        save(routes[2], PHONES[0])


def test_a_chain_that_ends_is_fine(account, new_york):
    _numbers, routes = chain([account] * 3, new_york)

    assert save(routes[0], PHONES[2])
    assert save(routes[2], "+13124441298")


def test_a_number_is_not_pointed_at_a_route_that_leads_back_to_it(account, stranger_account, new_york):
    _numbers, routes = chain([account, stranger_account], new_york, PHONES[:2])
    third = own(account, new_york, OUTSIDE)

    with pytest.raises(Conflict) as raised:
        assign_number(third, routes[0], None)

    assert str(raised.value.message) == (
        f'"{routes[0]}" leads back to {OUTSIDE}, so calls would loop. Choose another place'
    )
    assert Number.objects.get(pk=OUTSIDE).route is None


def test_a_number_is_not_bought_into_a_loop(account, new_york):
    route = live_route(account, "Day", PHONES[0])
    number = make_number(PHONES[0], new_york)

    with pytest.raises(ValidationError, match="calls would loop"):
        buy(account, [number], target=route)


def test_a_replacement_makes_no_loop(account, new_york):
    numbers, routes = chain([account] * 2, new_york, PHONES[:2])
    back = live_route(account, "Back", numbers[1].pk)

    with pytest.raises(ValidationError, match="calls would loop"):
        drop(routes[1], back)


def test_a_route_that_is_being_changed_counts_as_it_was_too(account, new_york):
    """The change may still come to nothing."""
    numbers, routes = chain([account], new_york, PHONES[:1])
    save(routes[0], "+13124441298")
    outside = own(account, new_york, OUTSIDE)

    with pytest.raises(Conflict, match="calls would loop"):
        assign_number(outside, live_route(account, "Back", numbers[0].pk), None)

    settle_route(routes[0])
    assign_number(outside, live_route(account, "Forth", numbers[0].pk), None)


def test_a_change_that_came_to_nothing_makes_no_loop(account, new_york):
    numbers, routes = chain([account], new_york, PHONES[:1])
    save(routes[0], "+13124441298")
    other = own(account, new_york, "+13124441298")

    with pytest.raises(Conflict, match="calls would loop"):
        assign_number(other, live_route(account, "Back", numbers[0].pk), None)

    settle_route(routes[0], Status.RESET)
    assign_number(other, live_route(account, "Forth", numbers[0].pk), None)


@pytest.mark.django_db(transaction=True)
def test_two_accounts_cannot_make_half_a_loop_each_at_the_same_moment():
    new_york = open_data_centre()
    alice, charlie = make_account(), make_account()
    numbers = [own(alice, new_york, PHONES[0]), own(charlie, new_york, PHONES[1])]
    routes = [live_route(alice, "There", PHONES[1]), live_route(charlie, "Back", PHONES[0])]
    outcomes = []

    def point(number, route):
        try:
            assign_number(number, route, None)
            outcomes.append("pointed")
        except Conflict:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=point, args=pair) for pair in zip(numbers, routes, strict=True)]
    with transaction.atomic():
        hold_still()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(0.3)  # both stand before the check by now, each under its own account's lock
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["pointed", "refused"]
