"""The steps of an order as a person takes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from re import Pattern
from types import MappingProxyType

from playwright.sync_api import Page

from tests.e2e.hands import Mouse

DIRECT = "My own PBX or SBC"
PLACE = MappingProxyType({"Data centre": "New York"})
NOTHING: Mapping[str, str] = MappingProxyType({})


def arrive(page: Page, heading: str | Pattern[str]) -> None:
    page.get_by_role("heading", name=heading).first.wait_for()


def go_on(hand: Mouse) -> None:
    hand.press(hand.page.locator("main .actions").get_by_role("button", name="Continue"))


def begin(hand: Mouse) -> None:
    hand.page.goto("/trunks/")
    hand.press(hand.page.get_by_role("button", name="Create SIP trunk"))
    arrive(hand.page, "What do you want to connect?")


def choose_provider(hand: Mouse, provider: str = DIRECT, kind: str = "Static") -> None:
    """`kind` is asked for only by a provider that has several."""
    hand.check(hand.page.get_by_label(provider))
    if kind:
        hand.check(hand.page.get_by_label(f"{kind}:"))
    go_on(hand)
    arrive(hand.page, "How many calls at a time?")


def choose_plan(hand: Mouse, channels: str = "10") -> None:
    hand.check(hand.page.get_by_label("Metered"))
    hand.fill(hand.page.get_by_label("Channels", exact=True), channels)
    go_on(hand)
    arrive(hand.page, "How should the trunk work?")


def choose_settings(
    hand: Mouse,
    name: str = "Main office",
    place: Mapping[str, str] = PLACE,
    facts: Mapping[str, str] = NOTHING,
) -> None:
    """`place` answers the question that leads to the data centre; `facts` are the provider's own."""
    page = hand.page
    hand.fill(page.get_by_role("textbox", name="Name"), name)
    for label, words in place.items():
        hand.select(page.get_by_label(label), words)
    hand.check(page.get_by_label("Yes"))
    hand.select(page.locator("[name=service_address]"), "Chicago HQ")
    for label, text in facts.items():
        hand.fill(page.get_by_label(label), text)
    go_on(hand)
    arrive(page, re.compile("Where is your equipment|Check your trunk and pay"))


def enter_hosts(hand: Mouse, source: str = "127.77.128.1", destination: str = "127.77.128.2") -> None:
    page = hand.page
    hand.fill(page.get_by_label("Source address 1"), source)
    hand.fill(page.get_by_label("Destination 1", exact=True), destination)
    go_on(hand)


def order(hand: Mouse) -> None:
    """A static trunk, up to the review."""
    begin(hand)
    choose_provider(hand)
    choose_plan(hand)
    choose_settings(hand)
    enter_hosts(hand)
    arrive(hand.page, "Check your trunk and pay")


def pay(hand: Mouse) -> None:
    hand.press(hand.page.get_by_role("button", name="Pay now"))
    arrive(hand.page, "Order received")
