"""Every kind of trunk through its whole life in a browser; also by keyboard, without JavaScript, on a small screen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from sbc.documents import TRUNK
from sbc.lab.memory import MemoryNodeProcess
from tests.e2e.hands import Keyboard, Mouse
from tests.e2e.life import KINDS, Life
from trunks.models import Trunk

SMALL = {"width": 320, "height": 640}


def held_by(node: MemoryNodeProcess) -> list[str]:
    client = node.client()
    try:
        return [entry.id for entry in client.list(TRUNK)]
    finally:
        client.close()


def live(life: Life, nodes: list[MemoryNodeProcess]) -> None:
    """From the order to the end, one thing after the other."""
    life.buy()
    first = life.read_password() if life.kind.kind == "Registered" else ""
    life.settle("Ready")
    trunk = Trunk.objects.get()
    assert [held_by(node) for node in nodes] == [[str(trunk.pk)]] * 2
    if first:
        life.keep_password()
    else:
        life.hand.press(life.link("Done"))

    life.choose_in_list("Edit")
    life.edit("Head office", channels="12")
    life.settle("Live on both nodes")
    life.undo("Main office")
    life.settle("Live on both nodes")

    life.disable()
    life.settle("Disabled. Calls are not processed")
    life.enable()
    life.settle("Live on both nodes")

    if first:
        life.reset_password()
        assert life.read_password() not in {"", first}
        life.settle("Old password works until")
        life.keep_password()

    life.delete()
    life.settle("Main office was deleted")
    expect(life.page.get_by_role("row", name="Main office")).to_have_count(0)
    assert [held_by(node) for node in nodes] == [[], []]


@pytest.mark.parametrize("kind", KINDS)
def test_the_life_of_each_kind(visit: Any, work: Any, nodes: Any, kind: str) -> None:
    live(Life(KINDS[kind], Mouse(visit()), work), nodes)


def test_a_life_with_the_keyboard_alone(visit: Any, work: Any, nodes: Any) -> None:
    live(Life(KINDS["registered"], Keyboard(visit()), work), nodes)


def test_a_life_without_javascript(visit: Any, work: Any, nodes: Any) -> None:
    live(Life(KINDS["registered"], Mouse(visit(java_script_enabled=False)), work, scripts=False), nodes)


def test_a_life_on_a_small_screen(visit: Any, work: Any, nodes: Any) -> None:
    live(Life(KINDS["genesys"], Mouse(visit(viewport=SMALL)), work), nodes)
