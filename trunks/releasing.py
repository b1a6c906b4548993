"""Lets others have what a trunk claims and needs no more: not before its nodes were read back to be without it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, Now

from provisioning.enums import Status
from provisioning.models import NodeState, Operation
from trunks.models import HostClaim, Trunk
from trunks.models.trunk import SUBJECT

AT_ONCE = 100


def release_unneeded(trunk: Trunk) -> None:
    """Release addresses that no revision of it will bring back, and all it claims when it is over. What a node may
    still have stays claimed, and the sweep looks again. The trunk's row is locked by the caller.
    """
    is_over = trunk.withdrawn_at is not None
    needed = [] if is_over or trunk.wanted is None else trunk.wanted.source_hosts
    spare = HostClaim.objects.filter(trunk=trunk, released_at=None).exclude(address__in=needed)
    row = Trunk.objects.filter(pk=trunk.pk)
    if not (spare.exists() or (is_over and (trunk.call_key or trunk.exclusive_key))):
        row.filter(claims_to_release=True).update(claims_to_release=False)
        return
    if not without_doubt(row).exists():
        row.update(claims_to_release=True)
        return
    spare.update(released_at=Now())
    row.update(claims_to_release=False, **({"call_key": None, "exclusive_key": None} if is_over else {}))


def without_doubt(trunks: QuerySet[Trunk]) -> QuerySet[Trunk]:
    """Those that every node was read back to have as they are now, while no change is on its way. A node that
    certainly never got a trunk which never came counts as read.
    """
    own = {"subject_kind": SUBJECT, "subject_id": Cast(OuterRef("pk"), CharField())}
    unread = ~Q(verified=True, wanted_generation=OuterRef("generation"))
    doubtful = NodeState.objects.filter(unread, **own)
    reached = doubtful.filter(held_generation__gt=0)
    never_came = Q(withdrawn_at__isnull=False, live=None)
    pending = Operation.objects.filter(status=Status.PENDING, **own)
    return trunks.exclude(Exists(pending)).filter(~Exists(doubtful) | (never_came & ~Exists(reached)))


@transaction.atomic
def release_waiting() -> None:
    """Release what trunks kept because of nodes that were read meanwhile."""
    waiting = without_doubt(Trunk.objects.filter(claims_to_release=True)).select_related("wanted")
    for trunk in waiting.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:AT_ONCE]:
        release_unneeded(trunk)
