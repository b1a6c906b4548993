"""Brings a trunk into a state as the engine would, without nodes."""

from __future__ import annotations

from django.db.models.functions import Now

from provisioning.enums import Status
from provisioning.models import NodeState, Operation
from provisioning.operations import latest_operation
from provisioning.registry import subject_of
from provisioning.wanted import want
from trunks.models import Trunk
from trunks.models.trunk import SUBJECT


def ask_nodes(trunk: Trunk, *verified: bool) -> list[NodeState]:
    """What the nodes must have is written; `verified` says per node, primary first, whether it was read back."""
    operation = newest(trunk)
    want(SUBJECT, str(trunk.pk), generation=operation.generation, epoch=1)
    states = NodeState.objects.filter(subject_id=str(trunk.pk)).select_related("node").order_by("-node__role")
    for state, read in zip(states, verified or (True, True), strict=False):
        NodeState.objects.filter(pk=state.pk).update(
            verified=read, verified_at=Now() if read else None, took_ms=21 if read else None
        )
    return list(states.all())


def settle(trunk: Trunk, status: Status = Status.SUCCESS, message: str = "", verified=(True, True)) -> Trunk:
    """End the newest operation, with its consequences."""
    operation = newest(trunk)
    if status != Status.SUCCESS:
        subject_of(SUBJECT).give_up(operation)
    ask_nodes(trunk, *verified)
    Operation.objects.filter(pk=operation.pk).update(status=status, message=message, finished_at=Now())
    operation.refresh_from_db()
    subject_of(SUBJECT).settled(operation)
    return Trunk.objects.select_related("wanted").get(pk=trunk.pk)


def newest(trunk: Trunk) -> Operation:
    operation = latest_operation(SUBJECT, str(trunk.pk))
    assert operation is not None
    return operation


def kinds_of(trunk: Trunk) -> list[str]:
    """The kinds of the trunk's operations, the newest first."""
    return list(Operation.objects.filter(subject_id=str(trunk.pk)).values_list("kind", flat=True))
