"""Who works on an operation: claimed on the database's clock, kept by a heartbeat, numbered by an epoch."""

from __future__ import annotations

import os
import random
import socket
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from provisioning.enums import Status, Step
from provisioning.models import Operation

OWNER = f"{socket.gethostname()[:40]}:{os.getpid()}"


# One statement instead of select, update and select again: it runs for every operation. `is_late` is past the deadline.
_CLAIM = """
UPDATE provisioning_operation
   SET lease_owner = %%s, lease_epoch = lease_epoch + 1, lease_until = statement_timestamp() + %%s,
       attempt = attempt + 1, step = %%s
 WHERE id = (%s)
RETURNING *, coalesce(deadline_at <= statement_timestamp(), false) AS is_late
"""


class LeaseLost(Exception):
    """Somebody else works on the operation; stop without writing anything."""


def due() -> QuerySet[Operation]:
    """Operations that somebody should work on and nobody does."""
    return Operation.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=Now()), status=Status.PENDING, next_attempt_at__lte=Now()
    )


def claim(operation_id: UUID | str | None = None) -> Operation | None:
    """Take the lease of a due operation, of the given one or of the longest waiting; None when there is none.

    Every claim raises the epoch, so what an earlier owner still sends is refused by the nodes.
    """
    waiting = due() if operation_id is None else due().filter(pk=operation_id)
    with transaction.atomic():
        longest = waiting.select_for_update(skip_locked=True).order_by("next_attempt_at").values("pk")[:1]
        sql, parameters = longest.query.sql_with_params()
        claimed = Operation.objects.raw(_CLAIM % sql, [OWNER, settings.LEASE, Step.COMPILE, *parameters])
        return next(iter(claimed), None)


def mine(operation: Operation) -> QuerySet[Operation]:
    """The operation's row as long as this process still holds its lease: a queryset of one or none."""
    return Operation.objects.filter(pk=operation.pk, lease_epoch=operation.lease_epoch, status=Status.PENDING)


def keep(operation: Operation, **changes: Any) -> None:
    """Heartbeat: extend the lease and write `changes`. Raises LeaseLost."""
    if mine(operation).update(**{"lease_until": Now() + settings.LEASE, **changes}) != 1:
        raise LeaseLost


def put_off(operation: Operation, reason: str, message: str) -> None:
    """Give the lease back and try again after a growing pause with jitter. Raises LeaseLost."""
    shortest, longest = settings.BACKOFF_SECONDS
    pause = min(longest, shortest * 2 ** min(operation.attempt - 1, 16)) * random.uniform(0.7, 1.0)  # noqa: S311
    changed = mine(operation).update(
        lease_until=None,
        next_attempt_at=Now() + timedelta(seconds=pause),
        reason=reason,
        message=message,
    )
    if changed != 1:
        raise LeaseLost
