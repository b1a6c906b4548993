"""No page has an accessibility violation, light or dark."""

from __future__ import annotations

from django.urls import reverse

from provisioning.operations import latest_operation
from tests.e2e import wizard
from tests.e2e.hands import Mouse
from tests.e2e.judge import Judge
from tests.factories import make_specification, order_trunk
from trunks.models.trunk import SUBJECT
from trunks.subject import TrunkSubject


def test_the_wizard(visit, work):
    page = visit()
    judge = Judge(page)

    judge.visit("/trunks/")
    judge.visit("/trunks/new/")
    page.get_by_role("button", name="Start a new order").click()
    judge.look("provider")
    wizard.choose_provider(Mouse(page))
    judge.look("plan")
    wizard.go_on(Mouse(page))
    judge.look("plan with a mistake")
    wizard.choose_plan(Mouse(page))
    judge.look("settings")
    wizard.go_on(Mouse(page))
    judge.look("settings with mistakes")
    wizard.choose_settings(Mouse(page))
    judge.look("ips")
    page.get_by_role("button", name="Add another destination").click()
    page.get_by_label("Destination 2", exact=True).fill("127.77.128.3")
    wizard.enter_hosts(Mouse(page), source="10.1.2.3")
    judge.look("ips with mistakes")
    page.get_by_label("Failover").check()
    wizard.enter_hosts(Mouse(page))
    judge.look("review")
    judge.visit("/trunks/new/")
    page.get_by_role("link", name="Main office").click()
    wizard.pay(Mouse(page))
    judge.look("handover, pending")
    work()
    page.reload()
    judge.look("handover, ready")

    assert judge.found == {}


def test_what_can_go_wrong_with_an_order(visit, account, new_york, engineer):
    page = visit()
    judge = Judge(page)
    wizard.order(Mouse(page))
    order_trunk(account, make_specification(new_york, name="Main office", source_hosts=["127.77.128.1"]), engineer)

    page.get_by_role("button", name="Pay now").click()
    judge.look("review with problems")
    account.limits.trunks = 1
    account.limits.save()
    judge.visit("/trunks/new/")

    assert judge.found == {}


def test_trunks(visit, account, new_york, work):
    trunk = order_trunk(account, make_specification(new_york, name="Main office"))
    work()
    pending = order_trunk(account, make_specification(new_york))
    failed = order_trunk(account, make_specification(new_york))
    fail(failed)
    judge = Judge(visit())

    judge.visit("/trunks/")
    for name in ("detail", "handover", "history", "disable", "delete"):
        judge.visit(reverse(f"trunks:{name}", args=[trunk.pk]))
    for other in (pending, failed):
        judge.visit(reverse("trunks:detail", args=[other.pk]))
        judge.visit(reverse("trunks:handover", args=[other.pk]))

    assert judge.found == {}


def fail(trunk):
    operation = latest_operation(SUBJECT, str(trunk.pk))
    TrunkSubject().give_up(operation)
    operation.status, operation.message = "FAILED", "The backup node refused it"
    operation.save()
    TrunkSubject().settled(operation)


def test_the_other_pages(visit, account):
    judge = Judge(visit())

    judge.visit("/addresses/")
    judge.visit("/addresses/new/")
    judge.page.get_by_role("button", name="Save").click()
    judge.look("address with mistakes")
    judge.visit(reverse("addresses:edit", args=[account.addresses.get().pk]))
    judge.visit(reverse("addresses:delete", args=[account.addresses.get().pk]))
    for address in (
        "/numbers/",
        "/billing/",
        "/accounts/sessions/",
        "/accounts/2fa/",
        "/accounts/email/",
        "/styleguide/",
    ):
        judge.visit(address)

    assert judge.found == {}


def test_the_way_in(browser, live_server):
    context = browser.new_context(base_url=live_server.url)
    judge = Judge(context.new_page())

    judge.visit("/accounts/login/")
    judge.page.get_by_role("button", name="Sign in").first.click()
    judge.look("sign-in with mistakes")
    judge.visit("/accounts/password/reset/")
    judge.visit("/accounts/signup/")
    judge.visit("/nowhere/")
    context.close()

    assert judge.found == {}


def test_signing_in(browser, live_server, engineer):
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    page.goto("/trunks/")
    page.get_by_label("Email").fill(engineer.email)
    page.get_by_label("Password", exact=True).fill("a long pass phrase")
    page.get_by_role("button", name="Sign in").first.click()

    page.get_by_role("heading", name="Trunks", exact=True).wait_for()
    context.close()
