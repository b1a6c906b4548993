"""A person buys a number, points it at a trunk and gives it back."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import expect

from provisioning.enums import Status
from provisioning.models import Operation
from provisioning.operations import pending_operation
from routing.endings import settle_number
from routing.models import Number
from routing.subject import NumberSubject
from tests.e2e.hands import Keyboard, Mouse
from tests.e2e.judge import Judge
from tests.factories import buy, make_number, make_specification, order_trunk

BOTH_WAYS = pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])
WANTED, OTHER = "+13125550142", "+12125550177"


@pytest.fixture
def stock(new_york):
    """Twenty-six numbers in two areas."""
    for at in range(25):
        make_number(f"+131255501{30 + at}", new_york)
    return make_number(OTHER, new_york, area="New York")


@pytest.fixture
def trunk(account, new_york, engineer, work):
    trunk = order_trunk(account, make_specification(new_york, name="Main office"), engineer)
    work()
    return trunk


@pytest.fixture
def pay(account, engineer, stock):
    """Buys a number: its order."""
    return lambda e164, target=None: buy(account, [Number.objects.get(pk=e164)], engineer, target)


def search(hand, area, digits):
    hand.select(hand.page.get_by_label("Area"), area)
    hand.fill(hand.page.get_by_label("Digits"), digits)
    hand.press(hand.page.get_by_role("button", name="Search"))


def choose(hand, number):
    hand.check(hand.page.get_by_role("checkbox", name=number))


def test_a_number_is_bought_pointed_and_given_back_by_keyboard(visit, account, stock, trunk, work):
    page = visit()
    hand = Keyboard(page)
    page.goto("/numbers/")

    hand.press(page.get_by_role("link", name="Get a number"))
    search(hand, "Chicago", "0142")
    choose(hand, WANTED)
    expect(page.locator("#chosen")).to_contain_text(WANTED)
    hand.press(page.get_by_role("button", name="Continue"))
    page.get_by_role("heading", name="Check your number and pay").wait_for()
    hand.press(page.get_by_role("button", name="Pay now"))

    page.get_by_role("heading", name="Order received").wait_for()
    work()
    expect(page.get_by_role("heading", name="Your number is ready")).to_be_visible()
    expect(page.locator("#announcements")).to_have_text("Your number is ready")
    expect(page.get_by_text("leads nowhere: callers hear that it is not in service")).to_be_visible()

    hand.press(page.get_by_role("link", name="Go to your numbers"))
    hand.press(page.locator("summary", has_text=f"Actions for {WANTED}"))
    hand.press(page.get_by_role("link", name="Change where calls go"))
    hand.select(page.get_by_label("Calls go to"), "Main")
    hand.press(page.get_by_role("button", name="Save"))
    page.get_by_role("link", name="Main office").wait_for()
    assert Number.objects.get(pk=WANTED).trunk == trunk

    hand.press(page.locator("summary", has_text=f"Actions for {WANTED}"))
    hand.press(page.get_by_role("link", name="Give it back"))
    hand.fill(page.get_by_label("Enter the number to confirm"), "1 312 555 0142")
    hand.press(page.get_by_role("button", name="Give it back"))
    expect(page.get_by_text("Being given back", exact=True)).to_be_visible()
    work()
    expect(page.get_by_role("heading", name="No numbers yet")).to_be_visible()
    assert Number.objects.get(pk=WANTED).account is None


@BOTH_WAYS
def test_the_choice_goes_along_from_search_to_search(visit, stock, javascript):
    page = visit(java_script_enabled=javascript)
    hand = Mouse(page)
    page.goto("/numbers/buy/")

    choose(hand, "+13125550131")
    search(hand, "New York", "") if javascript else search(hand, "New York", "0177")
    choose(hand, OTHER)
    page.get_by_role("button", name="Continue").click()

    page.get_by_role("heading", name="Check your numbers and pay").wait_for()
    for number in ("+13125550131", OTHER):
        expect(page.get_by_role("rowheader", name=number)).to_be_visible()


@BOTH_WAYS
def test_what_was_chosen_can_be_removed(visit, stock, javascript):
    page = visit(java_script_enabled=javascript)
    page.goto("/numbers/buy/?pick=%2B13125550131&pick=%2B13125550132")

    page.get_by_role("button", name="Remove +13125550131").click()

    expect(page.locator("#chosen")).to_contain_text("+13125550132")
    expect(page.locator("#chosen")).not_to_contain_text("+13125550131")
    expect(page.get_by_role("checkbox", name="+13125550131")).not_to_be_checked()


def test_what_is_unticked_on_a_later_page_is_not_chosen(visit, stock):
    page = visit()
    page.goto("/numbers/buy/?pick=%2B13125550131")
    page.get_by_role("button", name="Next").click()
    choose(Mouse(page), "+13125550152")
    expect(page.locator("#chosen")).to_contain_text("+13125550152")

    page.get_by_label("Digits").fill("0131")  # typed, not searched for yet
    page.get_by_role("checkbox", name="+13125550152").uncheck()

    expect(page.locator("#chosen")).not_to_contain_text("+13125550152")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Check your number and pay").wait_for()
    expect(page.get_by_role("rowheader", name="+13125550131")).to_be_visible()


def test_back_after_paying_never_orders_again(visit, stock, account):
    page = visit()
    page.goto("/numbers/buy/review/?pick=%2B13125550131")
    page.get_by_role("button", name="Pay now").click()
    page.get_by_role("heading", name="Order received").wait_for()

    page.go_back()

    expect(page.get_by_role("button", name="Pay now")).to_have_count(0)
    assert account.number_orders.count() == 1


def test_who_comes_too_late_is_shown_similar_numbers(visit, stock, account, new_york):
    page = visit()
    page.goto(f"/numbers/buy/review/?pick=%2B{WANTED[1:]}")
    Number.objects.filter(pk=WANTED).delete()

    page.get_by_role("button", name="Pay now").click()

    expect(page.get_by_role("heading", name=f"{WANTED} was taken while you chose")).to_be_visible()


def test_no_page_has_an_accessibility_violation(visit, pay, trunk, work):
    judge = Judge(visit())
    judge.visit("/numbers/")
    judge.visit("/numbers/buy/?q=99")
    judge.visit("/numbers/buy/?country=US&pick=%2B13125550131")
    judge.page.get_by_role("button", name="Continue").click()
    judge.page.get_by_role("heading", name="Check your number and pay").wait_for()
    judge.look("review")
    order = pay("+13125550133")
    judge.visit(reverse("routing:order", args=[order.pk]))
    work()
    judge.visit(reverse("routing:order", args=[order.pk]))
    for name in ("assign", "give_back"):
        judge.visit(reverse(f"routing:{name}", args=["+13125550133"]))
    judge.page.get_by_role("button", name="Give it back").click()
    judge.look("given back with a mistake")
    judge.visit("/numbers/")
    judge.visit("/numbers/buy/review/?pick=%2B13125550133&pick=%2B13125550134")
    failed = pay(WANTED)
    fail(WANTED)
    judge.visit(reverse("routing:order", args=[failed.pk]))

    assert judge.found == {}


@transaction.atomic
def fail(e164):
    operation = pending_operation("number", e164)
    NumberSubject().give_up(operation)
    Operation.objects.filter(pk=operation.pk).update(status=Status.FAILED, message="The backup node refused it")
    settle_number(Number.objects.get(pk=e164), Operation.objects.get(pk=operation.pk))


def test_no_page_scrolls_sideways_on_a_small_screen(visit, pay, trunk, work):
    """Each page is measured when it has loaded; see watch.js."""
    order = pay(WANTED, trunk)
    page = visit(viewport={"width": 320, "height": 640})
    page.goto(reverse("routing:order", args=[order.pk]))
    work()
    for address in ("", f"{WANTED}/assign/", f"{WANTED}/give-back/", "buy/", "buy/?pick=%2B13125550131"):
        page.goto(f"/numbers/{address}")
    page.goto("/numbers/buy/review/?pick=%2B13125550131&pick=%2B12125550177")
    page.goto(f"/numbers/buy/review/?pick=%2B13125550131&pick=%2B{WANTED[1:]}")
