"""A person buys a trunk: what the pages of the order do, with JavaScript and without it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e import wizard
from tests.e2e.hands import Mouse
from tests.factories import make_specification, order_trunk
from trunks.models import Trunk, TrunkDraft

BOTH_WAYS = pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])


@pytest.fixture
def order_at(visit, account, engineer):
    """Opens a question of a static order whose earlier questions are answered: `order_at("plan")`."""
    address = account.addresses.get()
    answers = {
        "provider": {"provider": "DIRECT", "kind": "STATIC"},
        "plan": {"plan": "METERED", "channels": "10"},
        "settings": {
            "name": "Main office",
            "data_centre": "NEW_YORK",
            "in_the_us": "yes",
            "service_address": str(address.pk),
            "tls": "no",
            "codecs": ["PCMA", "PCMU"],
            "dtmf": "RFC2833",
            "fax": "NONE",
            "number_format": "E164",
            "privacy": "NONE",
        },
        "ips": {"sources": "127.77.128.1", "destinations": "127.77.128.2", "destinations_port": ""},
    }

    def open_page(step, **options):
        earlier = list(answers)[: [*answers, "review"].index(step)]
        stored = {name: {key: as_list(value) for key, value in answers[name].items()} for name in earlier}
        draft = TrunkDraft.objects.create(account=account, created_by=engineer, answers=stored)
        page = visit(**options)
        page.goto(f"/trunks/new/{draft.pk}/{step}/")
        return page

    return open_page


def as_list(value):
    return value if isinstance(value, list) else [value]


def test_the_status_becomes_ready_by_itself_and_is_announced(order_at, work):
    page = order_at("review")
    wizard.pay(Mouse(page))

    work()

    expect(page.locator("#announcements")).to_have_text("Main office: ready")
    expect(page.locator("[data-poll-url]")).to_have_count(0)
    expect(page).to_have_title("Connect Main office – Trunkline")


def test_the_price_follows_the_answers(order_at):
    page = order_at("plan")

    page.get_by_text("Metered", exact=True).click()
    expect(page.locator("#price")).to_contain_text("$150.00")
    page.get_by_label("Channels").fill("20")

    expect(page.locator("#price")).to_contain_text("$300.00")


@BOTH_WAYS
def test_rows_and_codecs_change_by_buttons(order_at, javascript):
    page = order_at("settings", java_script_enabled=javascript)
    settings = page.url
    wizard.choose_settings(Mouse(page))
    page.goto(settings)
    page.get_by_role("button", name="Move G.711a up").click()
    expect(page.locator("[name=codecs]").first).to_have_value("PCMA")
    wizard.go_on(Mouse(page))

    page.get_by_label("Source address 1").fill("127.77.128.1")
    page.get_by_role("button", name="Add another address").click()
    page.get_by_label("Source address 2").fill("127.77.128.7")
    page.get_by_role("button", name="Remove Source address 1").click()
    wizard.go_on(Mouse(page))

    expect(page.get_by_text("127.77.128.7")).to_be_visible()
    expect(page.get_by_text("G.711a, G.711µ")).to_be_visible()
    expect(page.get_by_text("127.77.128.1", exact=True)).to_have_count(0)


@BOTH_WAYS
def test_the_way_of_sharing_is_asked_with_the_second_destination(order_at, javascript):
    page = order_at("ips", java_script_enabled=javascript)
    sharing = page.get_by_role("group", name="How calls are shared")
    expect(sharing).to_be_hidden()

    page.get_by_role("button", name="Add another destination").click()

    expect(sharing).to_be_visible()


def test_mistakes_are_summed_up_with_links_that_lead_to_them(order_at):
    page = order_at("ips")

    wizard.enter_hosts(Mouse(page), source="10.1.2.3")

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert page.title().startswith("Error: ")
    summary.get_by_role("link", name="10.1.2.3 is a private address").click()
    expect(page.get_by_label("Source address 1")).to_be_focused()
    expect(page.get_by_label("Source address 1")).to_have_value("10.1.2.3")


def test_a_change_from_the_review_returns_there(order_at):
    page = order_at("review")

    page.get_by_role("link", name="Change channels").click()
    page.get_by_label("Channels").fill("20")
    wizard.go_on(Mouse(page))

    expect(page.get_by_role("heading", name="Check your trunk and pay")).to_be_visible()
    expect(page.get_by_text("$300.00").first).to_be_visible()


def test_an_address_is_added_on_the_way(order_at):
    page = order_at("settings")
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


def test_back_after_paying_never_orders_again(order_at):
    page = order_at("review")
    wizard.pay(Mouse(page))

    page.go_back()

    expect(page.get_by_text("You placed this order at")).to_be_visible()
    expect(page.get_by_role("button", name="Pay now")).to_have_count(0)
    assert Trunk.objects.count() == 1


def test_no_page_scrolls_sideways_on_a_small_screen(order_at, account, engineer, new_york):
    """Each page is measured when it has loaded; see watch.js."""
    trunk = order_trunk(account, make_specification(new_york, name="A name of a length that people give"), engineer)

    page = order_at("ips", viewport={"width": 320, "height": 640})
    wizard.enter_hosts(Mouse(page), source="10.1.2.3")
    page.get_by_role("alert").wait_for()
    wizard.enter_hosts(Mouse(page))
    wizard.arrive(page, "Check your trunk and pay")
    for address in ("", f"{trunk.pk}/history/", "new/"):
        page.goto(f"/trunks/{address}")
    for address in ("/addresses/", "/addresses/new/", "/numbers/", "/billing/", "/accounts/2fa/"):
        page.goto(address)
