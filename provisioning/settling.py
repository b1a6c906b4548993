"""Ends an operation: one transaction for its status, the subject's consequences and the audit line."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from provisioning.enums import Status, Step
from provisioning.failpoints import failpoint
from provisioning.lease import LeaseLost, mine
from provisioning.models import Operation
from provisioning.operations import record_ending
from provisioning.registry import subject_of


def settle(operation: Operation, status: Status, reason: str, message: str) -> None:
    """Write the ending. Raises LeaseLost when somebody else took the operation over or ended it."""
    failpoint("before:settle")
    subject = subject_of(operation.subject_kind)
    with transaction.atomic():
        subject.lock(operation.subject_id)
        changed = mine(operation).update(
            status=status,
            step=Step.SETTLE,
            reason=reason,
            message=message,
            finished_at=Now(),
            lease_until=None,
        )
        if changed != 1:
            raise LeaseLost
        operation.status, operation.reason, operation.message = status, reason, message
        subject.settled(operation)
        record_ending(operation)
    failpoint("after:settle")
