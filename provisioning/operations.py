"""Accepting a change: one pending operation per subject, and the nudge after commit."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.models import Account, User
from accounts.services import record
from common.errors import Conflict
from provisioning.enums import NEVER_GIVES_UP, OperationKind, Status
from provisioning.models import Operation
from provisioning.nudges import sender
from provisioning.registry import subject_of

STILL_APPLIED = lazy("Another change is still being applied. Try again when it has finished")
# DELETE overtakes what a dead node holds up for ever, a suspension what it makes pointless (DESIGN §4.5).
OVERTAKES = {
    OperationKind.DELETE: frozenset({OperationKind.DISABLE, OperationKind.SUSPEND}),
    OperationKind.SUSPEND: frozenset(
        {OperationKind.UPDATE, OperationKind.ENABLE, OperationKind.RESET_PASSWORD, OperationKind.RELEASE}
    ),
}


def accept(
    kind: OperationKind,
    *,
    subject_kind: str,
    subject_id: str,
    subject_name: str,
    generation: int,
    account: Account | None,
    actor: User | None,
) -> Operation:
    """Write the operation of a change that was just made, and nudge a worker when it is committed.

    Call it inside the change's transaction with the subject's row locked. Raises Conflict (V-OP-1) while another
    change is pending that this kind does not overtake.
    """
    _make_way(kind, subject_kind, subject_id, actor)
    operation = Operation.objects.create(
        kind=kind,
        subject_kind=subject_kind,
        subject_id=subject_id,
        subject_name=subject_name,
        generation=generation,
        account=account,
        requested_by=actor,
        deadline_at=None if kind in NEVER_GIVES_UP else Now() + settings.OPERATION_DEADLINE,
    )
    subject_of(subject_kind).accepted(operation)
    record(
        f"{subject_kind}.{kind.lower()}",
        account_id=account.pk if account else None,
        actor=actor,
        subject_kind=subject_kind,
        subject_id=subject_id,
        operation=str(operation.pk),
        generation=generation,
    )
    transaction.on_commit(lambda: nudge(operation), robust=True)
    return operation


def _make_way(kind: OperationKind, subject_kind: str, subject_id: str, actor: User | None) -> None:
    pending = pending_operation(subject_kind, subject_id)
    if pending is None:
        return
    if pending.kind not in OVERTAKES.get(kind, ()):
        raise Conflict(str(STILL_APPLIED), code="V-OP-1")
    subject = subject_of(subject_kind)
    subject.give_up(pending)
    pending.status, pending.reason, pending.finished_at = Status.RESET, "Superseded", Now()
    pending.message = _("A later change took its place")
    pending.save(update_fields=["status", "reason", "message", "finished_at"])
    subject.settled(pending)
    record_ending(pending, actor)


def pending_operation(subject_kind: str, subject_id: str) -> Operation | None:
    """The change that is being worked on, its row locked until the transaction ends."""
    pending = Operation.objects.select_for_update().filter(status=Status.PENDING)
    return pending.filter(subject_kind=subject_kind, subject_id=subject_id).first()


def record_ending(operation: Operation, actor: User | None = None) -> None:
    """Write the audit line of an operation that just ended."""
    record(
        f"{operation.subject_kind}.{operation.kind}.{operation.status}".lower(),
        account_id=operation.account_id,
        actor=actor,
        subject_kind=operation.subject_kind,
        subject_id=operation.subject_id,
        operation=str(operation.pk),
        reason=operation.reason,
    )


def nudge(operation: Operation) -> None:
    """Ask a worker to look at the operation now."""
    sender.send("provisioning.run_operation", str(operation.pk))


def latest_operation(subject_kind: str, subject_id: str) -> Operation | None:
    """The newest operation of a subject; the action status is read from it."""
    return Operation.objects.filter(subject_kind=subject_kind, subject_id=subject_id).first()
