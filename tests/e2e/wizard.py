"""The steps of an order as a person takes them."""

from __future__ import annotations

from playwright.sync_api import Page


def go_on(page: Page) -> None:
    page.locator("main .actions").get_by_role("button", name="Continue").click()


def begin(page: Page) -> None:
    page.goto("/trunks/")
    page.get_by_role("button", name="Create SIP trunk").click()
    page.get_by_role("heading", name="What do you want to connect?").wait_for()


def choose_provider(page: Page) -> None:
    go_on(page)
    page.get_by_role("heading", name="How many calls at a time?").wait_for()


def choose_plan(page: Page, channels: str = "10") -> None:
    page.get_by_text("Metered", exact=True).click()
    page.get_by_label("Channels").fill(channels)
    go_on(page)
    page.get_by_role("heading", name="How should the trunk work?").wait_for()


def choose_settings(page: Page, name: str = "Main office") -> None:
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_label("Data centre").select_option("NEW_YORK")
    page.get_by_label("Yes").check()
    page.locator("[name=service_address]").select_option(index=1)
    go_on(page)
    page.get_by_role("heading", name="Where is your equipment?").wait_for()


def enter_hosts(page: Page, source: str = "127.77.128.1", destination: str = "127.77.128.2") -> None:
    page.get_by_label("Source address 1").fill(source)
    page.get_by_label("Destination 1", exact=True).fill(destination)
    go_on(page)


def order(page: Page) -> None:
    """Up to the review."""
    begin(page)
    choose_provider(page)
    choose_plan(page)
    choose_settings(page)
    enter_hosts(page)
    page.get_by_role("heading", name="Check your trunk and pay").wait_for()


def pay(page: Page) -> None:
    page.get_by_role("button", name="Pay now").click()
    page.get_by_role("heading", name="Order received").wait_for()
