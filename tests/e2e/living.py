"""A whole life, from the order to the end, with the customer's equipment asking in between."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from playwright.sync_api import expect

from sbc.documents import TRUNK
from sbc.lab.memory import MemoryNodeProcess
from sbc.lab.node import LabNode
from tests.e2e.equipment import Pbx, Standing
from tests.e2e.life import NO_OVERLAP, TEN_MINUTES, Life, Overlap
from trunks.models import Trunk


def live(life: Life, nodes: Sequence[MemoryNodeProcess | LabNode], overlap: Overlap = TEN_MINUTES) -> None:
    """On nodes of any sort, which have the trunk as long as it lives; a password is reset with the overlap."""
    password = buy(life)
    trunk = Trunk.objects.get()
    assert [held_by(node) for node in nodes] == [[str(trunk.pk)]] * 2
    life.equipment.assert_is(Standing.SERVED, password)
    change(life)
    switch_off_and_on(life, password)
    if password:
        password = replace_password(life, password, overlap)
    life.delete()
    life.settle("Main office was deleted")
    expect(life.page.get_by_role("row", name="Main office")).to_have_count(0)
    assert [held_by(node) for node in nodes] == [[], []]
    life.equipment.assert_is(Standing.UNKNOWN, password)


def buy(life: Life) -> str:
    """Pay, note the password if there is one, wait until it is ready; ends on the list."""
    life.buy()
    password = life.read_password() if life.kind.kind == "Registered" else ""
    life.settle("Ready")
    if password:
        life.keep_password()
    else:
        life.hand.press(life.link("Done"))
    return password


def change(life: Life) -> None:
    """Edit it and take that back."""
    life.choose_in_list("Edit")
    life.edit("Head office", channels="12")
    life.settle("Live on both nodes")
    life.undo("Main office")
    life.settle("Live on both nodes")
    if isinstance(life.equipment, Pbx):
        life.shows_registration(life.equipment.source)


def switch_off_and_on(life: Life, password: str) -> None:
    """Calls are refused in between."""
    life.disable()
    life.settle("Disabled. Calls are not processed")
    life.equipment.assert_is(Standing.DISABLED, password)
    life.enable()
    life.settle("Live on both nodes")
    life.equipment.assert_is(Standing.SERVED, password)


def replace_password(life: Life, password: str, overlap: Overlap) -> str:
    """The new password, saved."""
    life.reset_password(overlap)
    new = life.read_password()
    assert new not in {"", password}
    life.settle(overlap.outcome)
    life.keep_password()
    life.equipment.assert_is(Standing.UNKNOWN if overlap == NO_OVERLAP else Standing.SERVED, password)
    life.equipment.assert_is(Standing.SERVED, new)
    return new


def held_by(node: MemoryNodeProcess | LabNode) -> list[str]:
    """The trunks that the node has."""
    with closing(node.client()) as client:
        return [entry.id for entry in client.list(TRUNK)]
