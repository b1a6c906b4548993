"""Every address of the staff site: each staff role by the table, everybody else stays outside."""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from portal.staff_groups import READERS, SUPPORT
from tests.factories import make_member, make_user
from tests.portal.matrix import ADMIN, ADMIN_ROWS, EVERYBODY, Staff
from tests.portal.sides import ADDRESSES, DONE, ODD_METHODS, REFUSED, everything, signed_in, status_of, status_of_trying
from tests.portal.staff import REASON, member_of_staff

DOORS = {reverse("admin:login"), reverse("account_login")}
# Enough for every page that asks for a reason, and for the one that asks whether to delete.
ANSWERS = {"reason": REASON, "post": "yes"}
ASKED = {"admin:autocomplete": "?app_label=routing&model_name=number&field_name=trunk&term=a"}
# There is no such page, and no row of ours has one for the public.
NOTHING_THERE = {"admin/(?P<url>.*)$", "admin:view_on_site"}
INSIDE = sorted(name for name in ADMIN if EVERYBODY not in ADMIN[name])


@pytest.fixture
def urls(rows):
    """Name → address, about the rows of the test."""
    return {name: url_of(name, rows) for name in INSIDE}


def url_of(name, rows):
    if not name.startswith("admin:"):
        return "/" + re.sub(r"\(.*|<.*>", lambda _words: row_of(name.split("/"), rows), name)
    known = {"app_label": "trunks", "content_type_id": 1}
    values = {word: known.get(word) or row_of(name.removeprefix("admin:").split("_"), rows) for word in ADDRESSES[name]}
    return reverse(name, kwargs=values) + ASKED.get(name, "")


def row_of(words, rows):
    """The key of the row that an address with these words is about."""
    labels = (".".join(pair) for pair in pairwise(words))
    return next((str(rows[label].pk) for label in labels if label in rows), "1")


@pytest.fixture
def people(db):
    return {
        Staff.ROOT: make_user("root@example.com", is_staff=True, is_superuser=True),
        Staff.SUPPORT: member_of_staff(SUPPORT, "support@example.com"),
        Staff.READER: member_of_staff(READERS, "reader@example.com"),
    }


def test_every_model_of_the_staff_site_is_in_the_table_and_has_a_row(rows):
    labels = {model._meta.label_lower for model in admin.site._registry}

    assert labels == ADMIN_ROWS.keys() == rows.keys()


@pytest.mark.parametrize("who", Staff)
def test_staff_may_do_what_the_table_says(urls, people, who):
    client, wrong = signed_in(people[who]), {}
    client.get(reverse("admin:index"))
    before = everything()

    for name, url in urls.items():
        nothing = {404} if name in NOTHING_THERE else set()
        for method, allowed in zip(("get", "post"), ADMIN[name], strict=True):
            data = ANSWERS if method == "post" else None
            if who not in allowed:
                status, expected = status_of(client, method, url, data), REFUSED
            else:
                status, expected = status_of_trying(client, method, url, data), DONE | nothing
            if status not in expected:
                wrong[name, method] = status

    assert not wrong
    assert everything() == before


@pytest.mark.parametrize("role", [None, *Role])
def test_nobody_else_gets_in(account, urls, role):
    client = signed_in(make_member(account, role)) if role else Client()
    wrong, before = {}, everything()

    for name, url in urls.items():
        for method in ("get", "post"):
            answer = getattr(client, method)(url, ANSWERS if method == "post" else None)
            door = urlsplit(answer.get("Location", "")).path
            # Signing out leads to the start of the staff site, which is closed too.
            closed = answer.status_code == 302 and door in DOORS | ({"/admin/"} if name == "admin:logout" else set())
            if not closed and answer.status_code != 403:
                wrong[name, method] = answer.status_code, door

    assert not wrong
    assert everything() == before


def test_the_door_itself_leads_visitors_to_sign_in_and_turns_customers_away(client, alice):
    door = reverse("admin:login")

    assert urlsplit(client.get(door)["Location"]).path == reverse("account_login")
    assert {alice.get(door).status_code, alice.post(door).status_code} == {403}


@pytest.mark.parametrize("method", ODD_METHODS)
def test_no_staff_page_knows_other_methods(urls, people, method):
    client = signed_in(people[Staff.ROOT])
    before = everything()

    answers = {name: status_of(client, method, url) for name, url in urls.items()}

    assert set(answers.values()) == {405}
    assert everything() == before


def test_a_form_of_another_site_is_refused(urls, people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people[Staff.ROOT])
    before = everything()

    answers = {name: status_of(client, "post", url, ANSWERS) for name, url in urls.items()}

    assert not {name: status for name, status in answers.items() if status not in REFUSED}
    assert everything() == before
