"""The staff site has no accessibility violations, light and dark."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from portal.demo import support_group
from tests.e2e.conftest import DESKTOP, session_cookie
from tests.e2e.judge import Judge
from tests.factories import make_specification, make_user, order_trunk


@pytest.fixture
def staff(transactional_db):
    user = make_user("support@example.com", is_staff=True)
    user.groups.add(support_group())
    return user


@pytest.fixture
def page(browser, live_server, staff):
    context = browser.new_context(base_url=live_server.url, viewport=DESKTOP)
    context.add_cookies([session_cookie(staff, live_server.url)])
    yield context.new_page()
    context.close()


def test_no_violations(page, account, engineer, new_york, work):
    trunk = order_trunk(account, make_specification(new_york), engineer)
    work()
    account_url = reverse("admin:accounts_account_change", args=[account.pk])
    pages = [
        reverse("admin:index"),
        reverse("admin:accounts_account_changelist"),
        account_url,
        reverse("admin:accounts_account_credit", args=[account.pk]),
        reverse("admin:provisioning_operation_changelist"),
        reverse("admin:provisioning_sbcnode_changelist"),
        reverse("admin:trunks_trunk_changelist"),
        reverse("admin:trunks_trunk_change", args=[trunk.pk]),
    ]
    judge = Judge(page)

    for url in pages:
        judge.visit(url)

    assert judge.found == {}


def test_support_credits_a_balance_in_the_browser(page, account):
    page.goto(reverse("admin:accounts_account_change", args=[account.pk]))
    page.get_by_role("link", name="Credit balance").click()
    page.get_by_label("Amount (USD)").fill("12.50")
    page.get_by_label("Reason").fill("Agreed on the phone")
    page.get_by_role("button", name="Credit balance").click()

    expect(page.get_by_text("12.50 USD was credited")).to_be_visible()
    expect(page.get_by_text("1,012.50 USD").first).to_be_visible()
