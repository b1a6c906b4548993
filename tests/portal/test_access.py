"""Who may open what: every address of the portal, walked from the resolver, admin and sign-in apart."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from accounts.models import AuditEvent, Member
from addresses.models import ServiceAddress
from billing.models import LedgerEntry
from provisioning.models import Operation
from routing.models import Number
from tests.factories import make_address, make_specification, open_data_centre, order_trunk
from trunks.models import Trunk, TrunkDraft

ELSEWHERE = {"admin", "accounts"}
# Open to everybody: monitors, the theme, and the door that only leads on.
OPEN = {"portal:healthz", "portal:readyz", "portal:theme", "portal:styleguide", "home"}
SIGN_IN = reverse("account_login")
KEPT: tuple[type[Model], ...] = (AuditEvent, LedgerEntry, Member, Number, Operation, ServiceAddress, Trunk, TrunkDraft)


def named_patterns(resolver, namespace=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield namespace + entry.name, entry
        elif str(entry.pattern).strip("/") not in ELSEWHERE:
            yield from named_patterns(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)


PATTERNS = dict(named_patterns(get_resolver()))
PRIVATE = sorted(PATTERNS.keys() - OPEN)
OF_A_ROW = [name for name in PRIVATE if PATTERNS[name].pattern.converters or "e164" in str(PATTERNS[name].pattern)]
CHANGING = [name for name in PRIVATE if PATTERNS[name].callback.right.startswith("CHANGE")]


@pytest.fixture
def address_of(account):
    """Where `account` has its rows, by the name of the pattern."""
    new_york = open_data_centre()
    trunk = order_trunk(account, make_specification(new_york))
    draft = TrunkDraft.objects.create(account=account, answers={"plan": {"plan": ["METERED"], "channels": ["2"]}})
    values = {
        "trunk_id": trunk.pk,
        "draft_id": draft.pk,
        "address_id": make_address(account).pk,
        "step": "plan",
        "e164": Number.objects.create(e164="+13125550199", account=account, data_centre=new_york).pk,
    }

    def find(name):
        asked = PATTERNS[name].pattern.regex.groupindex
        return reverse(name, kwargs={word: values[word] for word in asked})

    return find


def rows():
    return {model: list(model._default_manager.order_by("pk").values()) for model in KEPT}


def test_the_walk_finds_the_portal():
    assert {"trunks:list", "trunks:pay", "addresses:edit", "routing:assign", "billing:overview"} <= set(PRIVATE)


@pytest.mark.parametrize("name", PRIVATE)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_visitor_is_sent_to_sign_in(client, address_of, name, method):
    before = rows()

    answer = getattr(client, method)(address_of(name))

    assert (answer.status_code, urlsplit(answer["Location"]).path) == (302, SIGN_IN)
    assert rows() == before


@pytest.mark.parametrize("name", OF_A_ROW)
def test_a_stranger_finds_nothing(charlie, address_of, name):
    before = rows()

    answers = {charlie.get(address_of(name)).status_code, charlie.post(address_of(name)).status_code}

    assert 404 in answers
    assert answers <= {404, 405}
    assert rows() == before


@pytest.mark.parametrize("name", CHANGING)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_viewer_changes_nothing(bob, address_of, name, method):
    before = rows()

    assert getattr(bob, method)(address_of(name)).status_code == 403
    assert rows() == before


@pytest.mark.parametrize("name", PRIVATE)
def test_looking_changes_nothing_and_is_not_stored(alice, address_of, name):
    before = rows()

    answer = alice.get(address_of(name))

    assert answer.status_code in {200, 204, 286, 302, 303, 405}
    assert answer["Cache-Control"] == "private, no-store"
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert answer.content.count(b"button primary") <= 1
    assert rows() == before


@pytest.mark.parametrize("name", CHANGING)
def test_a_form_of_another_site_is_refused(account, alice, address_of, name):
    careful = Client(enforce_csrf_checks=True)
    careful.cookies = alice.cookies
    before = rows()

    assert careful.post(address_of(name)).status_code == 403
    assert rows() == before


def test_whoever_pressed_a_button_too_late_comes_back_to_its_page(client, address_of):
    page = address_of("trunks:review")

    answer = client.post(address_of("trunks:pay"), headers={"Referer": f"http://testserver{page}"})

    assert answer["Location"] == f"{SIGN_IN}?next={page}"


@pytest.mark.parametrize(
    "next_page", ["https://evil.example/", "//evil.example/", "///evil.example/", "/\\evil.example"]
)
def test_nobody_is_led_out_of_the_portal(alice, next_page):
    adding = alice.get(reverse("addresses:add"), {"next": next_page})
    changing = alice.post(reverse("portal:theme"), {"theme": "dark", "next": next_page})

    assert not re.search(r'href="[^"]*evil', adding.content.decode())
    assert changing["Location"] == "/"


@pytest.mark.parametrize("who", ["alice", "charlie"])
def test_members_do_not_get_into_the_admin(request, who):
    assert request.getfixturevalue(who).get(reverse("admin:index"), follow=True).status_code == 403


def test_a_visitor_signs_in_before_the_admin(client, db):
    answer = client.get(reverse("admin:index"), follow=True)

    assert answer.request["PATH_INFO"] == SIGN_IN
