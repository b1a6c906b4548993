"""Works on one operation: claim, compile, put, read back, settle. Safe to run any number of times, anywhere."""

from __future__ import annotations

import logging
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from provisioning import lease
from provisioning.enums import GOES_BACK_TO_SILENCE, NEVER_GIVES_UP, NodeRole, OperationKind, Status, Step
from provisioning.failpoints import failpoint
from provisioning.lease import LeaseLost
from provisioning.models import NodeState, Operation
from provisioning.nodes import Outcome, Verdict, write
from provisioning.reconciling import ROLLED_BACK
from provisioning.registry import subject_of
from provisioning.settling import settle
from provisioning.wanted import want

logger = logging.getLogger(__name__)
Written = list[tuple[NodeState, Outcome]]


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
    if operation.reason == ROLLED_BACK:
        message = operation.message
    elif operation.message:
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
    written = list(zip(states, outcomes, strict=True))
    if not states and _waits_for_a_node(operation):
        lease.put_off(operation, "NoNode", _("Waiting for a node in this data centre"))
    elif all(outcome.verdict is Verdict.VERIFIED for outcome in outcomes):
        _finish(operation)
    elif operation.undoing:
        _finish_undoing(operation, written)
    elif operation.kind not in NEVER_GIVES_UP and _only_the_backup_is_owed(written):
        settle(operation, Status.SUCCESS, "BackupOwed", _("The backup node gets it as soon as it answers"))
    else:
        _retry_or_turn_round(operation, outcomes)


def _waits_for_a_node(operation: Operation) -> bool:
    is_needed = subject_of(operation.subject_kind).needs_a_node
    return is_needed and operation.kind not in NEVER_GIVES_UP and not operation.undoing


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
            may_be_given_up=not operation.undoing,
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


def _finish_undoing(operation: Operation, written: Written) -> None:
    """Every node must be back, or certainly have never left; what it is owed then is left to the sweep (DESIGN §4.4).

    One that may hold what was given up is waited for until the second deadline, and not at all if it refuses.
    """
    astray = [outcome.verdict for state, outcome in written if _may_hold_what_was_given_up(operation, state, outcome)]
    is_lost = bool(astray) and operation.kind not in GOES_BACK_TO_SILENCE
    goes_on = is_lost or any(outcome.verdict is Verdict.DIFFERENT for _state, outcome in written)
    if Verdict.REJECTED in astray or (is_lost and operation.is_late):
        message = _("%(why)s. The earlier settings could not be brought back either")
        settle(operation, Status.FAILED, operation.reason, message % {"why": operation.message.rstrip(".")})
    elif goes_on and not operation.is_late:
        lease.put_off(operation, operation.reason, operation.message)
    else:
        _finish(operation)


def _may_hold_what_was_given_up(operation: Operation, state: NodeState, outcome: Outcome) -> bool:
    if outcome.verdict is Verdict.VERIFIED or _may_be_owed(state, outcome):
        return False
    return state.held_generation == operation.generation


def _only_the_backup_is_owed(written: Written) -> bool:
    missing = [each for each in written if each[1].verdict is not Verdict.VERIFIED]
    return len(missing) < len(written) and all(_may_be_owed(*each) for each in missing)


def _may_be_owed(state: NodeState, outcome: Outcome) -> bool:
    """A backup that cannot be reached, where its data centre does not insist on it."""
    unavailable = outcome.verdict is Verdict.UNAVAILABLE and state.node.role == NodeRole.BACKUP
    return unavailable and state.node.data_centre.may_owe_backup


def _retry_or_turn_round(operation: Operation, outcomes: list[Outcome]) -> None:
    trouble = max(outcomes, key=lambda outcome: outcome.verdict)
    if trouble.verdict is Verdict.REJECTED and operation.kind not in NEVER_GIVES_UP:
        _turn_round(operation, trouble.reason, trouble.message)
    else:
        lease.put_off(operation, trouble.reason, trouble.message)
