"""A customer asks for a plan; support answers once; the answer is mailed, and a dead mail server stops nothing."""

from smtplib import SMTPException

import pytest

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
        activate(request_, reason="Contract 4711 is signed", actor=staff)

    request_.refresh_from_db()
    assert (request_.status, request_.answered_by) == (RequestStatus.ACTIVATED, staff)
    assert PlanActivation.objects.get(account=request_.account, plan="UNLIMITED").activated_by == staff
    assert [mail.to for mail in mailoutbox] == [[request_.asked_by.email]]
    assert "is active" in mailoutbox[0].body
    assert "Contract 4711 is signed" in mailoutbox[0].body
    assert AuditEvent.objects.get(action="plan.activated").details["support"] == "Contract 4711 is signed"


def test_declining_says_why_and_the_plan_can_be_asked_for_again(staff, request_, mailoutbox, committing):
    with committing():
        decline(request_, reason="Only after the first invoice", actor=staff)

    assert "did not activate" in mailoutbox[0].body
    assert "Only after the first invoice" in mailoutbox[0].body
    assert not PlanActivation.objects.filter(account=request_.account, plan=request_.plan).exists()
    assert ask_for_plan(request_.account, request_.plan, request_.asked_by) != request_


def test_a_request_is_answered_once(staff, request_):
    activate(request_, reason="Contract 4711 is signed", actor=staff)

    with pytest.raises(Conflict, match="answered already"):
        decline(request_, reason="Changed my mind about it", actor=staff)


def test_a_mail_server_that_is_down_stops_nothing(monkeypatch, staff, request_, committing):
    def refuse(*args, **kwargs):
        raise SMTPException("down")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)

    with committing():
        activate(request_, reason="Contract 4711 is signed", actor=staff)

    assert PlanRequest.objects.get().status == RequestStatus.ACTIVATED


def test_activating_on_the_accounts_page_answers_the_request_too(account, plan, staff, request_):
    activation = PlanActivation.objects.create(account=account, plan=plan, activated_by=staff)

    answer_by_activation(activation, staff)

    request_.refresh_from_db()
    assert request_.status == RequestStatus.ACTIVATED
