"""Pulls call records from the nodes: each one exactly once, whoever pulls at the same time or dies in between."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from calls.models import Call, NodeCursor
from calls.rows import rows_of
from provisioning.call_records import RecordPage, read_records
from provisioning.models import SbcNode

logger = logging.getLogger(__name__)

PAGE = 500
AT_ONCE = 8
LONGEST_PAUSE = 60.0


def pull_calls() -> None:
    """A chore of the sweep: one round over all nodes, several at a time so that a silent one delays nobody."""
    nodes = SbcNode.objects.exclude(call_cursor__next_at__gt=Now()).order_by("pk")
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="calls") as pool:
        for node in nodes:
            pool.submit(_pull_apart, node)


def _pull_apart(node: SbcNode) -> None:
    """In a thread of its own, whose trouble is nobody else's."""
    try:
        pull(node)
    except Exception:
        logger.exception("the call records of node %s", node)
    finally:
        connection.close()


def pull(node: SbcNode) -> None:
    """Everything that is new on a node, or what can be had until the next sweep."""
    NodeCursor.objects.get_or_create(node=node)
    if not _take_turn(node):
        return
    until = time.monotonic() + settings.SWEEP_SECONDS
    while pull_page(node) and time.monotonic() < until:
        pass


def pull_page(node: SbcNode) -> bool:
    """One page; whether there may be more. The node is asked outside the transaction. Rows and cursor move in one, and
    only from where the cursor was when the node was asked: whoever comes second finds it moved and leaves it.
    """
    seen = NodeCursor.objects.get(node=node)
    page = read_records(node, seen.store, seen.sequence, PAGE)
    if page is None:
        _pause(seen)
        return False
    with transaction.atomic():
        cursor = NodeCursor.objects.select_for_update().get(node=node)
        if (cursor.store, cursor.sequence) != (seen.store, seen.sequence):
            return True
        Call.objects.bulk_create(rows_of(node, page), ignore_conflicts=True)
        _move(cursor, page)
    return len(page.records) == PAGE


def _move(cursor: NodeCursor, page: RecordPage) -> None:
    if page.store != cursor.store:
        if cursor.store:
            logger.warning("node %s lost its call records: numbering began anew", cursor.node_id)
        cursor.store, cursor.sequence = page.store, 0
    if page.records:
        cursor.sequence = page.records[-1][0]
    cursor.failures, cursor.pulled_at = 0, Now()
    cursor.save(update_fields=["store", "sequence", "failures", "pulled_at"])


def _take_turn(node: SbcNode) -> bool:
    """One at a time per node saves asking twice; that nothing is counted twice does not hang on it."""
    due = NodeCursor.objects.filter(Q(next_at=None) | Q(next_at__lte=Now()), node=node)
    return due.update(next_at=Now() + timedelta(seconds=settings.SWEEP_SECONDS * 0.8)) == 1


def _pause(cursor: NodeCursor) -> None:
    """The longer a node is silent, the more rarely it is asked."""
    seconds = min(LONGEST_PAUSE, settings.SWEEP_SECONDS * 2 ** min(cursor.failures, 10))
    rows = NodeCursor.objects.filter(node=cursor.node_id)
    rows.update(failures=min(cursor.failures + 1, 1000), next_at=Now() + timedelta(seconds=seconds))
