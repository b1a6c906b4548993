"""Suspended and released by staff: what the customer reads, what stays among us, what is mailed, what waits then."""

import re
from html import unescape

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AuditEvent
from tests.factories import make_member, make_specification, open_data_centre, order_trunk
from tests.trunks.states import settle
from trunks.models import Trunk
from trunks.services import enable_trunk

INTERNAL = "Internal: caller Joe says fraud"
SUSPENSION = {"cause": "FRAUD", "note": "Calls to Cuba at night.", "reason": INTERNAL}
RELEASE = {"note": "Thank you for the call", "reason": "Internal: Joe was wrong"}


@pytest.fixture
def trunk(account):
    return settle(order_trunk(account, make_specification(open_data_centre(), name="Main office")))


@pytest.fixture
def committing(django_capture_on_commit_callbacks):
    """A block after which all is committed."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def url_of(name, row):
    return reverse(f"admin:{name}", args=[row.pk])


def suspend(staff, trunk):
    staff.post(url_of("trunks_trunk_suspend", trunk), SUSPENSION)
    return settle(trunk)


def release(staff, trunk):
    staff.post(url_of("trunks_trunk_release", trunk), RELEASE)
    return settle(trunk)


def words(client, name, *args):
    page = client.get(reverse(name, args=args)).content.decode()
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page)))


def test_the_customer_reads_cause_and_note_and_never_the_reason(staff, alice, trunk):
    suspend(staff, trunk)

    history, page = words(alice, "trunks:history", trunk.pk), words(alice, "trunks:detail", trunk.pk)
    assert "Suspended by support: unusual calls were seen. Calls to Cuba at night" in history
    assert "Unusual calls were seen. Calls to Cuba at night" in page
    assert "Disabled by us" in page
    assert "Suspended by support, by" not in page
    assert "Joe" not in history + page
    assert AuditEvent.objects.get(action="trunk.suspension").details["support"] == INTERNAL


def test_a_released_trunk_says_that_it_waits_to_be_enabled(staff, alice, trunk):
    suspend(staff, trunk)
    release(staff, trunk)

    history, page = words(alice, "trunks:history", trunk.pk), words(alice, "trunks:detail", trunk.pk)
    assert "Released by support: Thank you for the call" in history
    assert "until you enable it. Thank you for the call." in page
    assert "Joe" not in history + page
    assert "Our support released Main office: disabled until you enable it." in words(alice, "trunks:list")
    assert (
        url_of("trunks_trunk_change", trunk)
        in staff.get(url_of("accounts_account_change", trunk.account)).content.decode()
    )


def test_an_enabled_trunk_waits_no_more(staff, alice, trunk):
    suspend(staff, trunk)
    trunk = release(staff, trunk)

    enable_trunk(trunk, make_member(trunk.account))
    settle(trunk)

    assert "Our support released" not in words(alice, "trunks:list") + words(alice, "trunks:detail", trunk.pk)


def test_owners_and_admins_are_told_by_mail_in_the_customers_words(staff, trunk, mailoutbox, committing):
    owner = make_member(trunk.account, email="owner@alice.example", role=Role.OWNER)
    admin = make_member(trunk.account, email="admin@alice.example", role=Role.ADMIN)
    make_member(trunk.account, email="viewer@alice.example", role=Role.VIEWER)

    with committing():
        suspend(staff, trunk)
    with committing():
        release(staff, trunk)

    suspended, released = mailoutbox
    assert {owner.email, admin.email} <= set(suspended.to)
    assert "viewer@alice.example" not in suspended.to
    assert suspended.subject == "[Trunkline] Main office was disabled by us"
    assert "unusual calls were seen. Calls to Cuba at night." in suspended.body
    assert "It stays disabled until you enable it" in released.body
    assert RELEASE["note"] in released.body
    for mail in mailoutbox:
        assert reverse("trunks:detail", args=[trunk.pk]) in mail.body
        assert "Joe" not in mail.subject + mail.body


def test_an_accounts_people_are_told_too_and_which_trunks_stay_disabled(staff, trunk, mailoutbox, committing):
    make_member(trunk.account, email="owner@alice.example", role=Role.OWNER)

    with committing():
        staff.post(url_of("accounts_account_suspend", trunk.account), SUSPENSION)
    settle(trunk)
    with committing():
        staff.post(url_of("accounts_account_release", trunk.account), RELEASE)

    suspended, released = mailoutbox
    assert "has suspended the account Alice Telecom: unusual calls were seen. Calls to Cuba at night." in suspended.body
    assert "These trunks stay disabled until you enable them: Main office." in released.body
    assert RELEASE["note"] in released.body
    assert "Joe" not in suspended.body + released.body


def test_a_mail_server_that_is_down_stops_no_suspension(staff, trunk, committing, monkeypatch):
    make_member(trunk.account, email="owner@alice.example", role=Role.OWNER)

    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)

    with committing():
        answer = staff.post(url_of("trunks_trunk_suspend", trunk), SUSPENSION)

    assert answer.status_code == 302
    assert Trunk.objects.get().suspension == "FRAUD"


def test_staff_read_what_the_customer_reads(staff, trunk):
    page = words(staff, "admin:trunks_trunk_suspend", trunk.pk)

    assert "Note for the customer" in page
    assert "Internal reason" in page
    assert "the customer does not read it" in page


def test_a_suspended_trunk_offers_its_release(staff, trunk):
    suspend(staff, trunk)

    page = staff.get(url_of("trunks_trunk_change", trunk)).content.decode()

    assert url_of("trunks_trunk_release", trunk) in page


def test_the_links_of_an_account_lead_to_its_own_rows(staff, trunk, stranger_account):
    other = order_trunk(stranger_account, make_specification(trunk.data_centre, name="Elsewhere"))
    type(stranger_account).objects.filter(pk=stranger_account.pk).update(name=f"{trunk.account} West")
    links = re.findall(
        r'href="(/admin/trunks/trunk/\?[^"]+)"',
        staff.get(url_of("accounts_account_change", trunk.account)).content.decode(),
    )

    answer = staff.get(unescape(links[0]))

    assert list(answer.context["cl"].queryset) == [trunk]
    assert other not in answer.context["cl"].queryset


def test_hosts_are_written_as_people_write_them(staff, account):
    made = make_specification(open_data_centre(), destinations=[("127.77.203.9", 5070)])
    trunk = order_trunk(account, made)

    for row, name in ((trunk, "trunks_trunk_change"), (trunk.wanted, "trunks_trunkrevision_change")):
        page = unescape(staff.get(url_of(name, row)).content.decode())
        assert "127.77.203.9:5070" in page
        assert '["127.77.203.9"' not in page
