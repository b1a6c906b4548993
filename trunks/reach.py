"""Registered trunks that calls should reach and cannot: a number points there, and nobody is signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, Now

from accounts.models import Account
from provisioning.models import NodeState, Registration
from trunks.enums import State, TrunkKind
from trunks.models import Trunk
from trunks.models.trunk import SUBJECT

# Answers the ids of the account's trunks that can be dialled; upper apps know.
Dialled = Callable[[Account], QuerySet[Any, Any]]
_dialled: list[Dialled] = []


def register_dialled(dialled: Dialled) -> None:
    """Have `dialled` say which trunks somebody can call."""
    _dialled.append(dialled)


def unreachable(account: Account) -> set[UUID]:
    """The live registered trunks that somebody can call and that no node has a contact of, every node having been
    asked lately. One query per app that registered.
    """
    return {pk for dialled in _dialled for pk in _silent(account, dialled).values_list("pk", flat=True)}


def _silent(account: Account, dialled: Dialled) -> QuerySet[Trunk]:
    own = {"subject_id": Cast(OuterRef("pk"), CharField())}
    nodes = NodeState.objects.filter(subject_kind=SUBJECT, **own).exclude(wanted_hash="")
    unasked = Q(node__facts_read_at=None) | Q(node__facts_read_at__lte=Now() - settings.NODE_FACTS_GOOD_FOR)
    live = Trunk.objects.filter(account=account, gone_at=None, urgency=State.values.index(State.LIVE))
    return live.filter(
        Exists(nodes),
        ~Exists(nodes.filter(unasked)),
        ~Exists(Registration.objects.filter(**own)),
        kind=TrunkKind.REGISTERED,
        pk__in=dialled(account),
    ).order_by()
