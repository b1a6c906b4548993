"""What staff may ask for: work is due now, or turns round now. Doing it stays with the engine and the sweep.

Every audit line carries the reason as `support`: the customer reads it as "Changed by support".
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from common.errors import Conflict
from provisioning.enums import NEVER_GIVES_UP, Status
from provisioning.models import NodeState, Operation, SbcNode
from provisioning.nudges import sender
from provisioning.operations import nudge
from provisioning.registry import subject_of
from sbc.documents import NODE

ROLLED_BACK = "RolledBack"


def hasten(operations: Iterable[Operation], actor: User, reason: str) -> int:
    """Make pending operations due at once and nudge a worker for each; answers how many were pending.

    A lease is left alone: whoever works on one at this moment goes on.
    """
    return sum(_hasten(operation, actor, reason) for operation in operations)


@transaction.atomic
def _hasten(operation: Operation, actor: User, reason: str) -> bool:
    _lock(operation.subject_kind, operation.subject_id)
    if not Operation.objects.filter(pk=operation.pk, status=Status.PENDING).update(next_attempt_at=Now()):
        return False
    _record("operation.reconcile", operation, actor, reason)
    transaction.on_commit(lambda: nudge(operation), robust=True)
    return True


def _lock(kind: str, id: str) -> None:
    """Account and subject before operation and audit line, as everybody does."""
    subject_of(kind).lock(id)


@transaction.atomic
def roll_back(operation: Operation, actor: User, reason: str) -> None:
    """Turn a pending operation round, as if its deadline had passed: a CREATE ends FAILED, others RESET. Whoever works
    on it at this moment loses the lease, so that it cannot succeed afterwards.

    Raises Conflict for one that has ended, is turning round already, or never gives up.
    """
    _lock(operation.subject_kind, operation.subject_id)
    row = Operation.objects.select_for_update().get(pk=operation.pk)
    if why := why_no_roll_back(row):
        raise Conflict(why)
    row.deadline_at = row.next_attempt_at = Now()
    row.lease_until, row.lease_epoch = None, row.lease_epoch + 1
    row.reason, row.message = ROLLED_BACK, _("Support took it back")
    row.save(
        update_fields=["deadline_at", "next_attempt_at", "lease_until", "lease_epoch", "reason", "message"],
    )
    _record("operation.rollback", row, actor, reason)
    transaction.on_commit(lambda: nudge(row), robust=True)


def why_no_roll_back(operation: Operation) -> str:
    """Empty for an operation that staff may turn round."""
    if not operation.is_pending:
        return _("This change has ended already")
    if operation.undoing:
        return _("This change is being taken back already")
    if operation.kind in NEVER_GIVES_UP:
        return _("%(what)s is never given up: it waits until the nodes are back") % {
            "what": operation.get_kind_display().capitalize()
        }
    return ""


@transaction.atomic
def compare_now(nodes: Iterable[SbcNode], actor: User, reason: str) -> int:
    """Let the next sweep look at these nodes whatever their pauses say, and compare them from top to bottom."""
    chosen = list(nodes)
    _call_again(node.pk for node in chosen)
    SbcNode.objects.filter(pk__in=[node.pk for node in chosen]).update(checked_at=None)
    for node in chosen:
        _record_node("node.reconcile", node, actor, reason)
    transaction.on_commit(nudge_sweep, robust=True)
    return len(chosen)


@transaction.atomic
def send_all_again(node: SbcNode, actor: User, reason: str) -> int:
    """Have everything that the node must have written and read back again; answers how much that is. Calls go on:
    writing what is there already changes nothing.
    """
    count = NodeState.objects.filter(node=node).update(verified=False)
    _call_again([node.pk])
    _record_node("node.resend", node, actor, reason)
    transaction.on_commit(nudge_sweep, robust=True)
    return count


@transaction.atomic
def write_again(kind: str, id: str, actor: User, reason: str, account_id: object = None) -> int:
    """Have a subject written to and read back from its nodes again; answers from how many.

    A pending operation does that by itself: it becomes due. Otherwise the nodes owe the proof until the sweep has it.
    """
    about = {"subject_kind": kind, "subject_id": id}
    _lock(kind, id)
    pending = list(Operation.objects.filter(status=Status.PENDING, **about))
    if pending:
        hasten(pending, actor, reason)
    states = NodeState.objects.filter(**about)
    nodes = list(states.values_list("node_id", flat=True))
    if not pending:
        states.update(verified=False)
        record(f"{kind}.reconcile", account_id=account_id, actor=actor, support=reason, **about)  # type: ignore[arg-type]
    _call_again(nodes)
    transaction.on_commit(nudge_sweep, robust=True)
    return len(nodes)


def _record(action: str, operation: Operation, actor: User, reason: str) -> None:
    about = {"subject_kind": operation.subject_kind, "subject_id": operation.subject_id}
    details = {"operation": str(operation.pk), "support": reason}
    record(action, account_id=operation.account_id, actor=actor, **about, **details)


def _record_node(action: str, node: SbcNode, actor: User, reason: str) -> None:
    record(action, account_id=None, actor=actor, subject_kind=NODE, subject_id=node.name, support=reason)


def _call_again(nodes: Iterable[int]) -> None:
    SbcNode.objects.filter(pk__in=list(nodes)).update(swept_at=None, retry_at=None)


def nudge_sweep() -> None:
    """Ask a worker for a round of the sweep now."""
    sender.send("provisioning.sweep")
