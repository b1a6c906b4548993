"""A person buys a trunk: with JavaScript, without it, and without a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from sbc.documents import TRUNK
from tests.e2e import wizard
from trunks.models import Trunk


def held_by(node):
    client = node.client()
    try:
        return [entry.id for entry in client.list(TRUNK)]
    finally:
        client.close()


@pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])
def test_buying_a_trunk(visit, work, nodes, javascript):
    page = visit(java_script_enabled=javascript)

    wizard.order(page)
    wizard.pay(page)
    expect(page.get_by_text("Waiting to start")).to_be_visible()
    work()
    if not javascript:
        page.get_by_role("link", name="Refresh status").click()

    expect(page.get_by_text("Backup node has it")).to_be_visible()
    expect(page.get_by_text("Ready", exact=True)).to_be_visible()
    trunk = Trunk.objects.get()
    assert [held_by(node) for node in nodes] == [[str(trunk.pk)], [str(trunk.pk)]]
    expect(page.get_by_role("row", name="Primary")).to_contain_text("127.77.1.10")
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("row", name="Main office")).to_contain_text("Live")


def test_the_status_becomes_ready_by_itself_and_is_announced(visit, work):
    page = visit()
    wizard.order(page)
    wizard.pay(page)

    work()

    expect(page.locator("#announcements")).to_have_text("Main office: ready")
    expect(page.locator("[data-poll-url]")).to_have_count(0)
    expect(page).to_have_title("Handover – Main office – Trunkline")


def test_the_price_follows_the_answers(visit):
    page = visit()
    wizard.begin(page)
    wizard.choose_provider(page)

    page.get_by_text("Metered", exact=True).click()
    expect(page.locator("#price")).to_contain_text("$150.00")
    page.get_by_label("Channels").fill("20")

    expect(page.locator("#price")).to_contain_text("$300.00")


@pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])
def test_rows_and_codecs_change_by_buttons(visit, javascript):
    page = visit(java_script_enabled=javascript)
    wizard.begin(page)
    wizard.choose_provider(page)
    wizard.choose_plan(page)
    page.get_by_role("button", name="Move G.711µ up").click()
    codecs = page.locator("[name=codecs]")
    expect(codecs.first).to_have_value("PCMU")
    wizard.choose_settings(page)

    page.get_by_label("Source address 1").fill("127.77.128.1")
    page.get_by_role("button", name="Add another address").click()
    page.get_by_label("Source address 2").fill("127.77.128.7")
    page.get_by_role("button", name="Remove Source address 1").click()
    wizard.go_on(page)

    expect(page.get_by_text("127.77.128.7")).to_be_visible()
    expect(page.get_by_text("G.711µ, G.711a")).to_be_visible()
    expect(page.get_by_text("127.77.128.1", exact=True)).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])
def test_the_way_of_sharing_is_asked_with_the_second_destination(visit, javascript):
    page = visit(java_script_enabled=javascript)
    wizard.begin(page)
    wizard.choose_provider(page)
    wizard.choose_plan(page)
    wizard.choose_settings(page)
    sharing = page.get_by_role("group", name="How calls are shared")
    expect(sharing).to_be_hidden()

    page.get_by_role("button", name="Add another destination").click()

    expect(sharing).to_be_visible()


def test_mistakes_are_summed_up_with_links_that_lead_to_them(visit):
    page = visit()
    wizard.begin(page)
    wizard.choose_provider(page)
    wizard.choose_plan(page)
    wizard.choose_settings(page)

    wizard.enter_hosts(page, source="10.1.2.3")

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert page.title().startswith("Error: ")
    summary.get_by_role("link", name="10.1.2.3 is a private address").click()
    expect(page.get_by_label("Source address 1")).to_be_focused()
    expect(page.get_by_label("Source address 1")).to_have_value("10.1.2.3")


def test_a_change_from_the_review_returns_there(visit):
    page = visit()
    wizard.order(page)

    page.get_by_role("link", name="Change channels").click()
    page.get_by_label("Channels").fill("20")
    wizard.go_on(page)

    expect(page.get_by_role("heading", name="Check your trunk and pay")).to_be_visible()
    expect(page.get_by_text("$300.00").first).to_be_visible()


def test_an_address_is_added_on_the_way(visit):
    page = visit()
    wizard.begin(page)
    wizard.choose_provider(page)
    wizard.choose_plan(page)
    page.get_by_role("textbox", name="Name").fill("Main office")
    page.get_by_role("button", name="Add an address").click()

    page.get_by_label("Name").fill("New office")
    page.get_by_label("Street").fill("1 Market Street")
    page.get_by_label("City").fill("San Francisco")
    page.get_by_label("State").select_option("US-CA")
    page.get_by_label("ZIP").fill("94105")
    page.get_by_role("button", name="Save").click()

    expect(page.locator("[name=service_address] option:checked")).to_contain_text("New office")
    expect(page.get_by_role("textbox", name="Name")).to_have_value("Main office")


def test_back_after_paying_never_orders_again(visit):
    page = visit()
    wizard.order(page)
    wizard.pay(page)

    page.go_back()

    expect(page.get_by_text("You placed this order at")).to_be_visible()
    expect(page.get_by_role("button", name="Pay now")).to_have_count(0)
    assert Trunk.objects.count() == 1


def test_buying_with_the_keyboard_alone(visit, work):
    page = visit()
    page.goto("/trunks/new/")
    press(page, "Start a new order")
    press(page, "Continue")
    tab_to(page, "[name=plan]")
    page.keyboard.press("Space")
    press(page, "Continue")
    tab_to(page, "[name=name]")
    page.keyboard.type("Main office")
    tab_to(page, "[name=data_centre]")
    page.keyboard.type("New York")
    tab_to(page, "[name=in_the_us]")
    page.keyboard.press("Space")
    tab_to(page, "[name=service_address]")
    page.keyboard.press("ArrowDown")
    press(page, "Continue")
    tab_to(page, "[name=sources]")
    page.keyboard.type("127.77.128.1")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Check your trunk and pay").wait_for()
    press(page, "Pay now")

    expect(page.get_by_role("heading", name="Order received")).to_be_visible()


def tab_to(page, selector):
    """Press Tab until the focus is there."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the focus never reached {selector}")


def press(page, name):
    """Tab to the button of that name and press Enter; the next page is there afterwards."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("name => document.activeElement.innerText?.trim().startsWith(name)", name):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"the focus never reached {name}")


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_scrolls_sideways(visit, work, width):
    page = visit(viewport={"width": width, "height": 800})
    seen = []

    def look():
        seen.append((page.url, page.evaluate("document.documentElement.scrollWidth")))

    wizard.begin(page), look()
    wizard.choose_provider(page), look()
    wizard.choose_plan(page), look()
    wizard.choose_settings(page), look()
    wizard.enter_hosts(page, source="10.1.2.3"), look()
    wizard.enter_hosts(page), look()
    wizard.pay(page), look()
    work()
    for address in ("/trunks/", f"/trunks/{Trunk.objects.get().pk}/", "/trunks/new/", "/addresses/", "/billing/"):
        page.goto(address)
        look()

    assert [place for place in seen if place[1] > width] == []
