"""What the trunk page says about numbers."""

from __future__ import annotations

from django.http import HttpRequest

from routing.selectors import numbers_to
from trunks.facts import why_unusable
from trunks.models import Trunk
from trunks.panels import Panel


def receiving_calls(request: HttpRequest, trunk: Trunk) -> Panel:
    """Whether somebody can call the customer through the trunk, and on which numbers."""
    context = {"numbers": list(numbers_to(trunk)), "reason": why_unusable(trunk), "deaf": not _destinations(trunk)}
    return Panel("", "routing/parts/receiving.html", position=10, context=context, answers_use=True)


def _destinations(trunk: Trunk) -> list[list[object]]:
    return trunk.live.destinations if trunk.live else []
