"""The portal's addresses and methods as a stranger, as each role and as a visitor: from the resolver, by a table."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from tests.factories import make_user, open_data_centre
from tests.portal.matrix import ADMIN, EVERYBODY, MATRIX
from tests.portal.matrix import SIGN_IN as SIGN_IN_PAGES
from tests.portal.sides import (
    ADDRESSES,
    DONE,
    ODD_METHODS,
    REFUSED,
    Side,
    everything,
    signed_in,
    status_of,
    status_of_trying,
)

SIGN_IN = reverse("account_login")
# Nothing of the kind can be done with the rows of the test, and the page says that it does not exist.
NOTHING_TO_DO = {"trunks:again": {404}, "team:switch": {404}}
PRIVATE = sorted(name for name in MATRIX if EVERYBODY not in MATRIX[name])
OF_A_ROW = sorted(name for name in PRIVATE if ADDRESSES.get(name))


@pytest.fixture
def ours(db):
    return Side("ours", open_data_centre(), "+13125550198")


@pytest.fixture
def theirs(ours):
    return Side("theirs", ours.trunk.data_centre, "+13125550199")


def test_every_address_is_in_the_matrix():
    assert ADDRESSES.keys() == MATRIX.keys() | ADMIN.keys() | SIGN_IN_PAGES.keys()


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_the_matrix_says(ours, role):
    client, wrong, before = signed_in(ours.people[role]), {}, everything()

    for name in PRIVATE:
        url = ours.url(name)
        for method, allowed in zip(("get", "post"), MATRIX[name], strict=True):
            if role in allowed:
                status, expected = status_of_trying(client, method, url), DONE | NOTHING_TO_DO.get(name, set())
            else:
                status, expected = status_of(client, method, url), REFUSED
            if status not in expected:
                wrong[name, method] = status

    assert not wrong
    assert everything() == before


@pytest.mark.parametrize("method", ODD_METHODS)
def test_no_page_knows_other_methods(ours, method):
    client, before = signed_in(ours.people[Role.OWNER]), everything()

    answers = {name: status_of(client, method, ours.url(name)) for name in PRIVATE}

    assert not {name: status for name, status in answers.items() if status not in REFUSED}
    assert everything() == before


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_a_stranger_finds_nothing(ours, theirs, headers):
    client, wrong, before = signed_in(ours.people[Role.OWNER]), {}, everything()

    for name in OF_A_ROW:
        url = theirs.url(name)
        answers = {method: status_of(client, method, url, **headers) for method in ("get", "post", *ODD_METHODS)}
        if set(answers.values()) - {404, 405} or 404 not in {answers["get"], answers["post"]}:
            wrong[name] = answers

    assert not wrong
    assert everything() == before


def test_a_visitor_is_sent_to_sign_in(ours):
    client, wrong, before = Client(), {}, everything()

    for name in PRIVATE:
        for method in ("get", "post"):
            answer = getattr(client, method)(ours.url(name))
            if answer.status_code != 302 or urlsplit(answer["Location"]).path != SIGN_IN:
                wrong[name, method] = answer.status_code

    assert not wrong
    assert everything() == before


def test_looking_changes_nothing_and_is_not_stored(ours):
    client, wrong, before = signed_in(ours.people[Role.OWNER]), {}, everything()

    for name in PRIVATE:
        answer = client.get(ours.url(name))
        kept_out = answer["Cache-Control"] == "private, no-store"
        guarded = "default-src 'self'" in answer["Content-Security-Policy"]
        if not kept_out or not guarded or b"".join(answer).count(b"button primary") > 1:
            wrong[name] = answer.status_code, answer["Cache-Control"]

    assert not wrong
    assert everything() == before


def test_a_form_of_another_site_is_refused(ours):
    client, wrong = Client(enforce_csrf_checks=True), {}
    client.force_login(ours.people[Role.OWNER])
    before = everything()

    for name in PRIVATE:
        status = status_of(client, "post", ours.url(name))
        if status not in REFUSED:
            wrong[name] = status

    assert not wrong
    assert everything() == before


def test_no_page_of_ours_tells_of_theirs(ours, theirs):
    client = signed_in(ours.people[Role.OWNER])
    secrets = [theirs.canary, str(theirs.trunk.pk), theirs.trunk.username, str(theirs.number.pk), str(theirs.route.pk)]

    pages = {name: b"".join(client.get(ours.url(name))).decode(errors="replace") for name in PRIVATE}

    assert not {name for name, page in pages.items() for secret in secrets if secret in page}


def test_staff_without_an_account_are_led_to_the_admin(ours):
    client = signed_in(make_user("support@example.com", is_staff=True))

    answers = {name: client.get(ours.url(name)).status_code for name in PRIVATE}

    assert not {name: status for name, status in answers.items() if status not in {302, 403, 405}}
