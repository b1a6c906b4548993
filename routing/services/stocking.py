"""Puts an inventory up for sale: all of it or nothing."""

from __future__ import annotations

from collections import Counter

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from common.errors import Conflict
from routing.inventory import BATCH, Inventory
from routing.models import Number
from routing.models.number import SUBJECT


def load_numbers(inventory: Inventory, actor: User | None, name: str) -> int:
    """How many were loaded; `name` is the file's, for the audit trail.

    Raises ValueError for an inventory with problems, and Conflict when somebody loaded one of the numbers meanwhile.
    """
    if inventory.problems:
        raise ValueError("an inventory with problems is not loaded")
    try:
        with transaction.atomic():
            Number.objects.bulk_create(inventory.numbers, batch_size=BATCH)
            places = Counter(number.data_centre_id for number in inventory.numbers)
            about = {"count": len(inventory.numbers), "data_centres": places, "file": name[:200]}
            record("number.load", account_id=None, actor=actor, subject_kind=SUBJECT, subject_id="inventory", **about)
    except IntegrityError:
        raise Conflict(_("Some of these numbers were loaded meanwhile. Check the file again")) from None
    return len(inventory.numbers)
