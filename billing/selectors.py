"""What an account may buy, and what its ledger says."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Account
from billing.enums import EntryKind
from billing.models import LedgerEntry, Plan, PlanActivation, Price


@dataclass(frozen=True, slots=True)
class PlanOnOffer:
    """`per_channel` is None where the plan has no price in the account's currency."""

    plan: Plan
    per_channel: Decimal | None
    is_active: bool


def plans_for(account: Account) -> list[PlanOnOffer]:
    """All plans with the account's price, and whether staff activated them."""
    active = set(PlanActivation.objects.filter(account=account).values_list("plan_id", flat=True))
    prices = dict(Price.objects.filter(currency=account.currency).values_list("plan_id", "per_channel"))
    return [PlanOnOffer(plan, prices.get(plan.pk), plan.pk in active) for plan in Plan.objects.all()]


def open_holds(account: Account) -> QuerySet[LedgerEntry]:
    """Money that is set aside and neither charged nor released yet."""
    ended = LedgerEntry.objects.filter(reference=OuterRef("reference")).exclude(kind=EntryKind.HOLD)
    return LedgerEntry.objects.filter(~Exists(ended), account=account, kind=EntryKind.HOLD)


def ledger_of(account: Account) -> QuerySet[LedgerEntry]:
    """Every movement of money, newest first."""
    return LedgerEntry.objects.filter(account=account)
