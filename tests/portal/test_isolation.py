"""Every address and method as a stranger, as each role and as a visitor: walked from the resolver, told by a table."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEvent, Invitation, Member
from addresses.models import ServiceAddress
from billing.models import LedgerEntry, PlanRequest
from calls.models import Call
from provisioning.models import Operation
from routing.models import Number
from tests.calls.rows import make_call
from tests.factories import (
    make_account,
    make_address,
    make_member,
    make_user,
    open_data_centre,
    order_trunk,
    registered,
)
from tests.portal.matrix import EVERYBODY, MATRIX
from trunks.models import OneTimeSecret, Trunk, TrunkDraft

# Sign-in has its own rights, the admin its own tests.
ELSEWHERE = {"admin", "accounts", "hijack"}
ODD_METHODS = ("put", "patch", "delete")
SIGN_IN = reverse("account_login")
DONE = {200, 204, 286, 302, 303, 400, 409, 422}
REFUSED = {403, 405}
# Nothing of the kind can be done with the rows of the test, and the page says that it does not exist.
NOTHING_TO_DO = {"trunks:again": {404}, "team:switch": {404}}
KEPT: tuple[type[Model], ...] = (
    AuditEvent,
    Call,
    Invitation,
    LedgerEntry,
    Member,
    Number,
    Operation,
    OneTimeSecret,
    PlanRequest,
    ServiceAddress,
    Trunk,
    TrunkDraft,
)
SAMPLES = {"UUIDConverter": str(uuid4())}


def named_patterns(resolver, namespace=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield namespace + entry.name, entry
        elif str(entry.pattern).strip("/") not in ELSEWHERE:
            yield from named_patterns(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)


PATTERNS = dict(named_patterns(get_resolver()))
PRIVATE = sorted(name for name in MATRIX if EVERYBODY not in MATRIX[name])
OF_A_ROW = sorted(name for name in PRIVATE if name in PATTERNS and PATTERNS[name].pattern.regex.groupindex)


class Side:
    """One account with one of everything, every text in it containing `canary`."""

    def __init__(self, canary: str, data_centre, number: str, source: str) -> None:
        self.canary = canary
        self.account = make_account(f"{canary} account")
        self.people = {role: make_member(self.account, role, f"{canary}-{role.lower()}@example.com") for role in Role}
        engineer = self.people[Role.ENGINEER]
        self.trunk = order_trunk(self.account, registered(data_centre, name=f"{canary} trunk"), engineer)
        settings = {"name": [f"{canary} draft"]}
        self.draft = TrunkDraft.objects.create(
            account=self.account, created_by=engineer, answers={"settings": settings, "provider": {}}
        )
        self.address = make_address(self.account, f"{canary} address")
        self.call = make_call(self.trunk, caller=f"{canary} caller", caller_e164="")
        self.number = Number.objects.create(e164=number, account=self.account, data_centre=data_centre)
        self.invitation = self._invite()

    def _invite(self) -> Invitation:
        invitation = Invitation(
            account=self.account,
            email=f"{self.canary}-invited@example.com",
            role=Role.VIEWER,
            invited_by=self.people[Role.OWNER],
            token_hash=uuid4().hex,
            expires_at=timezone.now() + timedelta(days=7),
        )
        invitation.save()
        return invitation

    def url(self, name: str) -> str:
        values = {
            "trunk_id": self.trunk.pk,
            "draft_id": self.draft.pk,
            "address_id": self.address.pk,
            "member_id": Member.objects.get(account=self.account, user=self.people[Role.VIEWER]).pk,
            "invitation_id": self.invitation.pk,
            "token": "unknown",
            "step": "plan",
            "e164": self.number.pk,
            "pk": self.call.pk,
        }
        asked = PATTERNS[name].pattern.regex.groupindex
        return reverse(name, kwargs={word: values[word] for word in asked})


@pytest.fixture
def ours(db):
    return Side("ours", open_data_centre(), "+13125550198", "127.77.150.1")


@pytest.fixture
def theirs(ours):
    return Side("theirs", ours.trunk.data_centre, "+13125550199", "127.77.150.2")


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def status_of(client: Client, method: str, url: str, **headers: str) -> int:
    return getattr(client, method)(url, headers=headers).status_code


def status_of_trying(client: Client, method: str, url: str) -> int:
    """The answer's status; whatever it changed is undone."""
    with transaction.atomic():
        status = status_of(client, method, url)
        transaction.set_rollback(True)
    return status


def rows():
    return {model: list(model._default_manager.order_by("pk").values()) for model in KEPT}


