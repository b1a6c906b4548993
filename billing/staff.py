"""What staff do with a customer's money."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.services import lock_account, record
from billing.enums import EntryKind
from billing.models import LedgerEntry
from billing.services import credit


@transaction.atomic
def credit_once(account_id: UUID, amount: Decimal, reason: str, reference: str, actor: User) -> bool:
    """Add money to a balance, with its audit line. False when this reference was credited before."""
    account = lock_account(account_id)
    if LedgerEntry.objects.filter(kind=EntryKind.CREDIT, reference=reference).exists():
        return False
    credit(account, amount, reference=reference, description=reason, actor=actor)
    record(
        "account.credit",
        account_id=account.pk,
        actor=actor,
        subject_kind="account",
        subject_id=str(account.pk),
        amount=str(amount),
        currency=account.currency,
        reason=reason,
        reference=reference,
    )
    return True
