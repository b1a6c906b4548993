"""Limits of an account that nodes hold: the calls that may begin in one second."""

from __future__ import annotations

from accounts.models import Account
from provisioning.models import NodeState
from trunks.models import Trunk
from trunks.models.trunk import SUBJECT


def owe_new_limits(account: Account) -> None:
    """The next sweep compares the account's trunks with what their nodes were asked for, and writes what differs."""
    trunks = map(str, Trunk.objects.filter(account=account, withdrawn_at=None).values_list("pk", flat=True))
    states = NodeState.objects.filter(subject_kind=SUBJECT, subject_id__in=list(trunks)).exclude(wanted_hash="")
    states.update(verified=False)
