"""What the operations console shows: the queue by age, a lane per node, and when the last change was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from provisioning.enums import Status
from provisioning.models import NodeState, Operation, SbcNode


@dataclass(frozen=True, slots=True)
class Lane:
    """One node: `waiting` operations have something for it, `owed` states wait for it without one."""

    node: SbcNode
    waiting: int
    owed: int

    @property
    def paused_until(self) -> datetime | None:
        """While it fails it is not called before this."""
        until = self.node.retry_at
        return until if self.node.failing_since and until and until > timezone.now() else None


def queue() -> QuerySet[Operation]:
    """Everything that is pending, the longest waiting first."""
    pending = Operation.objects.filter(status=Status.PENDING)
    return pending.select_related("account", "requested_by").order_by("requested_at")


def lanes() -> list[Lane]:
    """Every node, in two queries."""
    pending = Operation.objects.filter(
        status=Status.PENDING, subject_kind=OuterRef("subject_kind"), subject_id=OuterRef("subject_id")
    )
    unproven = NodeState.objects.filter(verified=False).annotate(is_pending=Exists(pending)).order_by()
    counts = {
        node: (waiting, owed)
        for node, waiting, owed in unproven.values("node")
        .annotate(waiting=Count("pk", filter=Q(is_pending=True)), owed=Count("pk", filter=Q(is_pending=False)))
        .values_list("node", "waiting", "owed")
    }
    nodes = SbcNode.objects.select_related("data_centre").order_by("data_centre__name", "-role")
    return [Lane(node, *counts.get(node.pk, (0, 0))) for node in nodes]


def last_finished() -> datetime | None:
    """When an operation last ended."""
    ended: datetime | None = Operation.objects.aggregate(last=Max("finished_at"))["last"]
    return ended
