"""How a trunk is, in words: computed from its newest operation and from what its nodes were read back to have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import span
from provisioning.enums import OperationKind
from provisioning.models import NodeState, Operation
from trunks.enums import State
from trunks.models import Trunk
from trunks.models.trunk import SUBJECT
from trunks.services.switching import cause_of

TONES = {
    State.FAILED: "bad",
    State.SYSTEM_DISABLED: "bad",
    State.RESET: "warn",
    State.PENDING: "busy",
    State.DISABLED: "off",
    State.LIVE: "good",
}
NEEDS_ATTENTION = (State.FAILED, State.SYSTEM_DISABLED, State.RESET)


@dataclass(frozen=True, slots=True)
class Condition:
    """Shape, word and reason for lists; one sentence for the trunk's own page."""

    tone: str
    word: str
    reason: str
    sentence: str
    is_pending: bool = False


def conditions_of(trunks: Sequence[Trunk], operations: Mapping[str, Operation], now: datetime) -> dict[str, Condition]:
    """By trunk id, as `operations` (the newest of each) are. One query, however many trunks."""
    states: dict[str, list[NodeState]] = {str(trunk.pk): [] for trunk in trunks}
    found = NodeState.objects.filter(subject_kind=SUBJECT, subject_id__in=states)
    for state in found.select_related("node").order_by("-node__role"):
        states[state.subject_id].append(state)
    return {
        str(trunk.pk): condition(trunk, operations.get(str(trunk.pk)), states[str(trunk.pk)], now) for trunk in trunks
    }


def condition(trunk: Trunk, operation: Operation | None, states: Sequence[NodeState], now: datetime) -> Condition:
    """`trunk` comes from `trunks.selectors`, annotated with its `state`."""
    state = State(trunk.state)  # type: ignore[attr-defined]  # an annotation
    if state is State.PENDING and operation is not None:
        doing = progress(operation, now)
        return Condition(TONES[state], operation.label, doing, f"{operation.label}, {doing}.", is_pending=True)
    why = inside(operation.message) if operation else ""
    waiting = unconfirmed(states)
    sentence = _trouble(state, trunk, operation, why) or _calm(state, states, now)
    tone = "ring" if state is State.LIVE and waiting else TONES[state]
    return Condition(tone, str(state.label), why if state in NEEDS_ATTENTION else waiting, sentence)


def progress(operation: Operation, now: datetime) -> str:
    step = inside(operation.message) or inside(operation.get_step_display())
    if operation.undoing:
        step = _("taking it back because of: %(why)s") % {"why": step}
    return f"{step}, {span(max(0, int((now - operation.requested_at).total_seconds())))}"


def _trouble(state: State, trunk: Trunk, operation: Operation | None, why: str) -> str:
    if state is State.FAILED:
        return _failed(operation, why)
    if state is State.RESET:
        return _not_applied(operation, why)
    if state is State.SYSTEM_DISABLED:
        return _("Disabled by us: %(cause)s. Calls are not processed.") % {"cause": cause_of(trunk)}
    return ""


def _calm(state: State, states: Sequence[NodeState], now: datetime) -> str:
    waiting = _outside(unconfirmed(states))
    if state is State.DISABLED:
        return f"{_('Disabled. Calls are not processed.')} {waiting}".strip()
    return waiting or _live(states, now)


def _failed(operation: Operation | None, why: str) -> str:
    if operation is not None and operation.kind != OperationKind.CREATE:
        return _("The last change failed: %(why)s. Delete this trunk and create a new one.") % {"why": why}
    return _("Could not be created. You have not been charged: %(why)s.") % {"why": why or _("it took too long")}


def _not_applied(operation: Operation | None, why: str) -> str:
    words = {
        OperationKind.ENABLE: _("Could not be enabled: %(why)s. It stays disabled."),
        OperationKind.RESET_PASSWORD: _("The password was not changed: %(why)s. The old one still works."),
    }
    others = _("Your last change was not applied: %(why)s. Your trunk works as before.")
    chosen = words.get(OperationKind(operation.kind), others) if operation else others
    return chosen % {"why": why}


def _live(states: Sequence[NodeState], now: datetime) -> str:
    places = ngettext("Live on its only node", "Live on both nodes", len(states))
    silent = [state.node for state in states if state.node.failing_since]
    if silent:
        since = silent[0].failing_since or now
        words = {"places": places, "role": _role(silent[0].get_role_display()), "time": _age(since, now)}
        return _("%(places)s when last checked. The %(role)s node has not answered for %(time)s.") % words
    checked = last_checked(states)
    return _("%(places)s, checked %(time)s ago.") % {"places": places, "time": _age(checked or now, now)}


def last_checked(states: Iterable[NodeState]) -> datetime | None:
    """When the node that was looked at longest ago was last seen to be right."""
    return min((_checked(state) for state in states if state.verified_at), default=None)


def _checked(state: NodeState) -> datetime:
    """Reading back, or a later comparison of the whole node."""
    compared = state.node.checked_at
    read = state.verified_at or state.wanted_at
    return max(read, compared) if compared and state.verified else read


def unconfirmed(states: Sequence[NodeState]) -> str:
    """Which nodes were not yet read back to have what they must have; empty when all were."""
    waiting = [_role(state.node.get_role_display()) for state in states if not state.verified]
    if not states or (len(waiting) == len(states) > 1):
        return _("not yet confirmed by the nodes")
    return _("not yet confirmed by the %(role)s node") % {"role": waiting[0]} if waiting else ""


def _role(label: str) -> str:
    return str(label).lower()


def _age(moment: datetime, now: datetime) -> str:
    return span(max(0, int((now - moment).total_seconds())))


def inside(message: str) -> str:
    """A sentence made part of another one."""
    text = str(message).strip().removesuffix(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _outside(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}." if words else ""
