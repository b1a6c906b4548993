"""What staff may ask for: work that waits for its time is due now. Doing it stays with the engine and the sweep."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from accounts.services import record
from provisioning.enums import Status
from provisioning.models import NodeState, Operation, SbcNode
from provisioning.nudges import sender
from provisioning.operations import nudge
from sbc.documents import NODE


@transaction.atomic
def hasten(operations: Iterable[Operation], actor: User) -> int:
    """Make pending operations due at once and nudge a worker for each; answers how many were pending.

    A lease is left alone: whoever works on one at this moment goes on.
    """
    chosen = [operation.pk for operation in operations]
    pending = list(Operation.objects.select_for_update().filter(pk__in=chosen, status=Status.PENDING).order_by("pk"))
    Operation.objects.filter(pk__in=[operation.pk for operation in pending]).update(next_attempt_at=Now())
    for operation in pending:
        record(
            "operation.reconcile",
            account_id=operation.account_id,
            actor=actor,
            subject_kind=operation.subject_kind,
            subject_id=operation.subject_id,
            operation=str(operation.pk),
        )
        transaction.on_commit(lambda operation=operation: nudge(operation), robust=True)  # type: ignore[misc]
    return len(pending)


@transaction.atomic
def compare_now(nodes: Iterable[SbcNode], actor: User) -> int:
    """Let the next sweep look at these nodes whatever their pauses say, and compare them from top to bottom."""
    chosen = list(nodes)
    _call_again(node.pk for node in chosen)
    SbcNode.objects.filter(pk__in=[node.pk for node in chosen]).update(checked_at=None)
    for node in chosen:
        record("node.reconcile", account_id=None, actor=actor, subject_kind=NODE, subject_id=node.name)
    transaction.on_commit(nudge_sweep, robust=True)
    return len(chosen)


@transaction.atomic
def write_again(kind: str, id: str, actor: User, account_id: object = None) -> int:
    """Have a subject written to and read back from its nodes again; answers from how many.

    A pending operation does that by itself: it becomes due. Otherwise the nodes owe the proof until the sweep has it.
    """
    about = {"subject_kind": kind, "subject_id": id}
    pending = list(Operation.objects.filter(status=Status.PENDING, **about))
    if pending:
        hasten(pending, actor)
    states = NodeState.objects.filter(**about)
    nodes = list(states.values_list("node_id", flat=True))
    if not pending:
        states.update(verified=False)
        record(f"{kind}.reconcile", account_id=account_id, actor=actor, **about)  # type: ignore[arg-type]
    _call_again(nodes)
    transaction.on_commit(nudge_sweep, robust=True)
    return len(nodes)


def _call_again(nodes: Iterable[int]) -> None:
    SbcNode.objects.filter(pk__in=list(nodes)).update(swept_at=None, retry_at=None)


def nudge_sweep() -> None:
    """Ask a worker for a round of the sweep now."""
    sender.send("provisioning.sweep")
