"""Compares what a node has with what it must have; marks differences as owed and removes orphans with care."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from itertools import islice

from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from provisioning.enums import Status
from provisioning.models import NodeState, Operation, SbcNode
from provisioning.nodes import client_of
from provisioning.registry import kinds, subject_of
from provisioning.wanted import want_also
from sbc.client import Held, NodeError, Unavailable
from sbc.documents import Fence

logger = logging.getLogger(__name__)
ORPHANS_MOST, ORPHANS_SHARE = 10, 0.05
MISSING_MOST = 1000  # per kind and comparison: some seconds


def compare_node(node: SbcNode) -> None:
    """Compare all kinds. Raises NodeError when the node cannot be read: that is unknown, never empty."""
    for kind in kinds():
        _compare_kind(node, kind)


def want_missing(node: SbcNode) -> None:
    """A node that was added later gets what its data centre has: nobody ever asked it for anything."""
    for kind in kinds():
        known = NodeState.objects.filter(node=node, subject_kind=kind).values_list("subject_id", flat=True)
        missing = set(subject_of(kind).ids_on(node)).difference(known)
        for subject_id in islice(missing, MISSING_MOST):
            try:
                want_also(kind, subject_id, node)
            except Exception:
                logger.exception("the document of %s %s cannot be made", kind, subject_id)


@dataclass(frozen=True, slots=True)
class Differences:
    """What of one kind a node has otherwise than it must. `wanted` and `held` count all there is; `orphans` are what
    nobody ever wanted there; `newer` carry a higher fence than ours, as after a database was restored.
    """

    kind: str
    wanted: int
    held: int
    different: list[NodeState]
    newer: list[str]
    orphans: list[Held]

    @property
    def too_many_orphans(self) -> bool:
        """A bug in our own reading must not empty a node (DESIGN §4.6)."""
        count = len(self.orphans)
        return count > ORPHANS_MOST or (count > 1 and count > self.held * ORPHANS_SHARE)

    @property
    def is_right(self) -> bool:
        return not (self.different or self.newer or self.orphans)


def differences_of(node: SbcNode, kind: str) -> Differences:
    """Read only. What must be there is asked first and what is there second, so a change meanwhile never looks like
    a loss. Raises NodeError when the node cannot be read.
    """
    states = {state.subject_id: state for state in _quiet_states(node, kind)}
    held = _list(node, kind)
    return Differences(
        kind,
        wanted=sum(not state.wants_absent for state in states.values()),
        held=len(held),
        different=[state for key, state in states.items() if not state.is_met_by(held.get(key))],
        newer=[key for key, state in states.items() if key in held and held[key].fence > state.fence],
        orphans=_orphans(node, kind, [entry for key, entry in held.items() if key not in states]),
    )


def _compare_kind(node: SbcNode, kind: str) -> None:
    began = SbcNode.objects.values_list(Now(), flat=True).get(pk=node.pk)
    found = differences_of(node, kind)
    if found.newer:
        count = len(found.newer)
        logger.error("node %s: %d of kind %s are newer than ours: was the database restored?", node, count, kind)
    if found.different:
        logger.warning("node %s: %d of kind %s differ", node, len(found.different), kind)
        different = [state.pk for state in found.different]
        NodeState.objects.filter(pk__in=different, verified_at__lte=began).update(verified=False)
    _remove_orphans(node, found)


def _quiet_states(node: SbcNode, kind: str) -> list[NodeState]:
    """States that no pending operation is about to change."""
    pending = Operation.objects.filter(status=Status.PENDING, subject_kind=kind, subject_id=OuterRef("subject_id"))
    return list(NodeState.objects.filter(~Exists(pending), node=node, subject_kind=kind, verified=True))


def _list(node: SbcNode, kind: str) -> dict[str, Held]:
    """Everything the node has. Raises Unavailable when that is less than the node itself counts."""
    client = client_of(node.agent_url)
    before = client.status().counts.get(kind, 0)
    held = {entry.id: entry for entry in client.list(kind)}
    if len(held) < min(before, client.status().counts.get(kind, 0)):
        raise Unavailable(f"its list of kind {kind} is shorter than its count")
    return held


def _orphans(node: SbcNode, kind: str, candidates: list[Held]) -> list[Held]:
    """An orphan is something that nobody ever wanted there: a state is written before its document is sent."""
    ids = [entry.id for entry in candidates]
    known = NodeState.objects.filter(node=node, subject_kind=kind, subject_id__in=ids)
    wanted = set(known.values_list("subject_id", flat=True))
    return [entry for entry in candidates if entry.id not in wanted]


def _remove_orphans(node: SbcNode, found: Differences) -> None:
    kind, orphans = found.kind, found.orphans
    if found.too_many_orphans:
        logger.error("node %s: %d of kind %s are orphans, too many to remove", node, len(orphans), kind)
        return
    for orphan in orphans:
        fence = Fence(orphan.fence.generation, orphan.fence.epoch + 1)
        logger.warning("node %s: orphan %s %s is removed", node, kind, orphan.id)
        try:
            client_of(node.agent_url).delete(kind, orphan.id, fence)
        except NodeError as trouble:
            logger.warning("node %s: orphan %s %s stays: %s", node, kind, orphan.id, trouble)
