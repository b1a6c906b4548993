"""What the trunk page says about numbers."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import signed_member
from accounts.enums import Right
from provisioning.enums import RegistrationStatus
from routing.models import Route
from routing.proof import proof_of
from routing.route_selectors import routes_through
from routing.route_words import listed
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
        "routes": [route for route in _routes(trunk) if route.used_by],  # type: ignore[attr-defined]  # annotated
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


def in_routes(request: HttpRequest, trunk: Trunk) -> Panel | None:
    """The routes in which the trunk is an entry."""
    found = _routes(trunk)
    context = {"routes": found}
    return Panel(_("Call routing"), "routing/parts/in_routes.html", position=20, context=context) if found else None


def _routes(trunk: Trunk) -> list[Route]:
    """Those it is an entry of, read once for all panels of a page."""
    if "routes_through" not in trunk.__dict__:
        trunk.__dict__["routes_through"] = list(routes_through(trunk))
    found: list[Route] = trunk.__dict__["routes_through"]
    return found


def entries_lost(trunk: Trunk) -> list[str]:
    """What the page says that deletes the trunk."""
    names = [route.name for route in routes_through(trunk)]
    if not names:
        return []
    words = ngettext(
        "The route %(names)s loses an entry: calls pass it over, and the next change of the route must remove it.",
        "The routes %(names)s lose an entry: calls pass it over, and the next change of each must remove it.",
        len(names),
    )
    return [words % {"names": listed([f"“{name}”" for name in names])}]
