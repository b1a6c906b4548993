"""The history: every change with who, what differs, how long, how it ended and why; and the audit trail in words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from provisioning.enums import Status
from tests.factories import make_member, make_specification, make_user, order_trunk, registered
from tests.trunks.states import settle
from trunks.enums import Cause
from trunks.history import audit_words
from trunks.models import Trunk
from trunks.services import change_trunk, disable_trunk, release_trunk, reset_password, reveal_secret, suspend_trunk
from trunks.specification import TrunkSettings


def history(client, trunk, **query):
    page = client.get(reverse("trunks:history", args=[trunk.pk]), query).content.decode()
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def change(trunk, **wanted):
    trunk = Trunk.objects.select_related("wanted").get(pk=trunk.pk)
    settings = replace(TrunkSettings.of(trunk.wanted), **wanted)
    actor = make_member(trunk.account)
    change_trunk(trunk, settings, seen=trunk.wanted.number, price="", actor=actor)
    return actor


@pytest.fixture
def live(trunk):
    return settle(trunk)


def test_a_change_is_shown_field_by_field(alice, live):
    ana = change(live, dtmf="INBAND", source_hosts=["127.77.150.9", "127.77.150.10"])
    settle(live)

    page = history(alice, live)

    assert "Change settings Revision 2" in page
    assert "DTMF: RFC 2833 → In-band" in page
    assert "Addresses you call us from: 127.77.150.9 → 127.77.150.9 , 127.77.150.10" in page
    assert ana.email in page


def test_a_change_is_compared_with_what_was_live_before_it_not_with_what_was_rejected(alice, live):
    change(live, dtmf="INBAND")
    settle(live, Status.RESET, "The backup node refused it")
    change(live, fax="T38")
    settle(live)

    page = history(alice, live)

    assert "DTMF: RFC 2833 → In-band" in page
    assert "DTMF: In-band" not in page
    assert "Fax: None → T.38" in page
    assert "The backup node refused it" in page


def test_whoever_may_not_change_is_not_offered_to_try_again(alice, bob, live):
    change(live, dtmf="INBAND")
    settle(live, Status.RESET)

    assert "Try again with these values" in history(alice, live)
    assert "Try again with these values" not in history(bob, live)


def test_suspensions_are_told_in_words_and_staff_are_not_named(alice, live):
    staff = make_user("sam@support.example", is_staff=True)
    suspend_trunk(live, Cause.PAYMENT, "Invoice 7 is open", staff)
    settle(live)
    release_trunk(live, staff)
    settle(live)

    page = history(alice, live)

    assert "Suspended by support: a payment is missing. Invoice 7 is open" in page
    assert "Released by support" in page
    assert "our support" in page
    assert "sam@support.example" not in page


def test_password_resets_are_told_without_the_password(alice, account, new_york):
    trunk = settle(order_trunk(account, registered(new_york)))
    actor = make_member(account)
    reset_password(trunk, timedelta(minutes=10), actor)
    settle(trunk)
    password = reveal_secret(Trunk.objects.get(pk=trunk.pk), actor)

    page = history(alice, trunk)

    assert "Reset password" in page
    assert "Looked at the password" in page
    assert password not in page


def test_a_long_history_has_pages(alice, live):
    for number in range(13):
        disable_trunk(live, live.created_by)
        settle(live)
        Trunk.objects.filter(pk=live.pk).update(admin_status="ENABLED")
        change(live, name=f"Name {number}")
        settle(live)

    assert "Page 1 of 2" in history(alice, live)
    assert "Create" in history(alice, live, page=2)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("trunk.create", "Create: asked for"),
        ("trunk.update.reset", "Change settings: not applied, restored"),
        ("trunk.password_acknowledged", "Kept the password and closed it"),
        ("operation.rollback", "Had the change taken back"),
        ("trunk.something_new", "Something new"),
    ],
)
def test_audit_lines_are_sentences(action, words):
    assert audit_words(action) == words


def test_the_history_of_a_changed_trunk_needs_few_queries(account, live, django_assert_max_num_queries):
    client = Client()
    client.force_login(make_member(account), backend="django.contrib.auth.backends.ModelBackend")
    change(live, dtmf="INBAND")
    settle(live)
    client.get(reverse("trunks:history", args=[live.pk]))

    with django_assert_max_num_queries(12):
        client.get(reverse("trunks:history", args=[live.pk]))


def test_a_trunk_of_each_ending_has_a_history(alice, account, new_york):
    trunk = settle(order_trunk(account, make_specification(new_york)), Status.FAILED, "It was not done in time")

    assert "It was not done in time" in history(alice, trunk)
