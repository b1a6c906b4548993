"""The password of a registered trunk in a browser: shown, kept while the page polls, saved, reset."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.e2e.judge import Judge
from tests.factories import freshworks, genesys, make_specification, order_trunk, registered
from trunks.models import OneTimeSecret
from trunks.pbx import PBXES
from trunks.services import reveal_secret


@pytest.fixture
def trunk(account, engineer, new_york):
    """Just ordered by the engineer."""
    return order_trunk(account, registered(new_york, name="Main office"), engineer)


def url(name, trunk):
    return reverse(f"trunks:{name}", args=[trunk.pk])


def confirm_password(page):
    page.get_by_label("Password", exact=True).fill("a long pass phrase")
    page.get_by_role("button", name="Confirm").click()


def test_the_password_stays_in_view_while_the_page_polls(visit, trunk, engineer, work):
    page = visit()
    page.goto(url("handover", trunk))
    page.get_by_role("button", name="Show the password").click()
    expect(page.locator("#secret")).to_have_text(reveal_secret(trunk, engineer))
    expect(page.locator("#password-title")).to_be_focused()

    work()

    expect(page.locator("#announcements")).to_have_text("Main office: ready")
    expect(page.locator("#secret")).to_be_visible()
    expect(page.locator("#password-title")).to_be_focused()


def test_polling_leaves_the_focus_where_it_is(visit, trunk):
    page = visit()
    page.goto(url("handover", trunk))
    page.get_by_role("link", name="Refresh status").focus()

    for _poll in range(2):
        with page.expect_response(re.compile("/handover/status/")):
            pass

    expect(page.get_by_role("link", name="Refresh status")).to_be_focused()


def test_who_stands_on_what_the_last_poll_takes_away_goes_on_beside_it(visit, trunk, work):
    page = visit()
    page.goto(url("handover", trunk))
    page.get_by_role("link", name="Refresh status").focus()

    work()

    expect(page.locator("#announcements")).to_have_text("Main office: ready")
    assert page.evaluate("document.activeElement.id") == "handover-refresh"


def test_the_password_is_saved_and_gone(visit, trunk, work):
    work()
    page = visit()
    page.goto(url("handover", trunk))
    page.get_by_role("button", name="Show the password").click()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("link", name="Save the password first, then tick this box")).to_be_visible()
    page.get_by_label("I have saved the password").check()
    page.get_by_role("button", name="Done").click()

    expect(page.get_by_text("You have the password of Main office")).to_be_visible()
    page.goto(url("handover", trunk))
    expect(page.get_by_text("The password was shown on")).to_be_visible()
    assert OneTimeSecret.objects.get().sealed == ""


def test_choosing_another_pbx_does_not_hide_the_password(visit, trunk, work):
    work()
    page = visit()
    page.goto(url("handover", trunk))
    page.get_by_role("button", name="Show the password").click()

    expect(page.locator("#secret")).to_be_visible()
    page.get_by_role("link", name="Cisco CUBE", exact=True).click()

    expect(page.get_by_text("voice class codec 77")).to_be_visible()
    expect(page.get_by_role("link", name="Cisco CUBE", exact=True)).to_be_focused()
    expect(page.locator("#secret")).to_be_visible()


def test_no_page_has_an_accessibility_violation(visit, new_york, trunk, work):
    kinds = (make_specification, freshworks, genesys)
    others = [order_trunk(trunk.account, make(new_york), trunk.created_by) for make in kinds]
    work()
    page = visit()
    judge = Judge(page)
    for other in (trunk, *others):
        judge.visit(url("handover", other))
    for pbx in PBXES:
        judge.visit(f"{url('handover', trunk)}?pbx={pbx}")
    page.goto(url("handover", trunk))
    page.get_by_role("button", name="Show the password").click()
    judge.look("password shown")
    page.get_by_role("button", name="Done").click()
    judge.look("password not saved")
    judge.visit(url("reset_password", trunk))
    confirm_password(page)
    page.get_by_role("button", name="Reset password").wait_for()
    judge.look("reset")
    page.get_by_role("button", name="Reset password").click()
    judge.look("reset, pending")

    assert judge.found == {}
