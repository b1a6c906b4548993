"""A customer asks for a plan; support answers once; the answer is mailed, and a dead mail server stops nothing."""

from contextlib import suppress
from smtplib import SMTPException

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import AuditEvent
from billing.enums import RequestStatus
from billing.models import Plan, PlanActivation, PlanRequest
from billing.plan_requests import activate, answer_by_activation, ask_for_plan, decline
from common.errors import Conflict
from tests.factories import make_member, make_user


@pytest.fixture
def committing(django_capture_on_commit_callbacks, mailoutbox):
    """A block after which all is committed."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def plan(account):
    PlanActivation.objects.filter(account=account, plan="UNLIMITED").delete()
    return Plan.objects.get(pk="UNLIMITED")


@pytest.fixture
def asker(account):
    return make_member(account)


@pytest.fixture
def staff(db):
    return make_user("staff@example.com", is_staff=True)


@pytest.fixture
def request_(account, plan, asker):
    return ask_for_plan(account, plan, asker)


def test_asking_again_is_the_same_request(account, plan, asker, request_):
    assert ask_for_plan(account, plan, asker) == request_
    assert AuditEvent.objects.filter(action="plan.request").count() == 1


def test_a_plan_that_is_active_is_not_asked_for(account, asker):
    assert ask_for_plan(account, Plan.objects.get(pk="METERED"), asker) is None


def test_activating_makes_the_plan_active_and_mails_whoever_asked(staff, request_, mailoutbox, committing):
    with committing():
        activate(request_, "Contract 4711 is signed", staff)

    request_.refresh_from_db()
    assert (request_.status, request_.answered_by) == (RequestStatus.ACTIVATED, staff)
    assert PlanActivation.objects.get(account=request_.account, plan="UNLIMITED").activated_by == staff
    assert [mail.to for mail in mailoutbox] == [[request_.asked_by.email]]
    assert "is active" in mailoutbox[0].body
    assert "Contract 4711 is signed" in mailoutbox[0].body
    assert AuditEvent.objects.get(action="plan.activated").details["note"] == "Contract 4711 is signed"


def test_declining_says_why_and_the_plan_can_be_asked_for_again(staff, request_, mailoutbox, committing):
    with committing():
        decline(request_, "Only after the first invoice", staff)

    assert "did not activate" in mailoutbox[0].body
    assert "Only after the first invoice" in mailoutbox[0].body
    assert not PlanActivation.objects.filter(account=request_.account, plan=request_.plan).exists()
    assert ask_for_plan(request_.account, request_.plan, request_.asked_by) != request_


def test_a_request_is_answered_once(staff, request_):
    activate(request_, "Contract 4711 is signed", staff)

    with pytest.raises(Conflict, match="answered already"):
        decline(request_, "Changed my mind about it", staff)


def test_a_request_is_mailed_to_support_once(account, plan, asker, mailoutbox, committing):
    account.name = "Alice\r\nTelecom"
    account.save()

    with committing():
        for _time in range(2):
            ask_for_plan(account, plan, asker, "We sign next week")

    [message] = mailoutbox
    assert message.to == [settings.SUPPORT_EMAIL]
    assert message.subject == f"[Trunkline] Alice Telecom asks for {plan}"
    for said in (asker.email, "We sign next week", reverse("admin:billing_planrequest_changelist")):
        assert said in message.body


def test_a_request_that_is_rolled_back_is_not_mailed(account, plan, asker, mailoutbox, committing):
    with committing(), suppress(ZeroDivisionError), transaction.atomic():
        ask_for_plan(account, plan, asker)
        raise ZeroDivisionError

    assert mailoutbox == []


@pytest.fixture
def dead_mail(monkeypatch):
    def refuse(*args, **kwargs):
        raise SMTPException("down")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)


def test_a_mail_server_that_is_down_stops_no_request(dead_mail, account, plan, asker, committing):
    with committing():
        ask_for_plan(account, plan, asker)

    assert PlanRequest.objects.get().is_open


def test_a_mail_server_that_is_down_stops_nothing(dead_mail, staff, request_, committing):
    with committing():
        activate(request_, "Contract 4711 is signed", staff)

    assert PlanRequest.objects.get().status == RequestStatus.ACTIVATED


def test_activating_on_the_accounts_page_answers_the_request_too(account, plan, staff, request_):
    activation = PlanActivation.objects.create(account=account, plan=plan, activated_by=staff)

    answer_by_activation(activation, staff)

    request_.refresh_from_db()
    assert request_.status == RequestStatus.ACTIVATED
