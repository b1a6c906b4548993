"""What an account may buy, and what its ledger says."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet, Subquery

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
    prices = Price.objects.filter(plan=OuterRef("pk"), currency=account.currency)
    activations = PlanActivation.objects.filter(plan=OuterRef("pk"), account=account)
    plans = Plan.objects.annotate(per_channel=Subquery(prices.values("per_channel")[:1]), is_active=Exists(activations))
    return [PlanOnOffer(plan, plan.per_channel, plan.is_active) for plan in plans]


def open_holds(account: Account) -> QuerySet[LedgerEntry]:
    """Money that is set aside and neither charged nor released yet."""
    ended = LedgerEntry.objects.filter(reference=OuterRef("reference")).exclude(kind=EntryKind.HOLD)
    return LedgerEntry.objects.filter(~Exists(ended), account=account, kind=EntryKind.HOLD)


def ledger_of(account: Account) -> QuerySet[LedgerEntry]:
    """Every movement of money, newest first."""
    return LedgerEntry.objects.filter(account=account)
