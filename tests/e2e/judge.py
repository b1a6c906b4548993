"""Looks for accessibility violations."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# Everything in the light; in the dark what the colours decide, for nothing else is different there.
SCHEMES = {"light": {}, "dark": {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}}
RUN = """options => axe.run(options).then(
    found => found.violations.map(rule => [rule.id, rule.nodes.map(node => node.html)])
)"""
# The staff site fades from one colour to the next; half way nothing can be read.
FADED = "Promise.allSettled(document.getAnimations().filter((a) => a instanceof CSSTransition).map((a) => a.finished))"


class Judge:
    """Remembers what was wrong, page by page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: dict[tuple[str, str, str], list[str]] = {}

    def look(self, name: str) -> None:
        self.page.evaluate(AXE_SCRIPT)
        for scheme, options in SCHEMES.items():
            self.page.emulate_media(color_scheme=scheme)
            self.page.evaluate(f"() => {FADED}.then(() => null)")
            for rule, nodes in self.page.evaluate(RUN, {"resultTypes": ["violations"], **options}):
                self.found[name, scheme, rule] = nodes

    def visit(self, address: str) -> None:
        self.page.goto(address)
        self.look(address)
