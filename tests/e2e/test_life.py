"""Lives of trunks by keyboard, without JavaScript and on a small screen, on nodes that only remember."""

from __future__ import annotations

from typing import Any

from tests.e2e.hands import Keyboard, Mouse
from tests.e2e.life import KINDS, Life
from tests.e2e.living import live

SMALL = {"width": 320, "height": 640}


def test_a_life_with_the_keyboard_alone(visit: Any, work: Any, nodes: Any) -> None:
    live(Life(KINDS["registered"], Keyboard(visit()), work), nodes)


def test_a_life_without_javascript(visit: Any, work: Any, nodes: Any) -> None:
    live(Life(KINDS["registered"], Mouse(visit(java_script_enabled=False)), work, scripts=False), nodes)


def test_a_life_on_a_small_screen(visit: Any, work: Any, nodes: Any) -> None:
    live(Life(KINDS["genesys"], Mouse(visit(viewport=SMALL)), work), nodes)
