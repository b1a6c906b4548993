"""What nodes that answer, or never do, make of the operation of a number."""

from __future__ import annotations

from django.db import transaction

from provisioning.enums import Status
from provisioning.models import NodeState, Operation
from provisioning.operations import pending_operation, record_ending
from provisioning.wanted import want
from routing.models import Number
from routing.models.number import SUBJECT
from routing.subject import NumberSubject


@transaction.atomic
def end(number: Number, status: Status, message: str = "") -> Operation:
    """The pending operation of the number ends like that, as the engine would end it."""
    subject = NumberSubject()
    operation = pending_operation(SUBJECT, number.pk)
    assert operation is not None
    subject.lock(number.pk)
    if status == Status.FAILED:
        subject.give_up(operation)
    want(SUBJECT, number.pk, generation=operation.generation, epoch=1)
    NodeState.objects.filter(subject_kind=SUBJECT, subject_id=number.pk).update(verified=True)
    operation.status, operation.message = status, message
    operation.save()
    subject.settled(operation)
    record_ending(operation)
    return operation
