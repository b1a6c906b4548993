"""Compares what a node has with what it must have; marks differences as owed and removes orphans with care."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from provisioning.enums import Status
from provisioning.models import NodeState, Operation, SbcNode
from provisioning.nodes import client_of
from provisioning.registry import kinds
from sbc.client import Held, NodeError
from sbc.documents import Fence

logger = logging.getLogger(__name__)
ORPHANS_MOST, ORPHANS_SHARE = 10, 0.05


@dataclass(frozen=True, slots=True)
class Drift:
    """Ids per finding; `orphans_left` says that there were too many to be believed."""

    different: list[str]
    orphans: list[str]
    orphans_left: bool


def compare_node(node: SbcNode) -> list[Drift]:
    """Compare all kinds. Raises NodeError when the node cannot be read: that is unknown, never empty."""
    return [_compare_kind(node, kind) for kind in kinds()]


def _compare_kind(node: SbcNode, kind: str) -> Drift:
    held = {entry.id: entry for entry in client_of(node.agent_url).list(kind)}
    states = {state.subject_id: state for state in _quiet_states(node, kind)}
    different = [name for name, state in states.items() if _differs(state, held.get(name))]
    NodeState.objects.filter(pk__in=[states[name].pk for name in different]).update(verified=False)
    known = set(
        NodeState.objects.filter(node=node, subject_kind=kind, subject_id__in=held).values_list("subject_id", flat=True)
    )
    orphans = [entry for entry in held.values() if entry.id not in known]
    drift = Drift(different, [entry.id for entry in orphans], _too_many(len(orphans), len(held)))
    if different or orphans:
        logger.warning("node %s, %s: %d different, %d orphans", node, kind, len(different), len(orphans))
    if not drift.orphans_left:
        _remove(node, kind, orphans)
    return drift


def _quiet_states(node: SbcNode, kind: str) -> list[NodeState]:
    """States that no pending operation is about to change."""
    pending = Operation.objects.filter(status=Status.PENDING, subject_kind=kind, subject_id=OuterRef("subject_id"))
    return list(NodeState.objects.filter(~Exists(pending), node=node, subject_kind=kind, verified=True))


def _differs(state: NodeState, held: Held | None) -> bool:
    if state.wants_absent:
        return held is not None and held.present
    return held is None or held.hash != state.wanted_hash or held.fence != state.fence


def _too_many(orphans: int, held: int) -> bool:
    """A bug in our own reading must not empty a node (DESIGN §4.6)."""
    return orphans > ORPHANS_MOST or (orphans > 1 and orphans > held * ORPHANS_SHARE)


def _remove(node: SbcNode, kind: str, orphans: list[Held]) -> None:
    for entry in orphans:
        try:
            fence = Fence(entry.fence.generation, entry.fence.epoch + 1)
            client_of(node.agent_url).delete(kind, entry.id, fence)
        except NodeError as trouble:
            logger.warning("orphan %s %s on %s stays: %s", kind, entry.id, node, trouble)
