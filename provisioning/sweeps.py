"""Finds work that nobody is doing: due operations, owed states, nodes that restarted or differ. Safe in parallel."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from provisioning import engine
from provisioning.drift import compare_node
from provisioning.enums import Status
from provisioning.models import NodeState, Operation, SbcNode
from provisioning.nodes import client_of, note_health, write
from provisioning.registry import subject_of
from provisioning.wanted import attach_document, want
from sbc.client import NodeError
from sbc.documents import NODE

logger = logging.getLogger(__name__)
OWED_AT_ONCE = 200


def sweep(threads: int = 4) -> None:
    """One round of everything. A part that breaks is logged and does not stop the others."""
    run_due(threads)
    for node in SbcNode.objects.select_related("data_centre"):
        try:
            look_after(node)
        except Exception:
            logger.exception("sweep of node %s", node)


def run_due(threads: int) -> None:
    """Work on due operations until there are none, several at a time so that a slow node delays nobody."""
    due = Operation.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=Now()), status=Status.PENDING, next_attempt_at__lte=Now()
    ).count()
    if due:
        with ThreadPoolExecutor(max_workers=min(threads, due)) as pool:
            for _worker in range(min(threads, due)):
                pool.submit(_drain)


def _drain() -> None:
    try:
        while engine.run():
            pass
    except Exception:
        logger.exception("an operation broke the engine")
    finally:
        connection.close()


def look_after(node: SbcNode) -> None:
    """Ask the node how it is, write what it is owed, compare it when its time has come or it restarted."""
    if not _take_turn(node):
        return
    try:
        status = client_of(node.agent_url).status()
    except NodeError as trouble:
        note_health(node, answered=False, detail=str(trouble))
        return
    note_health(node, answered=True)
    restarted = status.boot_id != node.boot_id
    SbcNode.objects.filter(pk=node.pk).update(boot_id=status.boot_id, seen_at=Now())
    want_node_document(node)
    write_owed(node)
    if restarted or _comparison_due(node):
        compare_node(node)
        SbcNode.objects.filter(pk=node.pk).update(checked_at=Now())
        write_owed(node)


def _take_turn(node: SbcNode) -> bool:
    """One sweeper at a time per node; a failing node is left alone until its pause is over."""
    turn = SbcNode.objects.filter(
        Q(swept_at=None) | Q(swept_at__lt=Now() - timedelta(seconds=settings.SWEEP_SECONDS * 0.8)),
        Q(retry_at=None) | Q(retry_at__lte=Now()),
        pk=node.pk,
    )
    return turn.update(swept_at=Now()) == 1


def _comparison_due(node: SbcNode) -> bool:
    latest = Now() - timedelta(seconds=settings.NODE_COMPARE_SECONDS)
    return SbcNode.objects.filter(Q(checked_at=None) | Q(checked_at__lt=latest), pk=node.pk).exists()


def want_node_document(node: SbcNode) -> None:
    """Nodes have no operations: a changed list of gateways becomes a new generation here."""
    document = subject_of(NODE).compile(node.name)
    state = NodeState.objects.filter(node=node, subject_kind=NODE, subject_id=node.name).first()
    if document is None or (state and state.wanted_hash == document.hash):
        return
    with transaction.atomic():
        subject_of(NODE).lock(node.name)
        want(NODE, node.name, generation=state.wanted_generation + 1 if state else 1, epoch=1)


def write_owed(node: SbcNode) -> None:
    """Write what the node was never read back to have and no pending operation is working on."""
    pending = Operation.objects.filter(
        status=Status.PENDING, subject_kind=OuterRef("subject_kind"), subject_id=OuterRef("subject_id")
    )
    owed = NodeState.objects.filter(~Exists(pending), node=node, verified=False).select_related("node")
    for state in owed[:OWED_AT_ONCE]:
        attach_document(state)
        if (state.document.hash if state.document else "") == state.wanted_hash:
            write([state], heartbeat=lambda step: None)
