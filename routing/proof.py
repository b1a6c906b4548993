"""Whether a number is where it must be, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from provisioning.models import NodeState
from trunks.condition import unconfirmed


@dataclass(frozen=True, slots=True)
class Proof:
    """Shape and words; `waiting` while a node was not yet read back."""

    tone: str
    words: str
    waiting: bool = False

    @property
    def is_live(self) -> bool:
        return self.tone == "good"


def proof_of(states: Sequence[NodeState]) -> Proof:
    if not states:
        return Proof("none", _("Not used yet"))
    if missing := unconfirmed(states):
        return Proof("busy", f"{missing[:1].upper()}{missing[1:]}", waiting=True)
    if all(state.wants_absent for state in states):
        return Proof("off", _("Taken off the nodes"))
    return Proof("good", ngettext("Live on its only node", "Live on both nodes", len(states)))
