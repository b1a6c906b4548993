"""Parts of the trunk page that upper apps fill: numbers, test calls, later calls and routes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from trunks.models import Trunk


@dataclass(frozen=True, slots=True)
class Panel:
    """A section of the trunk page: `template` is rendered with `context`, in order of `position`.

    `answers_use`: it is a line under "Can this trunk be used?" instead of a section, and is read again by polls,
    which go on while it `is_waiting`.
    """

    title: str
    template: str
    position: int
    context: dict[str, Any] = field(default_factory=dict)
    answers_use: bool = False
    is_waiting: bool = False


PanelMaker = Callable[[HttpRequest, Trunk], Panel | None]
_makers: list[PanelMaker] = []


def register_panel(maker: PanelMaker) -> None:
    """Add a panel to every trunk page; `maker` answers None where there is nothing to show."""
    _makers.append(maker)


def panels_of(request: HttpRequest, trunk: Trunk) -> list[Panel]:
    """The panels of one trunk's page."""
    panels = (maker(request, trunk) for maker in _makers)
    return sorted((panel for panel in panels if panel), key=lambda panel: panel.position)
