"""How a person works a page: with a mouse or a finger, or with the keyboard alone."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

# More than any page has to tab through.
PATIENCE = 120
IS_THERE = """target => {
    const at = document.activeElement;
    return at === target || (target.type === "radio" && at.type === "radio" && at.name === target.name);
}"""
# A choice card shows the focus of its radio button.
IS_SEEN = """() => [document.activeElement, document.activeElement.closest(".choice")].some(
    at => at && getComputedStyle(at).outlineStyle !== "none"
)"""


class Mouse:
    """Points at things."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, target: Locator) -> None:
        expect(target).to_be_visible()

    def press(self, target: Locator) -> None:
        target.click()

    def check(self, target: Locator) -> None:
        """By its label, which is what a choice card offers to click on."""
        if not target.is_checked():
            self.page.locator(f"label[for={target.get_attribute('id')}]").click()
        expect(target).to_be_checked()

    def fill(self, target: Locator, text: str) -> None:
        target.fill(text)

    def select(self, target: Locator, words: str) -> None:
        """The option that begins with the words."""
        target.select_option(target.locator("option", has_text=words).get_attribute("value"))


class Keyboard(Mouse):
    """Tab, Enter, Space, arrows and letters; sees where the focus is."""

    def reach(self, target: Locator) -> None:
        """Tab until the focus is there, or on a radio button of the same group."""
        expect(target).to_be_visible()
        for _press in range(PATIENCE):
            self.page.keyboard.press("Tab")
            if target.evaluate(IS_THERE):
                assert self.page.evaluate(IS_SEEN), f"nobody sees the focus on {target}"
                return
        raise AssertionError(f"the focus never reached {target}")

    def press(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")

    def check(self, target: Locator) -> None:
        self.reach(target)
        while not target.is_checked():
            is_at_it = target.evaluate("target => target === document.activeElement")
            self.page.keyboard.press("Space" if is_at_it else "ArrowDown")

    def fill(self, target: Locator, text: str) -> None:
        self.reach(target)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def select(self, target: Locator, words: str) -> None:
        self.reach(target)
        self.page.keyboard.type(words)
