"""How a route is, in words: from its newest operation and from what its nodes were read back to have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from provisioning.enums import OperationKind, Status
from provisioning.models import NodeState, Operation
from routing.models import Route
from routing.route_words import listed
from trunks.condition import Condition, inside, progress

RECENT = timedelta(hours=20)


def condition(route: Route, operation: Operation | None, states: Sequence[NodeState], now: datetime) -> Condition:
    """`route` comes from `routing.route_selectors`, with its `used_by`."""
    why = inside(operation.message) if operation else ""
    if operation is not None and operation.is_pending:
        doing = progress(operation, now)
        return Condition("busy", operation.label, doing, f"{operation.label}, {doing}.", is_pending=True)
    if operation is not None and operation.status == Status.FAILED:
        return Condition("bad", str(_("Failed")), why, _failed(operation, why))
    if operation is not None and operation.status == Status.RESET:
        sentence = _("Your last change was not applied: %(why)s. Your route works as before.") % {"why": why}
        return Condition("warn", operation.get_status_display(), why, sentence)
    present = [state for state in states if not state.wants_absent]
    if not present:
        reason = _("on no node yet")
        sentence = _("Saved, and on no node yet: you have no number, and it has no trunk.")
        return Condition("off", _("Saved"), reason, sentence)
    if waiting := unconfirmed(present):
        is_coming = any(not state.verified and state.node.failing_since is None for state in present)
        sentence = f"{waiting[:1].upper()}{waiting[1:]}."
        return Condition("ring", _("Live"), waiting, f"{sentence} {_used(route)}", is_pending=is_coming)
    words = {"places": listed(_places(present)), "used": _used(route)}
    return Condition("good", _("Live"), "", _("Live on %(places)s. %(used)s") % words)


def _failed(operation: Operation, why: str) -> str:
    if operation.kind == OperationKind.CREATE:
        words = _("Could not be created: %(why)s. Delete it and create a new one.")
        return words % {"why": why or _("it took too long")}
    words = _(
        "The last change failed: %(why)s. Nodes that may have it get the earlier settings as soon as they answer."
    )
    return words % {"why": why or _("it took too long")}


def _places(states: Iterable[NodeState]) -> list[str]:
    """As in: both nodes of New York, the only node of Frankfurt."""
    found = []
    for place, nodes in groupby(states, lambda state: state.node.data_centre):
        count = len(list(nodes))
        words = ngettext("the only node of %(place)s", "both nodes of %(place)s", count)
        found.append(words % {"place": place})
    return found


def _used(route: Route) -> str:
    count: int = route.used_by  # type: ignore[attr-defined]  # an annotation
    if not count:
        return _("No number uses it yet.")
    return ngettext("Used by %(count)s number.", "Used by %(count)s numbers.", count) % {"count": count}


def unconfirmed(states: Iterable[NodeState]) -> str:
    """Which nodes were not yet read back to have it; empty when all were."""
    waiting = [
        _("the %(role)s node of %(place)s")
        % {"role": str(state.node.get_role_display()).lower(), "place": state.node.data_centre}
        for state in states
        if not state.verified
    ]
    return _("not yet confirmed by %(nodes)s") % {"nodes": listed(waiting)} if waiting else ""


def conditions_of(
    routes: Iterable[Route],
    operations: Mapping[str, Operation],
    states: Mapping[str, Sequence[NodeState]],
    now: datetime,
) -> dict[str, Condition]:
    """By route id."""
    return {
        str(route.pk): condition(route, operations.get(str(route.pk)), states[str(route.pk)], now) for route in routes
    }


@dataclass(frozen=True, slots=True)
class NodeLine:
    """What one node was asked and what it was read back to have."""

    state: NodeState
    asked: str
    tone: str
    found: str
    is_recent: bool


def node_lines(route: Route, states: Iterable[NodeState], now: datetime) -> list[NodeLine]:
    """Those that the route left before long are not worth a line."""
    lines = [_line(route, state, now) for state in states]
    return [line for line in lines if not (line.state.wants_absent and line.state.verified and not line.is_recent)]


def _line(route: Route, state: NodeState, now: datetime) -> NodeLine:
    recent = now - state.wanted_at < RECENT
    if state.wanted_generation < route.generation:
        before = _("As before this change")
        return NodeLine(state, before, "ring", before if state.verified else _("Not yet confirmed"), recent)
    number = route.wanted.number if route.wanted else 1
    revision = _("Revision %(number)s") % {"number": number}
    asked = _("To remove it") if state.wants_absent else revision
    if not state.verified:
        return NodeLine(state, asked, "ring", _("Not yet confirmed"), recent)
    return NodeLine(state, asked, "good", _("Removed") if state.wants_absent else revision, recent)
