"""Works on one operation: claim, compile, put, read back, settle. Safe to run any number of times, anywhere."""

from __future__ import annotations

import logging
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from provisioning import lease
from provisioning.enums import NEVER_GIVES_UP, OperationKind, Status, Step
from provisioning.failpoints import failpoint
from provisioning.lease import LeaseLost
from provisioning.models import NodeState, Operation
from provisioning.nodes import Outcome, Verdict, write
from provisioning.registry import subject_of
from provisioning.settling import settle
from provisioning.wanted import want

logger = logging.getLogger(__name__)


def run(operation_id: UUID | str | None = None) -> bool:
    """Work on the given operation, or on the longest waiting one. False when nothing was due."""
    failpoint("before:claim")
    operation = lease.claim(operation_id)
    if operation is None:
        return False
    failpoint("after:claim")
    try:
        if operation.undoing or not _give_up_if_late(operation):
            _work(operation)
    except LeaseLost:
        logger.info("operation %s was taken over", operation.pk)
    return True


def _give_up_if_late(operation: Operation) -> bool:
    """Past its deadline an operation turns round: the nodes are put back to the last good state."""
    if operation.kind in NEVER_GIVES_UP or not operation.is_late:
        return False
    message = _("It was not done in time")
    if operation.message:
        message = _("It was not done in time. The last trouble: %(last)s") % {"last": operation.message}
    _turn_round(operation, operation.reason or "TimedOut", message)
    return True


def _turn_round(operation: Operation, reason: str, message: str) -> None:
    """From now on undo. The next claim, due at once, brings the higher epoch that the undoing needs."""
    subject = subject_of(operation.subject_kind)
    with transaction.atomic():
        subject.lock(operation.subject_id)
        lease.keep(
            operation,
            undoing=True,
            reason=reason,
            message=message,
            deadline_at=Now() + settings.OPERATION_DEADLINE,
            next_attempt_at=Now(),
            lease_until=None,
        )
        subject.give_up(operation)
    run(operation.pk)


def _work(operation: Operation) -> None:
    states = _compile(operation)
    outcomes = write(states, heartbeat=lambda step: lease.keep(operation, step=step))
    if not states and operation.kind not in NEVER_GIVES_UP and not operation.undoing:
        lease.put_off(operation, "NoNode", _("Waiting for a node in this data centre"))
    elif all(outcome.verdict is Verdict.VERIFIED for outcome in outcomes):
        _finish(operation)
    elif operation.undoing:
        _finish_undoing(operation, outcomes)
    else:
        _retry_or_turn_round(operation, outcomes)


def _compile(operation: Operation) -> list[NodeState]:
    failpoint("before:compile")
    subject = subject_of(operation.subject_kind)
    with transaction.atomic():
        subject.lock(operation.subject_id)
        states = want(
            operation.subject_kind,
            operation.subject_id,
            generation=operation.generation,
            epoch=operation.lease_epoch,
        )
        lease.keep(operation, step=Step.PUT)
    failpoint("after:compile")
    return states


def _finish(operation: Operation) -> None:
    if not operation.undoing:
        settle(operation, Status.SUCCESS, "", "")
        return
    failed = operation.kind == OperationKind.CREATE
    settle(operation, Status.FAILED if failed else Status.RESET, operation.reason, operation.message)


def _finish_undoing(operation: Operation, outcomes: list[Outcome]) -> None:
    """Every node that can be reached is back; one that cannot is owed and repaired by the sweep."""
    if any(outcome.verdict is Verdict.REJECTED for outcome in outcomes):
        settle(operation, Status.FAILED, operation.reason, operation.message)
    elif any(outcome.verdict is Verdict.DIFFERENT for outcome in outcomes) and not operation.is_late:
        lease.put_off(operation, operation.reason, operation.message)
    else:
        _finish(operation)


def _retry_or_turn_round(operation: Operation, outcomes: list[Outcome]) -> None:
    trouble = max(outcomes, key=lambda outcome: outcome.verdict)
    if trouble.verdict is Verdict.REJECTED and operation.kind not in NEVER_GIVES_UP:
        _turn_round(operation, trouble.reason, trouble.message)
    else:
        lease.put_off(operation, trouble.reason, trouble.message)
