"""Points numbers at trunks."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from accounts.services import record
from provisioning.wanted import want
from routing.models import Number
from routing.subject import SUBJECT
from trunks.models import Trunk


def assign_number(number: Number, trunk: Trunk | None, actor: User | None) -> None:
    """From now on the number's calls go to the trunk, or nowhere. The sweep brings it to the nodes."""
    with transaction.atomic():
        number = Number.objects.select_for_update().get(pk=number.pk)
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


def unassign_numbers(trunk: Trunk) -> None:
    """The trunk is gone: its numbers lead nowhere until somebody points them elsewhere."""
    for number in Number.objects.filter(trunk=trunk):
        assign_number(number, None, actor=None)


def publish(number: Number) -> None:
    """Save the number and say what its nodes must have. Inside a transaction, the number's row locked or new."""
    number.generation += 1
    number.save()
    want(SUBJECT, number.pk, generation=number.generation, epoch=1)
