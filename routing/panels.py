"""What the trunk page says about numbers."""

from __future__ import annotations

from django.http import HttpRequest

from routing.proof import proof_of
from routing.selectors import numbers_to, states_of
from trunks.facts import has_somewhere_to_ring, why_unusable
from trunks.models import Trunk
from trunks.panels import Panel


def receiving_calls(request: HttpRequest, trunk: Trunk) -> Panel:
    """Whether somebody can call the customer through the trunk, and on which numbers."""
    numbers = list(numbers_to(trunk))
    proofs = {pk: proof_of(states) for pk, states in states_of(numbers).items()}
    context = {
        "ready": [number for number in numbers if proofs[number.pk].is_live],
        "waiting": [number for number in numbers if not proofs[number.pk].is_live],
        "reason": why_unusable(trunk),
        "deaf": not has_somewhere_to_ring(trunk),
    }
    return Panel("", "routing/parts/receiving.html", position=10, context=context, answers_use=True)