def test_every_address_is_in_the_matrix():
    assert PATTERNS.keys() == MATRIX.keys()


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_the_matrix_says(ours, role):
    wrong, before = {}, rows()

    for name in PRIVATE:
        url = ours.url(name)
        for method, allowed in zip(("get", "post"), MATRIX[name], strict=True):
            client = signed_in(ours.people[role])
            if role in allowed:
                status, expected = status_of_trying(client, method, url), DONE | NOTHING_TO_DO.get(name, set())
            else:
                status, expected = status_of(client, method, url), REFUSED
            if status not in expected:
                wrong[name, method] = status

    assert not wrong
    assert rows() == before


@pytest.mark.parametrize("method", ODD_METHODS)
def test_no_page_knows_other_methods(ours, method):
    client, before = signed_in(ours.people[Role.OWNER]), rows()

    answers = {name: status_of(client, method, ours.url(name)) for name in PRIVATE}

    assert not {name: status for name, status in answers.items() if status not in REFUSED}
    assert rows() == before


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_a_stranger_finds_nothing(ours, theirs, headers):
    client, wrong, before = signed_in(ours.people[Role.OWNER]), {}, rows()

    for name in OF_A_ROW:
        url = theirs.url(name)
        answers = {method: status_of(client, method, url, **headers) for method in ("get", "post", *ODD_METHODS)}
        if set(answers.values()) - {404, 405} or 404 not in {answers["get"], answers["post"]}:
            wrong[name] = answers

    assert not wrong
    assert rows() == before


def test_a_visitor_is_sent_to_sign_in(ours):
    client, wrong, before = Client(), {}, rows()

    for name in PRIVATE:
        for method in ("get", "post"):
            answer = getattr(client, method)(ours.url(name))
            if answer.status_code != 302 or urlsplit(answer["Location"]).path != SIGN_IN:
                wrong[name, method] = answer.status_code

    assert not wrong
    assert rows() == before


def test_looking_changes_nothing_and_is_not_stored(ours):
    client, wrong, before = signed_in(ours.people[Role.OWNER]), {}, rows()

    for name in PRIVATE:
        answer = client.get(ours.url(name))
        kept_out = answer["Cache-Control"] == "private, no-store"
        guarded = "default-src 'self'" in answer["Content-Security-Policy"]
        if not kept_out or not guarded or b"".join(answer).count(b"button primary") > 1:
            wrong[name] = answer.status_code, answer["Cache-Control"]

    assert not wrong
    assert rows() == before


def test_a_form_of_another_site_is_refused(ours):
    wrong, before = {}, rows()

    for name in PRIVATE:
        client = Client(enforce_csrf_checks=True)
        client.force_login(ours.people[Role.OWNER])
        status = status_of(client, "post", ours.url(name))
        if status not in REFUSED:
            wrong[name] = status

    assert not wrong
    assert rows() == before


def test_no_page_of_ours_tells_of_theirs(ours, theirs):
    client = signed_in(ours.people[Role.OWNER])
    secrets = [theirs.canary, str(theirs.trunk.pk), theirs.trunk.username, str(theirs.number.pk)]

    pages = {name: b"".join(client.get(ours.url(name))).decode(errors="replace") for name in PRIVATE}

    assert not {name for name, page in pages.items() for secret in secrets if secret in page}


def test_customers_and_visitors_do_not_get_into_the_admin(ours):
    wrong = {}

    for name, url in admin_urls():
        for client in (Client(), signed_in(ours.people[Role.OWNER])):
            answers = {status_of(client, method, url) for method in ("get", "post")}
            if answers - {302, 403, 404, 405}:
                wrong[name] = answers

    assert not wrong


def admin_urls():
    """Every named address of the admin, its parameters filled with something of the right form."""
    patterns = get_resolver().namespace_dict["admin"][1].reverse_dict
    for name in {name for name in patterns if isinstance(name, str)} - {"login"}:
        possibilities, _pattern, _defaults, converters = patterns.getlist(name)[0]
        values = {word: SAMPLES.get(type(converters.get(word)).__name__, "1") for word in possibilities[0][1]}
        if name == "app_list":
            values = {"app_label": "trunks"}
        yield name, reverse(f"admin:{name}", kwargs=values)


def test_staff_without_an_account_are_led_to_the_admin(ours):
    client = signed_in(make_user("support@example.com", is_staff=True))

    answers = {name: client.get(ours.url(name)).status_code for name in PRIVATE}

    assert not {name: status for name, status in answers.items() if status not in {302, 403, 405}}
