"""The staff site has no accessibility violations, light and dark."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from billing.models import Plan
from billing.plan_requests import ask_for_plan
from portal.staff_groups import SUPPORT, staff_group
from provisioning.enums import Status
from provisioning.models import Operation
from tests.e2e.conftest import DESKTOP, session_cookie
from tests.e2e.judge import Judge
from tests.factories import make_number, make_specification, make_user, order_trunk


@pytest.fixture
def staff(transactional_db):
    user = make_user("support@example.com", is_staff=True)
    user.groups.add(staff_group(SUPPORT))
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
    asked = ask_for_plan(account, Plan.objects.get(code="UNLIMITED"), engineer)
    order_trunk(account, make_specification(new_york), engineer)
    waiting, node = Operation.objects.get(status=Status.PENDING), new_york.nodes.first()
    account_url = reverse("admin:accounts_account_change", args=[account.pk])
    pages = [
        reverse("admin:index"),
        reverse("admin:accounts_account_changelist"),
        account_url,
        reverse("admin:accounts_account_credit", args=[account.pk]),
        reverse("admin:accounts_account_suspend", args=[account.pk]),
        reverse("admin:search", query={"q": trunk.name}),
        reverse("admin:billing_planrequest_changelist"),
        reverse("admin:billing_planrequest_decline", args=[asked.pk]),
        reverse("admin:provisioning_operation_console"),
        reverse("admin:provisioning_operation_changelist"),
        reverse("admin:provisioning_operation_retry", args=[waiting.pk]),
        reverse("admin:provisioning_sbcnode_drift", args=[node.pk]),
        reverse("admin:provisioning_sbcnode_resync", args=[node.pk]),
        reverse("admin:provisioning_sbcnode_changelist"),
        reverse("admin:trunks_trunk_changelist"),
        reverse("admin:trunks_trunk_change", args=[trunk.pk]),
        reverse("admin:trunks_trunk_suspend", args=[trunk.pk]),
    ]
    judge = Judge(page)

    for url in pages:
        judge.visit(url)

    assert judge.found == {}


def test_looking_as_the_customer_has_no_violations(page, account, engineer):
    judge = Judge(page)
    judge.visit(reverse("admin:accounts_account_act", args=[account.pk]))
    page.get_by_label("Reason").fill("The customer called about it")
    page.get_by_role("button", name="Look as").click()

    page.get_by_text("You are looking at Alice Telecom as its people do").wait_for()
    judge.look("acting")

    assert judge.found == {}


def test_support_credits_a_balance_in_the_browser(page, account):
    page.goto(reverse("admin:accounts_account_change", args=[account.pk]))
    page.get_by_role("link", name="Credit balance").click()
    page.get_by_label("Amount (USD)").fill("12.50")
    page.get_by_label("Note for the customer").fill("Agreed on the phone")
    page.get_by_role("button", name="Credit balance").click()

    expect(page.get_by_text("12.50 USD was credited")).to_be_visible()
    expect(page.get_by_text("1,012.50 USD").first).to_be_visible()


def test_support_loads_numbers_in_the_browser(page, new_york):
    make_number("+13125550199", new_york)
    judge, header = Judge(page), "number,data_centre,area,kind,rate"
    good = "+13125550142,NEW_YORK,Chicago,LOCAL,RATE-3-10"
    judge.visit(reverse("admin:routing_number_changelist"))
    page.get_by_role("link", name="Load from a file").click()
    judge.look("load")

    load(page, f"{header}\n{good}\n13125550143,NEW_YORK,,LOCAL,GOLD\n", "Load")
    expect(page.get_by_text("1 line is wrong. Nothing was loaded.")).to_be_visible()
    judge.look("load with a bad line")
    load(page, f"{header}\n{good}\n", "Only check")
    expect(page.get_by_text("Nothing is wrong. This would be loaded")).to_be_visible()
    judge.look("checked")
    load(page, f"{header}\n{good}\n", "Load")
    expect(page.get_by_text("1 number is for sale now")).to_be_visible()

    assert judge.found == {}


def load(page, text, button):
    file = {"name": "numbers.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name=button, exact=True).click()
