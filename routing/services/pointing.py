"""Points numbers at trunks."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import lock_account, record
from common.errors import Conflict
from provisioning.wanted import nudge_nodes, want
from routing.models import Number
from routing.models.number import SUBJECT
from trunks.models import Trunk


def assign_number(number: Number, trunk: Trunk | None, actor: User | None) -> None:
    """From now on the number's calls go to the trunk, or nowhere. A nudge brings it to the nodes, else the sweep.

    Raises Conflict when the trunk is being deleted.
    """
    with transaction.atomic():
        number = lock_number(number, trunk.account_id if trunk else None)
        if trunk and not Trunk.objects.filter(pk=trunk.pk, withdrawn_at=None).exists():
            raise Conflict(_("This trunk takes no calls any more. Choose another one"))
        number.trunk, number.account = trunk, trunk.account if trunk else number.account
        publish(number)
        record(
            "number.assign",
            account_id=number.account_id,
            actor=actor,
            subject_kind=SUBJECT,
            subject_id=number.pk,
            trunk=str(trunk.pk) if trunk else None,
        )


def lock_number(number: Number, *accounts: UUID | None) -> Number:
    """The number's row, locked after its account and the given ones (the lock order): under an account's lock none of
    its trunks can go.
    """
    holder = Number.objects.values_list("account", flat=True).get(pk=number.pk)
    for account in sorted({account for account in (holder, *accounts) if account}):
        lock_account(account)
    return Number.objects.select_for_update().get(pk=number.pk)


def unassign_numbers(trunk: Trunk) -> None:
    """The trunk is gone: its numbers lead nowhere until somebody points them elsewhere."""
    for number in Number.objects.filter(trunk=trunk):
        assign_number(number, None, actor=None)


def publish(number: Number) -> None:
    """Save the number and say what its nodes must have. Inside a transaction, the number's row locked or new."""
    number.generation += 1
    number.save()
    want(SUBJECT, number.pk, generation=number.generation, epoch=1)
    transaction.on_commit(lambda: nudge_nodes(SUBJECT, number.pk), robust=True)
