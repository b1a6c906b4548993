"""Reads numbers, and whether the nodes have them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Account
from provisioning.models import NodeState
from routing.models import Number
from routing.models.number import SUBJECT
from trunks.models import Trunk


def numbers_of(account: Account) -> QuerySet[Number]:
    """The account's numbers with the trunks that they point to."""
    return Number.objects.filter(account=account).select_related("data_centre", "trunk__wanted")


def numbers_to(trunk: Trunk) -> QuerySet[Number]:
    """The numbers that point to a trunk of its own account."""
    return Number.objects.filter(trunk=trunk, account=trunk.account_id)


def dialled_trunks(account: Account) -> QuerySet[Number, UUID | None]:
    """The ids of the account's trunks that one of its numbers points to."""
    return Number.objects.filter(account=account).exclude(trunk=None).values_list("trunk", flat=True)


def states_of(numbers: Iterable[Number]) -> dict[str, list[NodeState]]:
    """What the nodes must have and were read back to have, by number, primary first. One query."""
    found: dict[str, list[NodeState]] = {number.pk: [] for number in numbers}
    states = NodeState.objects.filter(subject_kind=SUBJECT, subject_id__in=found).select_related("node")
    for state in states.order_by("-node__role"):
        found[state.subject_id].append(state)
    return found
