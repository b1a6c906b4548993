"""Finds work that nobody is doing: due operations, owed states, nodes that restarted or differ. Safe in parallel."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from provisioning import engine, lease
from provisioning.drift import compare_node, want_missing
from provisioning.enums import Status
from provisioning.health import may_call, note_answer, note_failure
from provisioning.models import NodeState, Operation, SbcNode
from provisioning.nodes import Verdict, client_of, write
from provisioning.readings import read_facts
from provisioning.registry import chores, subject_of
from provisioning.wanted import attach_document, want, want_again
from sbc.client import NodeError
from sbc.documents import NODE

logger = logging.getLogger(__name__)
OWED_MOST, OWED_AT_ONCE = 1000, 8


def sweep(threads: int = 4) -> None:
    """One round of everything, several things at a time so that a slow node delays nobody."""
    with ThreadPoolExecutor(max_workers=2 * threads) as pool:
        for chore in chores():
            pool.submit(_part, chore)
        for _thread in range(min(threads, lease.due().count())):
            pool.submit(_part, run_due)
        for node in SbcNode.objects.select_related("data_centre"):
            pool.submit(_part, look_after, node)


def _part(work: Callable[..., object], *arguments: SbcNode) -> None:
    """A part that breaks is logged and does not stop the others."""
    try:
        work(*arguments)
    except Exception:
        logger.exception("a part of the sweep: %s %s", work.__name__, arguments)
    finally:
        connection.close()


def run_due() -> None:
    """Work on due operations until there are none, or the next sweep takes over."""
    until = time.monotonic() + settings.SWEEP_SECONDS
    while time.monotonic() < until and engine.run():
        pass


def look_after(node: SbcNode) -> None:
    """Ask the node how it is, write what it is owed, compare it when its time has come or it restarted, read facts."""
    if not (_take_turn(node) and may_call(node)):
        return
    try:
        status = client_of(node.agent_url).status()
    except NodeError as trouble:
        note_failure(node, str(trouble))
        return
    note_answer(node)
    SbcNode.objects.filter(pk=node.pk).update(seen_at=Now())
    want_node_document(node)
    if status.boot_id != node.boot_id or _comparison_due(node):
        _compare(node, status.boot_id)
    write_owed(node)
    read_facts(node)


def _take_turn(node: SbcNode) -> bool:
    """One sweeper at a time per node."""
    before = Now() - timedelta(seconds=settings.SWEEP_SECONDS * 0.8)
    turn = SbcNode.objects.filter(Q(swept_at=None) | Q(swept_at__lt=before), pk=node.pk)
    return turn.update(swept_at=Now()) == 1


def _comparison_due(node: SbcNode) -> bool:
    latest = Now() - timedelta(seconds=settings.NODE_COMPARE_SECONDS)
    return SbcNode.objects.filter(Q(checked_at=None) | Q(checked_at__lt=latest), pk=node.pk).exists()


def _compare(node: SbcNode, boot_id: str) -> None:
    """The boot id is kept only afterwards: a comparison that breaks off is made again by the next sweep."""
    want_missing(node)
    try:
        compare_node(node)
    except NodeError as trouble:
        logger.warning("node %s could not be compared: %s", node, trouble)
    else:
        SbcNode.objects.filter(pk=node.pk).update(boot_id=boot_id, checked_at=Now())


def want_node_document(node: SbcNode) -> None:
    """Nodes have no operations: a changed list of gateways becomes a new generation here."""
    subject = subject_of(NODE)
    with transaction.atomic():
        subject.lock(node.name)
        document = subject.compile(node.name)
        state = NodeState.objects.filter(node=node, subject_kind=NODE, subject_id=node.name).first()
        if document and (state is None or state.wanted_hash != document.hash):
            want(NODE, node.name, generation=state.wanted_generation + 1 if state else 1, epoch=1)


def write_owed(node: SbcNode) -> None:
    """Write what the node was never read back to have and no pending operation is working on. Removals come first,
    because they make room; the rest is left to the next sweep when the time is up or the node stops answering.
    """
    owed = list(_owed().filter(node=node).order_by("wanted_hash")[:OWED_MOST])
    until = time.monotonic() + settings.SWEEP_SECONDS
    while owed and time.monotonic() < until:
        batch, owed = owed[:OWED_AT_ONCE], owed[OWED_AT_ONCE:]
        outcomes = write([state for state in batch if _is_current(state)], heartbeat=lambda step: None)
        if any(outcome.verdict is Verdict.UNAVAILABLE for outcome in outcomes):
            return


def write_subject(kind: str, id: str) -> None:
    """Write what any node owes of one subject, at once. What comes to nothing is left to the sweep."""
    owed = _owed().filter(subject_kind=kind, subject_id=id)
    write([state for state in owed if _is_current(state)], heartbeat=lambda step: None)


def _owed() -> QuerySet[NodeState]:
    """What was never read back and no pending operation is working on."""
    pending = Operation.objects.filter(
        status=Status.PENDING, subject_kind=OuterRef("subject_kind"), subject_id=OuterRef("subject_id")
    )
    return NodeState.objects.filter(~Exists(pending), verified=False).select_related("node")


def _is_current(state: NodeState) -> bool:
    """Attach the document. One that differs from what was asked for by now is asked for first and written later; one
    that cannot be made is logged and blocks nobody.
    """
    try:
        current = attach_document(state)
        if not current:
            want_again(state)
    except Exception:
        logger.exception("the document of %s cannot be made", state)
        return False
    return current
