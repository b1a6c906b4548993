"""The team in a real browser: somebody is invited and joins, without JavaScript; no accessibility violation."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import expect

from accounts.enums import Role
from accounts.models import Member
from tests.accounts.people import PASSWORD as MEMBERS_PASSWORD
from tests.e2e.conftest import session_cookie
from tests.e2e.judge import Judge
from tests.factories import make_member

PASSWORD = "horse battery staple"
PAGES = ("/team/", "/team/invite/", "/team/leave/")


@pytest.fixture
def as_owner(visit: Any, account: Any, live_server: Any) -> Any:
    """`visit`, signed in as an owner."""
    owner = make_member(account, Role.OWNER, "olivia@example.com")

    def open_page(**options: Any) -> Any:
        page = visit(**options)
        page.context.add_cookies([session_cookie(owner, live_server.url)])
        return page

    return open_page


def link_in_mail() -> str:
    found = re.search(r"https?://[^/]+(/invitations/\S+)", mail.outbox[-1].body)
    assert found
    return found[1]


def test_somebody_is_invited_and_joins_without_javascript(as_owner, visit):
    owner = as_owner(java_script_enabled=False)
    owner.goto("/team/")
    owner.get_by_role("link", name="Invite somebody").click()
    owner.get_by_label("Email").fill("nina@example.com")
    owner.get_by_text("Engineer", exact=True).click()
    owner.get_by_role("button", name="Send invitation").click()
    expect(owner.get_by_text("We have sent an invitation to nina@example.com")).to_be_visible()

    nina = visit(java_script_enabled=False)
    nina.context.clear_cookies()
    nina.goto(link_in_mail())
    nina.get_by_label("Your name").fill("Nina")
    nina.get_by_label("Password", exact=True).fill(PASSWORD)
    nina.get_by_label("Password again").fill(PASSWORD)
    nina.get_by_role("button", name="Join").click()

    expect(nina.get_by_text("Welcome to Alice Telecom")).to_be_visible()
    assert Member.objects.get(user__email="nina@example.com").role == Role.ENGINEER


def test_no_page_about_people_has_an_accessibility_violation(as_owner, engineer):
    page = as_owner()
    judge = Judge(page)
    member = Member.objects.get(user=engineer)

    for address in (*PAGES, f"/team/{member.pk}/", f"/team/{member.pk}/remove/"):
        judge.visit(address)
    page.goto("/team/invite/")
    page.get_by_label("Email").fill("nina")
    page.get_by_role("button", name="Send invitation").click()
    judge.look("invitation with mistakes")
    page.get_by_label("Email").fill("nina@example.com")
    page.get_by_text("Owner", exact=True).click()
    page.get_by_role("button", name="Send invitation").click()
    judge.look("proof before somebody is made owner")
    page.get_by_label("Password", exact=True).fill(MEMBERS_PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("We have sent an invitation to nina@example.com")).to_be_visible()
    judge.look("team with an invitation")
    judge.visit(link_in_mail())
    page.context.clear_cookies()
    judge.visit(link_in_mail())

    assert judge.found == {}


def test_the_set_up_that_owners_are_led_to_has_no_accessibility_violation(as_owner, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    page = as_owner()
    judge = Judge(page)

    judge.visit("/team/")

    expect(page.get_by_role("heading", name="Set up a second factor to go on")).to_be_visible()
    assert judge.found == {}


def test_the_team_fits_a_small_screen(as_owner, engineer):
    page = as_owner(viewport={"width": 320, "height": 640})

    for address in ("/team/", "/team/invite/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") == 320
