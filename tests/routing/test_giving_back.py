"""Giving a number back: it leaves the nodes, then the account, and rests before others may buy it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.services import balance_of
from common.errors import Conflict
from provisioning.enums import Status
from provisioning.models import NodeState, Operation
from routing.models import Number
from routing.services import assign_number, give_back
from routing.stock import for_sale
from tests.factories import buy, make_member, make_number, make_specification, open_data_centre, order_trunk
from tests.routing.endings import end
from tests.trunks.states import settle
from trunks.services import delete_trunk, suspend_account

LIST = reverse("routing:list")
E164 = "+13125550142"


@pytest.fixture
def new_york(db):
    return open_data_centre()


@pytest.fixture
def number(account, new_york):
    """Bought, and live."""
    number = make_number(E164, new_york)
    buy(account, [number])
    end(number, Status.SUCCESS)
    number.refresh_from_db()
    return number


def page(number):
    return reverse("routing:give_back", args=[number.pk])


def words(response):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def polled(response):
    found = re.search(r'data-poll-url="([^"]*)"', response.content.decode())
    return unescape(found[1]) if found else None


@pytest.mark.parametrize("typed", ["+13125550142", "1 (312) 555-0142", "13125550142"])
def test_the_number_typed_in_any_spelling_gives_it_back(alice, number, typed):
    answer = alice.post(page(number), {"number": typed})

    number.refresh_from_db()
    assert answer["Location"] == LIST
    assert number.leaving_at is not None
    assert Operation.objects.get(kind="DELETE").subject_id == E164


@pytest.mark.parametrize("typed", ["", "3125550142", "+13125550143", "yes", "+1312555014２"])
def test_anything_else_typed_keeps_it(alice, number, typed):
    answer = alice.post(page(number), {"number": typed})

    assert answer.status_code == 422
    assert "Enter the number exactly as shown" in words(answer)
    assert not Operation.objects.filter(kind="DELETE").exists()


def test_the_page_says_what_happens(alice, number):
    text = words(alice.get(page(number)))

    assert "nothing is refunded" in text
    assert "After 30 days others may buy it" in text


def test_the_nodes_are_asked_to_forget_it_and_nothing_is_refunded(alice, account, number):
    paid = balance_of(account).balance
    give_back(number, make_member(account))

    end(number, Status.SUCCESS)

    number.refresh_from_db()
    assert {state.wanted_hash for state in NodeState.objects.filter(subject_id=E164)} == {""}
    assert (number.account, number.order, number.monthly, number.leaving_at) == (None, None, None, None)
    assert balance_of(account).balance == paid


def test_it_rests_for_thirty_days_before_others_may_buy_it(stranger_account, account, number):
    give_back(number, make_member(account))
    end(number, Status.SUCCESS)

    number.refresh_from_db()
    rest = number.for_sale_at - timezone.now()
    assert timedelta(days=29, hours=23) < rest <= timedelta(days=30)
    assert number not in for_sale(stranger_account)
    Number.objects.update(for_sale_at=timezone.now())
    assert number in for_sale(stranger_account)


def test_it_is_shown_as_being_given_back_and_leaves_the_list_by_itself(alice, account, number, new_york):
    stays = Number.objects.create(e164="+13125550199", data_centre=new_york, account=account)
    give_back(number, make_member(account))
    shown = alice.get(LIST)

    end(number, Status.SUCCESS)
    answer = alice.get(polled(shown))

    assert "Being given back" in words(shown)
    assert answer.status_code == 286
    assert 'id="number-13125550142"\n         hx-swap-oob="delete"' in answer.content.decode()
    assert "+13125550142 was given back" in words(answer)
    assert E164 not in words(alice.get(LIST))
    assert str(stays) in words(alice.get(LIST))


def test_the_last_number_that_leaves_shows_the_empty_list(alice, account, number):
    give_back(number, make_member(account))
    poll = polled(alice.get(LIST))
    end(number, Status.SUCCESS)

    assert alice.get(poll)["HX-Refresh"] == "true"


def test_meanwhile_it_is_neither_pointed_elsewhere_nor_given_back_again(account, number, new_york):
    trunk = order_trunk(account, make_specification(new_york))
    give_back(number, trunk.created_by)
    number.refresh_from_db()

    for act in (lambda: assign_number(number, trunk, None), lambda: give_back(number, trunk.created_by)):
        with pytest.raises(Conflict):
            act()


def test_a_suspended_account_may_give_back_but_not_point_elsewhere(alice, account, number, new_york):
    trunk = settle(order_trunk(account, make_specification(new_york)))
    suspend_account(account.pk, "PAYMENT", "", reason="A reason of ten letters", actor=trunk.created_by)

    pointed = alice.post(reverse("routing:assign", args=[number.pk]), {"to": f"trunk:{trunk.pk}"})
    given = alice.post(page(number), {"number": E164})

    assert (pointed.status_code, given.status_code) == (409, 303)


def test_a_strangers_number_is_404(charlie, number):
    assert charlie.get(page(number)).status_code == 404
    assert charlie.post(page(number), {"number": E164}).status_code == 404


def test_a_number_that_is_given_back_is_404(alice, account, number):
    give_back(number, make_member(account))
    end(number, Status.SUCCESS)

    assert alice.get(page(number)).status_code == 404


def test_a_viewer_may_not_give_back(bob, number):
    assert bob.post(page(number), {"number": E164}).status_code == 403


def test_a_trunk_that_departs_leaves_numbers_that_are_being_activated_nowhere(account, new_york):
    trunk = settle(order_trunk(account, make_specification(new_york)))
    number = make_number(E164, new_york)
    buy(account, [number], target=trunk)

    delete_trunk(trunk, trunk.created_by)
    settle(trunk)
    number.refresh_from_db()
    assert (number.trunk, number.action) == (None, Status.PENDING)
    end(number, Status.SUCCESS)

    number.refresh_from_db()
    assert (number.account, number.trunk) == (account, None)
    assert NodeState.objects.filter(subject_id=E164).exclude(wanted_hash="").count() == 2
