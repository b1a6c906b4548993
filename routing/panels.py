"""What the trunk page says about numbers."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.access import signed_member
from accounts.enums import Right
from provisioning.enums import RegistrationStatus
from routing.proof import proof_of
from routing.selectors import numbers_to, states_of
from trunks.facts import has_somewhere_to_ring, why_unusable
from trunks.models import Trunk
from trunks.panels import Panel


def receiving_calls(request: HttpRequest, trunk: Trunk) -> Panel:
    """Whether somebody can call the customer through the trunk, and on which numbers."""
    numbers = list(numbers_to(trunk))
    proofs = {pk: proof_of(states) for pk, states in states_of(numbers).items()}
    waiting = [number for number in numbers if not proofs[number.pk].is_live]
    context = {
        "trunk": trunk,
        "numbers": numbers,
        "ready": [number for number in numbers if proofs[number.pk].is_live],
        "waiting": waiting,
        "reason": why_unusable(trunk),
        "deaf": not has_somewhere_to_ring(trunk),
        "registration": trunk.registration.status if trunk.registers else RegistrationStatus.REGISTERED,
        "may_change": signed_member(request).may(Right.CHANGE_TRUNKS),
    }
    return Panel(
        "", "routing/parts/receiving.html", position=10, context=context, answers_use=True, is_waiting=bool(waiting)
    )
