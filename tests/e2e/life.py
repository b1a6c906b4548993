"""What a person does with a trunk from the order to its end, whatever its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from playwright.sync_api import Locator, expect

from tests.e2e import wizard
from tests.e2e.equipment import NoEquipment, Sbc
from tests.e2e.hands import Mouse
from tests.e2e.wizard import arrive
from tests.provisioning.scene import wait_until
from tests.world import assert_world_consistent

PASSWORD = "a long pass phrase"


class Kind(NamedTuple):
    """What differs between the kinds: answers, and what their handover says."""

    handover: tuple[str, ...]
    provider: str = wizard.DIRECT
    kind: str = ""
    place: Mapping[str, str] = wizard.PLACE
    facts: Mapping[str, str] = wizard.NOTHING


class Overlap(NamedTuple):
    """What becomes of the old password: the choice, and what the page says when both nodes have the new one."""

    choice: str
    outcome: str


NO_OVERLAP = Overlap("Stop it as soon as the new one is live", "Old password does not work any more")
TEN_MINUTES = Overlap("Keep it for 10 minutes", "Old password works until")


SID = f"AC{7:032x}"
KINDS = {
    "static": Kind(("Allow these addresses in your firewall", "we know your equipment by its address"), kind="Static"),
    "registered": Kind(("How your PBX signs in", "Register with"), kind="Registered"),
    "freshworks": Kind(
        ("What to enter at Freshworks", SID, "example.sip.us1.twilio.com"),
        "Freshworks",
        facts={"Twilio Account SID": SID, "Twilio SIP domain": "example.sip.us1.twilio.com"},
    ),
    "genesys": Kind(
        ("What to enter at Genesys PureCloud", "acme-1", "US East (Virginia), served by our data centre New York"),
        "Genesys PureCloud",
        place={"Genesys region": "US East (Virginia)"},
        facts={"Inbound SIP termination identifier": "acme-1"},
    ),
}


class Life:
    """Of one trunk, worked by one hand; `work` does what a worker would do now, `equipment` calls in between."""

    def __init__(
        self,
        kind: Kind,
        hand: Mouse,
        work: Callable[[], None],
        equipment: NoEquipment | Sbc | None = None,
        *,
        scripts: bool = True,
    ) -> None:
        self.kind, self.hand, self.page = kind, hand, hand.page
        self.work, self.scripts = work, scripts
        self.equipment = equipment or NoEquipment()
        self.name = "Main office"

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("main").get_by_role("link", name=name, exact=True)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("main").get_by_role("button", name=name)

    def settle(self, words: str) -> None:
        """The nodes get it, and the page says so: by itself, or when it is asked."""
        refresh = self.link("Refresh status")
        self.hand.reach(refresh)
        self.work()
        if not self.scripts:
            self.hand.press(refresh)
        expect(self.page.get_by_text(words).first).to_be_visible()
        expect(refresh).to_have_count(0)
        assert_world_consistent()

    def buy(self) -> None:
        kind, hand = self.kind, self.hand
        wizard.begin(hand)
        wizard.choose_provider(hand, kind.provider, kind.kind)
        wizard.choose_plan(hand)
        wizard.choose_settings(hand, self.name, kind.place, kind.facts)
        if kind.kind == "Static":
            wizard.enter_hosts(hand, self.equipment.source, self.equipment.destination)
        arrive(self.page, "Check your trunk and pay")
        wizard.pay(hand)
        for words in kind.handover:
            expect(self.page.get_by_text(words).first).to_be_visible()

    def read_password(self) -> str:
        self.hand.press(self.button("Show the password"))
        return self.page.locator("#secret").inner_text()

    def keep_password(self) -> None:
        self.hand.check(self.page.get_by_label("I have saved the password"))
        self.hand.press(self.button("Done"))
        expect(self.page.get_by_text(f"You have the password of {self.name}")).to_be_visible()

    def choose_in_list(self, name: str) -> None:
        """From the menu of the trunk's row."""
        menu = self.page.get_by_role("row", name=self.name).locator("details")
        self.hand.press(menu.locator("summary"))
        self.hand.press(menu.get_by_role("link", name=name))

    def edit(self, name: str, channels: str) -> None:
        page, hand = self.page, self.hand
        hand.fill(page.get_by_role("textbox", name="Name"), name)
        hand.fill(page.get_by_label("Channels", exact=True), channels)
        hand.press(self.button("Check changes"))
        arrive(page, "Check your changes")
        expect(page.get_by_role("row", name="Name").get_by_role("cell")).to_have_text([self.name, name])
        hand.press(self.button("Save and pay"))
        self.name = name
        self.is_called(name)

    def undo(self, name: str) -> None:
        self.hand.press(self.link("Undo: back to revision 1"))
        arrive(self.page, "Go back to revision 1?")
        self.hand.press(self.button("Restore revision 1"))
        self.name = name
        self.is_called(name)

    def is_called(self, name: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(name)

    def shows_registration(self, source: str) -> None:
        """On the trunk's page, from either node, as soon as the nodes were asked."""
        for role in ("Primary", "Backup"):
            words = self.page.get_by_text(f"{role} node: registered from {source}")
            wait_until(partial(self._sees_after_a_look, words))

    def _sees_after_a_look(self, words: Locator) -> bool:
        self.work()
        self.page.reload()
        return words.is_visible()

    def disable(self) -> None:
        self.hand.press(self.link("Disable"))
        arrive(self.page, "Disable “")
        self.hand.press(self.button("Disable"))

    def enable(self) -> None:
        self.hand.press(self.button("Enable"))

    def reset_password(self, overlap: Overlap) -> None:
        """Whoever did not sign in lately proves first who they are."""
        self.hand.press(self.link("Reset password"))
        self.hand.fill(self.page.get_by_label("Password", exact=True), PASSWORD)
        self.hand.press(self.button("Confirm"))
        arrive(self.page, "Reset the password of “")
        self.hand.check(self.page.get_by_label(overlap.choice))
        self.hand.press(self.button("Reset password"))
        arrive(self.page, "Password of ")

    def delete(self) -> None:
        self.hand.press(self.link("Delete"))
        self.hand.fill(self.page.get_by_label("Enter the trunk name to confirm"), self.name)
        self.hand.press(self.button("Delete"))
        arrive(self.page, "Trunks")
