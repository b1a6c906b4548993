"""Reads numbers, and whether the nodes have them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import Account
from provisioning.enums import Status
from provisioning.models import NodeState, Operation
from routing.models import Number, NumberOrder, RouteEntry
from routing.models.number import SUBJECT
from trunks.models import Trunk


def numbers_of(account: Account) -> QuerySet[Number]:
    """The account's numbers with what they lead to."""
    return Number.objects.filter(account=account).select_related("data_centre", "trunk__wanted", "route")


def number_of(account: Account, e164: str) -> Number:
    """One number. Raises Http404 for a stranger's, an unknown one and one that was given back alike."""
    number = numbers_of(account).filter(pk=e164).first()
    if number is None:
        raise Http404
    return number


def order_of(account: Account, order_id: UUID) -> NumberOrder:
    """One order. Raises Http404 for a stranger's and an unknown one alike."""
    order = NumberOrder.objects.filter(account=account, pk=order_id).first()
    if order is None:
        raise Http404
    return order


def numbers_to(trunk: Trunk) -> QuerySet[Number]:
    """The numbers that point to a trunk of its own account, without those that are being given back."""
    return Number.objects.filter(trunk=trunk, account=trunk.account_id, leaving_at=None)


def dialled_trunks(account: Account) -> QuerySet[Trunk, UUID]:
    """The ids of the account's trunks that one of its numbers leads to, by itself or along a route."""
    numbers = Number.objects.filter(account=account)
    entries = RouteEntry.objects.filter(revision__in=numbers.exclude(route=None).order_by().values("route__wanted"))
    direct = Q(pk__in=numbers.exclude(trunk=None).order_by().values("trunk"))
    along = Q(pk__in=entries.exclude(trunk=None).order_by().values("trunk"))
    return Trunk.objects.filter(direct | along, account=account).order_by().values_list("pk", flat=True)


def states_of(numbers: Iterable[Number]) -> dict[str, list[NodeState]]:
    """What the nodes must have and were read back to have, by number, primary first. One query."""
    found: dict[str, list[NodeState]] = {number.pk: [] for number in numbers}
    states = NodeState.objects.filter(subject_kind=SUBJECT, subject_id__in=found).select_related("node")
    for state in states.order_by("-node__role"):
        found[state.subject_id].append(state)
    return found


def pending_operations(numbers: Iterable[Number]) -> dict[str, Operation]:
    """What is being done to numbers that are being activated or given back, by number. One query."""
    pending = Operation.objects.filter(
        status=Status.PENDING, subject_kind=SUBJECT, subject_id__in=[number.pk for number in numbers]
    )
    return {operation.subject_id: operation for operation in pending}


def endings_for(account: Account, numbers: Iterable[str]) -> dict[str, Operation]:
    """How the account's newest operation of each of the numbers ended. One query."""
    asked = Operation.objects.filter(account=account, subject_kind=SUBJECT, subject_id__in=list(numbers))
    newest = asked.order_by("subject_id", "-requested_at").distinct("subject_id")
    return {operation.subject_id: operation for operation in newest if not operation.is_pending}
