"""Gives a number back: it leaves its nodes, then its account, and rests before others may buy it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import Conflict
from provisioning.enums import OperationKind
from provisioning.operations import accept
from routing.models import Number
from routing.models.number import SUBJECT
from routing.services.pointing import lock_number


def give_back(number: Number, actor: User) -> None:
    """Raises Conflict while the number is being activated (V-OP-1), when it is given back already, and when it has
    another account by now. Nothing is refunded.
    """
    with transaction.atomic():
        seen = number.account_id
        number = lock_number(number)
        if number.account_id != seen or number.account is None:
            raise Conflict(_("This number is not yours any more"))
        if number.leaving_at is not None:
            raise Conflict(_("This number is being given back already"))
        number.leaving_at = timezone.now()
        number.generation += 1
        number.save()
        accept(
            OperationKind.DELETE,
            subject_kind=SUBJECT,
            subject_id=number.pk,
            subject_name=number.pk,
            generation=number.generation,
            account=number.account,
            actor=actor,
        )
