"""What support does with a whole account: suspend, release, answer requests for plans."""

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from billing.models import Plan, PlanActivation, PlanRequest
from billing.plan_requests import ask_for_plan
from tests.factories import make_member, make_specification, open_data_centre, order_trunk
from tests.portal.staff import REASON


@pytest.fixture
def trunk(account):
    return order_trunk(account, make_specification(open_data_centre(), name="Main office"))


@pytest.fixture
def request_(account):
    PlanActivation.objects.filter(account=account, plan="UNLIMITED").delete()
    return ask_for_plan(account, Plan.objects.get(pk="UNLIMITED"), make_member(account))


def url_of(name, row):
    return reverse(f"admin:{name}", args=[row.pk])


SUSPENSION = {"cause": "PAYMENT", "note": "Pay invoice 7", "reason": REASON}


def test_a_suspended_account_reads_why_on_every_page(staff, alice, account, trunk):
    answer = staff.post(url_of("accounts_account_suspend", account), SUSPENSION, follow=True)

    assert "Suspended, and 1 trunk with it" in answer.content.decode()
    for name in ("trunks:list", "addresses:list", "billing:overview"):
        page = alice.get(reverse(name)).content.decode()
        assert "This account is suspended: a payment is missing. Pay invoice 7" in page
    refused = alice.post(reverse("trunks:new"))
    assert refused.status_code == 409
    assert "You cannot order a trunk now" in refused.content.decode()


def test_a_released_account_is_rid_of_the_banner(staff, alice, account):
    staff.post(url_of("accounts_account_suspend", account), SUSPENSION)

    staff.post(url_of("accounts_account_release", account), {"reason": REASON})

    assert "suspended" not in alice.get(reverse("trunks:list")).content.decode()
    assert AuditEvent.objects.filter(action="account.release", account=account).count() == 1


def test_releasing_what_is_not_suspended_is_said(staff, account):
    page = staff.post(url_of("accounts_account_release", account), {"reason": REASON}, follow=True).content.decode()

    assert "This account is not suspended." in page


@pytest.mark.parametrize("changes", [{"cause": ""}, {"cause": "ACCOUNT"}, {"reason": "no"}, {"note": "x" * 201}])
def test_an_account_is_not_suspended_without_cause_and_reason(staff, account, changes):
    assert staff.post(url_of("accounts_account_suspend", account), SUSPENSION | changes).status_code == 422

    account.refresh_from_db()
    assert account.suspended_at is None


def test_a_trunk_that_is_not_suspended_is_not_released(staff, trunk):
    page = staff.post(url_of("trunks_trunk_release", trunk), {"reason": REASON}, follow=True).content.decode()

    assert "This trunk is not suspended." in page


def test_the_overview_counts_what_waits(staff, request_, trunk):
    page = " ".join(staff.get(reverse("admin:index")).content.decode().split())

    assert "<b>1</b> plan request to answer" in page
    assert "<b>1</b> change waiting for nodes" in page


def test_a_request_is_answered_from_the_inbox(staff, account, request_):
    inbox = staff.get(reverse("admin:billing_planrequest_changelist")).content.decode()
    assert url_of("billing_planrequest_activate", request_) in inbox

    staff.post(url_of("billing_planrequest_activate", request_))

    assert PlanActivation.objects.filter(account=account, plan="UNLIMITED").exists()
    page = staff.post(url_of("billing_planrequest_decline", request_), {"note": "Only after May"}, follow=True)
    assert "answered already" in page.content.decode()
    assert PlanRequest.objects.get().status == "ACTIVATED"


def test_a_declined_request_needs_a_note_for_the_customer(staff, alice, request_):
    url = url_of("billing_planrequest_decline", request_)

    assert staff.post(url, {"note": ""}).status_code == 422
    assert PlanRequest.objects.get().is_open
    assert staff.post(url, {"note": "Only after the first invoice."}).status_code == 302
    assert PlanRequest.objects.get().reason == "Only after the first invoice"


@pytest.mark.parametrize(
    "name",
    ["accounts_account_suspend", "accounts_account_release", "trunks_trunk_suspend", "trunks_trunk_release"],
)
def test_whoever_only_looks_does_none_of_it(reader, account, trunk, name):
    row = account if name.startswith("accounts") else trunk

    assert reader.get(url_of(name, row)).status_code == 403
    assert reader.post(url_of(name, row), SUSPENSION).status_code == 403
