"""Whether a number is where it must be, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from provisioning.models import NodeState, Operation
from routing.models import Number
from routing.selectors import pending_operations, states_of
from trunks.condition import inside, unconfirmed


@dataclass(frozen=True, slots=True)
class Proof:
    """Shape and words; `waiting` while a node was not yet read back, or something is being done."""

    tone: str
    words: str
    detail: str = ""
    waiting: bool = False

    @property
    def is_live(self) -> bool:
        return self.tone == "good"


def proof_of(states: Sequence[NodeState]) -> Proof:
    """What the nodes have of a number, wherever it leads."""
    if not states:
        return Proof("none", _("Not on the nodes yet"))
    if missing := unconfirmed(states):
        return Proof("busy", f"{missing[:1].upper()}{missing[1:]}", waiting=True)
    if all(state.wants_absent for state in states):
        return Proof("off", _("Taken off the nodes"))
    return Proof("good", ngettext("Live on its only node", "Live on both nodes", len(states)))


def proofs_of(numbers: Sequence[Number]) -> dict[str, Proof]:
    """How each number is, for its owner. Two queries."""
    states = states_of(numbers)
    pending = pending_operations(number for number in numbers if number.is_pending)
    return {number.pk: standing(number, states[number.pk], pending) for number in numbers}


def standing(number: Number, states: Sequence[NodeState], pending: Mapping[str, Operation]) -> Proof:
    if number.is_pending:
        operation = pending.get(number.pk)
        words = _("Being given back") if number.leaving_at else _("Being activated")
        if operation and operation.undoing:
            words = _("Being taken back")
        return Proof("busy", words, inside(operation.message) if operation else "", waiting=True)
    proof = proof_of(states)
    if proof.is_live and number.trunk_id is None and number.route_id is None:
        detail = _("leads nowhere: callers hear that it is not in service")
        return Proof(proof.tone, proof.words, detail)
    return proof
