"""Routes in a browser: built by keyboard alone, ordered by buttons and by drag, rehearsed, undone, deleted."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from routing.models import Number, Route
from routing.services import assign_number
from routing.specification import RouteSettings
from tests.e2e.hands import Keyboard, Mouse
from tests.e2e.judge import Judge
from tests.e2e.wizard import arrive
from tests.factories import make_specification, order_trunk
from tests.provisioning.scene import sweep_now
from tests.routing.roads import again, make_route
from tests.world import assert_world_consistent

PHONE = "+13124441212"
SMALL = {"width": 320, "height": 640}


@pytest.fixture
def trunks(account, new_york, engineer, work):
    names = ("Main office", "Backup", "Warehouse")
    made = [order_trunk(account, make_specification(new_york, name=name), engineer) for name in names]
    work()
    return made


@pytest.fixture
def number(account, new_york):
    return Number.objects.create(e164="+13125550100", data_centre=new_york, account=account)


@pytest.fixture
def route(account, engineer, trunks, number, work):
    route = make_route(account, "Day", *trunks, PHONE, actor=engineer)
    assign_number(number, route, engineer)
    work()
    sweep_now()
    return again(route)


def names_in(page: Page) -> list[str]:
    return [re.sub(r",.*", "", text) for text in page.locator(".entry .top > b").all_inner_texts()]


def preview(page: Page):
    return page.locator("#route-preview")


def add_trunk(hand: Mouse, name: str) -> None:
    hand.select(hand.page.get_by_label("Trunk to add"), name)
    hand.press(hand.page.get_by_role("button", name="Add trunk"))


def settle(page: Page, work, words: str) -> None:
    work()
    page.reload()
    expect(page.get_by_text(words).first).to_be_visible()


def test_a_route_is_built_with_the_keyboard_alone(visit, trunks, work):
    page = visit()
    hand = Keyboard(page)
    page.goto("/routes/")
    hand.press(page.get_by_role("main").get_by_role("link", name="Create a route"))
    arrive(page, "Create a route")
    hand.fill(page.get_by_role("textbox", name="Name"), "Day")
    add_trunk(hand, "Main")
    hand.fill(page.get_by_label("Rings for, in seconds: Main office"), "30")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # no longer when it cannot be reached
    add_trunk(hand, "Backup")
    hand.press(page.get_by_role("button", name="Add phone number"))
    page.keyboard.type(PHONE)
    page.get_by_role("button", name="Move Backup, New York up").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#announcements")).to_have_text("Backup, New York moved to position 1 of 3")
    expect(preview(page)).to_contain_text(f"1. Backup (20 s) → 2. Main office (30 s) → 3. {PHONE}")

    hand.press(page.get_by_role("button", name="Create the route"))
    arrive(page, "Day")
    settle(page, work, "Live on both nodes of New York")

    settings = RouteSettings.of(Route.objects.get().live)
    assert [entry.ring_seconds for entry in settings.entries] == [20, 30, 20]
    assert settings.entries[1].hunt_on == ("TIMEOUT", "ERROR")
    assert settings.phone == PHONE
    assert_world_consistent()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_the_order_is_changed_by_buttons_and_taken_back(visit, route, work, javascript):
    page = visit(java_script_enabled=javascript)
    page.goto(f"/routes/{route.pk}/edit/")
    page.get_by_role("button", name="Move Warehouse, New York up").click()
    page.get_by_role("button", name="Remove Main office, New York").click()
    page.get_by_role("button", name="Check changes").click()
    arrive(page, "Check your changes")
    expect(page.get_by_role("row", name="Entries, in order")).to_contain_text("1. Warehouse, 20 s")
    page.get_by_role("button", name="Save changes").click()
    arrive(page, "Day")
    settle(page, work, "Live on both nodes")
    assert [entry.key for entry in RouteSettings.of(again(route).live).entries][-1] == PHONE

    page.get_by_role("link", name="Undo: back to revision 1").click()
    arrive(page, "Go back to revision 1?")
    page.get_by_role("button", name="Restore revision 1").click()
    settle(page, work, "Live on both nodes")

    route = again(route)
    assert RouteSettings.of(route.live) == RouteSettings.of(route.revisions.get(number=1))
    assert_world_consistent()


def test_the_order_is_changed_by_dragging(visit, route):
    page = visit()
    page.goto(f"/routes/{route.pk}/edit/")
    drag(page, row=2, to=0)
    assert names_in(page) == ["Warehouse", "Main office", "Backup", "Phone number"]
    expect(page.locator("#announcements")).to_have_text("Warehouse, New York moved to position 1 of 4")
    expect(preview(page)).to_contain_text("1. Warehouse (20 s) → 2. Main office (20 s)")

    drag(page, row=0, to=3)  # not beyond the phone number

    assert names_in(page) == ["Main office", "Backup", "Warehouse", "Phone number"]


def drag(page: Page, row: int, to: int) -> None:
    grip = page.locator(".entry").nth(row).locator("[data-grip]").bounding_box()
    target = page.locator(".entry").nth(to).bounding_box()
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(grip["x"] + 5, target["y"] + target["height"] / 2 + (30 if to > row else -30), steps=12)
    page.mouse.up()


def test_codecs_are_dragged_the_same_way(visit, route, trunks):
    page = visit()
    page.goto(f"/trunks/{trunks[0].pk}/edit/")
    rows = page.locator(".ordered > [data-row]")
    rows.last.scroll_into_view_if_needed()
    before = rows.locator("b").all_inner_texts()
    grip, target = rows.nth(0).locator("[data-grip]").bounding_box(), rows.nth(1).bounding_box()
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(grip["x"] + 5, target["y"] + target["height"], steps=8)
    page.mouse.up()

    assert rows.locator("b").all_inner_texts() == before[::-1]


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_call_is_rehearsed_before_and_after_saving(visit, route, javascript):
    page = visit(java_script_enabled=javascript)
    page.goto(f"/routes/{route.pk}/")
    page.get_by_label("Called number").select_option(route.numbers.get().pk)
    page.get_by_role("button", name="Rehearse").click()
    said = page.locator("#rehearsed")
    expect(said).to_contain_text("The call would go to Main office first")
    expect(said).to_contain_text("127.77.200.1:5060")

    page.goto(f"/routes/{route.pk}/edit/")
    page.get_by_role("button", name="Remove Main office, New York").click()
    page.get_by_role("button", name="Rehearse").click()

    expect(said).to_contain_text("The call would go to Backup first")
    assert names_in(page)[0] == "Backup"


def test_a_route_in_use_is_deleted_with_a_replacement(visit, route, number, trunks, work):
    page = visit()
    page.goto(f"/routes/{route.pk}/")
    page.get_by_role("link", name="Delete", exact=True).click()
    arrive(page, "Delete “Day”?")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose where calls to these numbers go")
    page.get_by_label("Where calls to them go from then on").select_option("Backup")
    page.get_by_role("button", name="Delete").click()
    arrive(page, "Call routing")
    work()
    sweep_now()

    expect(page.get_by_text("Day was deleted")).to_be_visible()
    number.refresh_from_db()
    assert number.trunk == trunks[1]
    assert_world_consistent()


def test_no_page_has_an_accessibility_violation(visit, account, engineer, route, trunks):
    pending = make_route(account, "Night", trunks[0], actor=engineer)
    judge = Judge(visit())
    for address in ("/routes/", "/routes/new/", f"/routes/{route.pk}/", f"/routes/{pending.pk}/"):
        judge.visit(address)
    for name in ("edit", "delete", "rehearsal"):
        judge.visit(f"/routes/{route.pk}/{name}/")
    judge.visit(f"/routes/{pending.pk}/edit/")
    page = judge.page
    page.goto(f"/routes/{route.pk}/edit/")
    page.get_by_text("What the reasons mean").click()
    page.get_by_role("button", name="Rehearse").click()
    expect(page.locator("#rehearsed")).to_contain_text("Nothing was called")
    judge.look("editor with a rehearsal")
    page.get_by_label("Rings for, in seconds: Main office").fill("1")
    page.get_by_role("button", name="Check changes").click()
    arrive(page, "There is a problem")
    judge.look("editor with a mistake")
    page.get_by_label("Rings for, in seconds: Main office").fill("30")
    page.get_by_role("button", name="Check changes").click()
    arrive(page, "Check your changes")
    judge.look("check")

    assert judge.found == {}


def test_no_page_scrolls_sideways_on_a_small_screen(visit, account, engineer, route, trunks):
    """Each page is measured when it has loaded; see watch.js."""
    make_route(account, "A very long name of a route without an end".ljust(64, "!"), trunks[0], actor=engineer)
    page = visit(viewport=SMALL, has_touch=True)
    addresses = (
        "/routes/",
        "/routes/new/",
        *(f"/routes/{route.pk}/{name}" for name in ("", "edit/", "delete/", "rehearsal/")),
    )
    for address in addresses:
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
