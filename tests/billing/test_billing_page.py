"""The billing page: figures, open holds, every movement, who may look."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from billing.services import capture, credit, hold, release
from tests.factories import make_account, make_member

URL = reverse("billing:overview")


def hold_some(account, reference="trunk:1", name="Main office"):
    hold(account, Decimal(45), reference=reference, description=name, actor=None)


def test_the_page_shows_what_there_is_what_is_held_and_what_is_left(alice, account):
    hold_some(account)

    content = alice.get(URL).content.decode()

    for figure in ("$1,000.00", "\u2212$45.00", "$955.00"):
        assert figure in content


def test_an_open_hold_says_what_it_is_for(alice, account):
    hold_some(account)

    sentence = "Held, not charged: $45.00 for “Main office”, given back if it comes to nothing."
    assert sentence in alice.get(URL).content.decode()


def test_each_movement_shows_its_amount_and_the_balance_after_it(alice, account):
    hold_some(account)
    capture(account, reference="trunk:1")
    credit(account, Decimal("10.50"), reference="gift", description="A gift", actor=None)

    content = alice.get(URL).content.decode()

    cells = re.findall(r'data-label="(Amount|Balance)"[^>]*><span>([^<]*)<', content)
    assert cells == [
        *(("Amount", "+$10.50"), ("Balance", "$965.50")),
        *(("Amount", "\u2212$45.00"), ("Balance", "$955.00")),
        *(("Amount", "–"), ("Balance", "$1,000.00")),
        *(("Amount", "+$1,000.00"), ("Balance", "$1,000.00")),
    ]


def test_a_movement_has_its_absolute_time_with_the_zone(alice, account):
    hold_some(account)

    assert re.search(r'<time [^>]*title="\d+ \w+ \d{4}, \d\d:\d\d \(UTC\)">', alice.get(URL).content.decode())


@pytest.mark.parametrize("end", [capture, release])
def test_an_ended_hold_is_not_held_any_more(alice, account, end):
    hold_some(account)
    end(account, reference="trunk:1")

    assert "for “Main office”" not in alice.get(URL).content.decode()


def test_pages_hold_25_movements(alice, account):
    for number in range(26):
        credit(account, Decimal(1), reference=f"r{number}", description=f"Transfer {number:02}", actor=None)

    assert "Page 1 of 2, 27 movements" in alice.get(URL).content.decode()
    assert "Transfer 00" in alice.get(URL, {"page": 2}).content.decode()


def test_without_money_the_page_says_how_to_get_some(db):
    account = make_account(money="0")
    client = Client()
    client.force_login(make_member(account), backend="django.contrib.auth.backends.ModelBackend")

    assert "No money has moved yet" in client.get(URL).content.decode()


@pytest.mark.parametrize("role", Role)
def test_everybody_of_the_account_sees_the_money(account, role):
    client = Client()
    client.force_login(make_member(account, role), backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(URL).status_code == 200


def test_a_stranger_sees_only_their_own(charlie, account):
    hold_some(account)

    assert "Main office" not in charlie.get(URL).content.decode()


def test_visitors_sign_in_first(client, db):
    assert client.get(URL)["Location"].startswith(reverse("account_login"))


def test_three_rows_need_as_many_queries_as_one(alice, account):
    alice.get(URL)
    with CaptureQueriesContext(connection) as one:
        alice.get(URL)
    hold_some(account)
    hold_some(account, "trunk:2")

    with CaptureQueriesContext(connection) as three:
        alice.get(URL)

    assert len(three) == len(one)
