"""Many customers, one number: real threads, each with its own connection to the database."""

from __future__ import annotations

from collections import Counter
from functools import partial
from uuid import uuid4

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from billing.enums import EntryKind
from billing.models import LedgerEntry
from provisioning.enums import Status
from provisioning.models import Operation
from routing.models import Number, NumberOrder
from routing.pricing import offer_for
from routing.services import Cart, NumbersTaken, buy_numbers
from tests.factories import make_account, make_member, make_number, open_data_centre
from tests.routing.endings import end
from tests.trunks.test_wizard_at_once import at_once, same_person

BUYERS, ROUNDS = 8, 50
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def new_york():
    return open_data_centre()


def attempt(account, actor, numbers, seen):
    cart = Cart(uuid4(), [number.pk for number in numbers], None, seen)
    try:
        buy_numbers(account.pk, cart, actor)
    except NumbersTaken:
        return "taken"
    return "bought"


def test_of_eight_who_want_one_number_one_gets_it_and_nothing_is_left_held(new_york):
    people = [(account, make_member(account)) for account in (make_account() for _buyer in range(BUYERS))]
    winners = Counter()
    for at in range(ROUNDS):
        number = make_number(f"+131255501{at:02}", new_york)
        seen = offer_for([number], "USD").fingerprint

        outcomes = at_once(*[partial(attempt, *person, [number], seen) for person in people])

        assert Counter(outcomes) == {"bought": 1, "taken": BUYERS - 1}
        number.refresh_from_db()
        winners[number.account_id] += 1
        end(number, Status.SUCCESS)
    assert LedgerEntry.objects.aggregate(held=Sum("held_change"))["held"] == 0
    assert LedgerEntry.objects.filter(kind=EntryKind.CAPTURE).count() == NumberOrder.objects.count() == ROUNDS
    assert not Operation.objects.exclude(status=Status.SUCCESS).exists()
    assert winners.total() == ROUNDS


def test_carts_that_cross_each_other_are_all_or_nothing(new_york):
    """Everybody wants two of three numbers: at most one cart wins, and nobody waits for ever."""
    people = [(account, make_member(account)) for account in (make_account() for _buyer in range(6))]
    for at in range(10):
        numbers = [make_number(f"+13125551{at}{n}0", new_york) for n in range(3)]
        carts = [[numbers[who % 3], numbers[(who + 1) % 3]] for who in range(6)]
        attempts = [
            partial(attempt, *person, cart, offer_for(cart, "USD").fingerprint)
            for person, cart in zip(people, carts, strict=True)
        ]

        outcomes = at_once(*attempts)

        assert Counter(outcomes) == {"bought": 1, "taken": 5}
        assert Number.objects.filter(pk__in=[number.pk for number in numbers], account=None).count() == 1


def test_pay_now_pressed_in_two_tabs_is_one_order(new_york):
    account = make_account()
    client = Client()
    client.force_login(make_member(account, Role.ENGINEER), backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("routing:review")
    for at in range(ROUNDS // 5):
        number = make_number(f"+131255501{at:02}", new_york)
        seen, order = offer_for([number], "USD").fingerprint, str(uuid4())
        tabs = [same_person(client) for _tab in range(3)]

        paid = at_once(
            *[partial(tab.post, url, {"pick": number.pk, "seen": seen, "order": order, "to": ""}) for tab in tabs]
        )

        assert [answer.status_code for answer in paid] == [303, 303, 303]
        assert {answer["Location"] for answer in paid} == {reverse("routing:order", args=[order])}
        assert LedgerEntry.objects.filter(kind=EntryKind.HOLD).count() == NumberOrder.objects.count() == at + 1
