"""The billing page: figures, open holds, every movement, who may look."""

from __future__ import annotations

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

    sentence = "Held, not charged: $45.00 for “Main office”, released if the trunk cannot be created."
    assert sentence in alice.get(URL).content.decode()


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


@pytest.mark.parametrize(("role", "status"), [(Role.BILLING, 200), (Role.OWNER, 200), (Role.VIEWER, 403)])
def test_money_is_for_those_who_may_see_it(account, role, status):
    client = Client()
    client.force_login(make_member(account, role), backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(URL).status_code == status


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
