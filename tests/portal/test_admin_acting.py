"""Support looks as the customer: the customer's pages, nothing to change, no secret, both ends written down."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.acting import SESSION_KEY
from accounts.models import AuditEvent
from portal.staff_groups import READERS, SUPPORT
from tests.factories import open_data_centre, order_trunk, registered
from tests.portal.staff import REASON, member_of_staff, sign_in
from trunks.models import Trunk

BANNER = "You are looking at Alice Telecom as its people do"


@pytest.fixture
def trunk(account):
    return order_trunk(account, registered(open_data_centre(), name="Main office"))


@pytest.fixture
def staff(staff, account, trunk):
    """Looks as the customer."""
    answer = staff.post(act_url(account), {"reason": REASON})
    assert answer["Location"] == reverse("trunks:list")
    return staff


def act_url(account):
    return reverse("admin:accounts_account_act", args=[account.pk])


def test_the_customers_pages_are_shown_with_a_banner(staff, trunk):
    of_the_trunk = ["trunks:detail", "trunks:history", "trunks:handover"]
    addresses = [reverse(name, args=[trunk.pk]) for name in of_the_trunk]
    addresses += [reverse(f"{app}:list") for app in ("trunks", "routing", "addresses", "team")]
    for address in [*addresses, reverse("billing:overview"), reverse("account_email")]:
        assert BANNER in staff.get(address).content.decode(), address
    assert "Main office" in staff.get(reverse("trunks:list")).content.decode()


def test_both_ends_are_in_the_audit_trail(staff, account):
    staff.post(reverse("admin:end_acting"))

    begin, end = AuditEvent.objects.filter(action__startswith="account.act_").order_by("id")
    assert (begin.action, begin.actor.email, begin.account) == ("account.act_begin", "staff@example.com", account)
    assert begin.details["support"] == REASON
    assert (end.action, end.account) == ("account.act_end", account)
    assert BANNER not in staff.get(reverse("admin:index")).content.decode()
    assert staff.get(reverse("trunks:list"))["Location"] == reverse("admin:index")


def test_every_unsafe_method_is_refused_with_words(staff, account, trunk):
    before = Trunk.objects.values().get()
    urls = [
        reverse("trunks:new"),
        reverse("trunks:enable", args=[trunk.pk]),
        reverse("trunks:delete", args=[trunk.pk]),
        reverse("team:leave"),
        reverse("account_change_password"),
        reverse("admin:accounts_account_credit", args=[account.pk]),
        reverse("admin:accounts_account_suspend", args=[account.pk]),
    ]

    answers = [staff.post(url) for url in urls]
    odd = {getattr(staff, method)(url).status_code for url in urls for method in ("put", "patch", "delete")}

    assert {answer.status_code for answer in answers} == {403}
    assert odd == {405}
    assert "You are looking as a customer: nothing can be changed" in answers[0].content.decode()
    assert Trunk.objects.values().get() == before


def test_no_secret_is_shown(staff, trunk):
    assert staff.post(reverse("trunks:reveal_password", args=[trunk.pk])).status_code == 403
    assert staff.get(reverse("trunks:password", args=[trunk.pk])).status_code in {302, 403}


def test_signing_out_ends_it_too(staff):
    staff.post(reverse("account_logout"))

    assert AuditEvent.objects.filter(action="account.act_end").count() == 1


def test_it_ends_by_itself_after_an_hour(staff):
    session = staff.session
    session[SESSION_KEY] |= {"since": (timezone.now() - timedelta(minutes=61)).isoformat()}
    session.save()

    assert staff.get(reverse("trunks:list"))["Location"] == reverse("admin:index")
    assert AuditEvent.objects.filter(action="account.act_end").count() == 1


def test_it_ends_with_the_right_to_it(staff):
    AuditEvent.objects.get(action="account.act_begin").actor.groups.clear()

    assert staff.get(reverse("trunks:list"))["Location"] == reverse("admin:index")


def test_it_ends_with_the_post(staff):
    person = AuditEvent.objects.get(action="account.act_begin").actor
    person.is_staff = False
    person.save()

    answer = staff.get(reverse("trunks:list"))

    assert (answer.status_code, BANNER in answer.content.decode()) == (403, False)


def test_a_strangers_rows_stay_hidden(staff, stranger_account, trunk):
    other = order_trunk(stranger_account, registered(trunk.data_centre))

    assert staff.get(reverse("trunks:detail", args=[other.pk])).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_needs_the_right_and_a_reason(account, alice, method):
    reader = sign_in(member_of_staff(READERS))

    assert getattr(reader, method)(act_url(account), {"reason": REASON}).status_code == 403
    assert getattr(alice, method)(act_url(account), {"reason": REASON}).status_code == 302
    assert not AuditEvent.objects.filter(action="account.act_begin").exists()


def test_without_a_reason_nothing_begins(account):
    staff = sign_in(member_of_staff(SUPPORT))

    assert staff.post(act_url(account), {"reason": "curious"}).status_code == 422
    assert not AuditEvent.objects.filter(action="account.act_begin").exists()


def test_the_session_of_a_customer_cannot_be_forged_into_it(alice, account):
    session = alice.session
    session[SESSION_KEY] = {"account": str(account.pk), "since": timezone.now().isoformat()}
    session.save()

    assert BANNER not in alice.get(reverse("trunks:list")).content.decode()


def test_a_visitor_ends_nothing(db):
    assert Client().post(reverse("admin:end_acting")).status_code == 302
