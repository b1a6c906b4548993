"""Beside the plan step in a browser: the calculator and asking for a plan, with and without JavaScript; the banners."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from billing.models import PlanRequest
from tests.e2e.judge import Judge
from tests.factories import make_user
from trunks.models import TrunkDraft
from trunks.services import suspend_account


@pytest.fixture
def plan_url(account, engineer):
    """The plan step of a new order; the unlimited plan is not active."""
    answers = {"provider": {"provider": ["DIRECT"], "kind": ["STATIC"]}}
    draft = TrunkDraft.objects.create(account=account, created_by=engineer, answers=answers)
    return reverse("trunks:step", args=[draft.pk, "plan"])


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_the_calculator_fills_in_the_channels(visit, plan_url, javascript):
    page = visit(java_script_enabled=javascript)
    page.goto(plan_url)
    page.get_by_text("Metered", exact=True).click()
    page.get_by_role("button", name="Work out how many").click()
    page.get_by_label("Calls in your busiest hour").fill("120")
    page.get_by_role("button", name="Work it out").click()
    page.get_by_role("link", name="Use 13 channels").click()

    expect(page.get_by_label("Channels", exact=True)).to_have_value("13")
    expect(page.get_by_label("Metered")).to_be_checked()


def test_a_plan_is_asked_for_and_the_page_says_so(visit, plan_url):
    page = visit()
    page.goto(plan_url)
    page.get_by_role("button", name="Request activation").click()

    expect(page.get_by_text("we answer by e-mail").first).to_be_visible()
    assert PlanRequest.objects.count() == 1


def test_no_violations(visit, account, plan_url):
    judge = Judge(visit())
    judge.visit(plan_url)
    judge.page.get_by_role("button", name="Work out how many").click()
    judge.look("calculator")
    judge.page.get_by_label("Calls in your busiest hour").fill("many")
    judge.page.get_by_role("button", name="Work it out").click()
    judge.page.get_by_text("as a whole number").first.wait_for()
    judge.look("calculator with mistakes")
    judge.page.get_by_label("Calls in your busiest hour").fill("120")
    judge.page.get_by_role("button", name="Work it out").click()
    judge.page.get_by_text("Use 13 channels").wait_for()
    judge.look("calculator with its result")
    judge.page.goto(plan_url)
    judge.page.get_by_role("button", name="Request activation").click()
    judge.page.get_by_text("we answer by e-mail").first.wait_for()
    judge.look("plan asked for")
    staff = make_user(is_staff=True)
    suspend_account(account.pk, "PAYMENT", "Invoice 7 is open", reason="Not paid for 40 days", actor=staff)
    judge.visit("/trunks/")

    assert judge.found == {}
