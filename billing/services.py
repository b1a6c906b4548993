"""Moves money in the ledger. Every function here runs with the account's row locked."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from accounts.models import Account, User
from accounts.services import limits_of
from billing.enums import EntryKind
from billing.errors import NotEnoughCredit
from billing.models import LedgerEntry, Quote
from billing.quotes import Offer

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Balance:
    """In the account's currency."""

    balance: Decimal
    held: Decimal
    credit: Decimal

    @property
    def available(self) -> Decimal:
        """What orders may still use."""
        return self.balance - self.held + self.credit


def balance_of(account: Account) -> Balance:
    """What the account has and what of it is held."""
    sums = LedgerEntry.objects.filter(account=account).aggregate(Sum("balance_change"), Sum("held_change"))
    return Balance(sums["balance_change__sum"] or ZERO, sums["held_change__sum"] or ZERO, limits_of(account).credit)


def agree(account: Account, offer: Offer) -> Quote:
    """Keep the offer as the agreed price."""
    return Quote.objects.create(
        account=account,
        plan_id=offer.plan_code,
        channels=offer.channels,
        currency=offer.currency,
        per_channel=offer.per_channel,
        monthly=offer.monthly,
        first_charge=offer.first_charge,
        period_start=offer.period.start,
        period_end=offer.period.end,
    )


def hold(account: Account, amount: Decimal, *, reference: str, description: str, actor: User | None) -> LedgerEntry:
    """Set money aside. Raises NotEnoughCredit when that would make what is available negative."""
    if balance_of(account).available < amount:
        raise NotEnoughCredit(balance_of(account).available, amount)
    return LedgerEntry.objects.create(
        account=account,
        kind=EntryKind.HOLD,
        held_change=amount,
        reference=reference,
        description=description,
        created_by=actor,
    )


def capture(account: Account, *, reference: str, if_any: bool = False) -> LedgerEntry | None:
    """Charge what is held under the reference. Doing it again changes nothing. `if_any`: nothing may be held."""
    return _end_hold(account, EntryKind.CAPTURE, reference, if_any=if_any)


def release(account: Account, *, reference: str, if_any: bool = False) -> LedgerEntry | None:
    """Give back what is held under the reference. Doing it again changes nothing. `if_any`: nothing may be held."""
    return _end_hold(account, EntryKind.RELEASE, reference, if_any=if_any)


def _end_hold(account: Account, kind: EntryKind, reference: str, *, if_any: bool) -> LedgerEntry | None:
    entries = list(LedgerEntry.objects.filter(account=account, reference=reference).order_by("id"))
    if if_any and not entries:
        return None
    held, *ended = entries
    if ended:
        return ended[0]
    amount = held.held_change
    return LedgerEntry.objects.create(
        account=account,
        kind=kind,
        balance_change=-amount if kind == EntryKind.CAPTURE else ZERO,
        held_change=-amount,
        reference=reference,
        description=held.description,
    )


def credit(account: Account, amount: Decimal, *, reference: str, description: str, actor: User | None) -> LedgerEntry:
    """Add money that staff received or gave. The reference makes a repeated credit an IntegrityError."""
    return LedgerEntry.objects.create(
        account=account,
        kind=EntryKind.CREDIT,
        balance_change=amount,
        reference=reference,
        description=description,
        created_by=actor,
    )
