"""What an account may buy, and what its ledger says."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum, Window

from accounts.models import Account
from billing.enums import EntryKind, RequestStatus
from billing.models import LedgerEntry, Plan, PlanActivation, PlanRequest, Price


@dataclass(frozen=True, slots=True)
class PlanOnOffer:
    """`per_channel` is None where the plan has no price in the account's currency, `request` is the latest to activate
    it.
    """

    plan: Plan
    per_channel: Decimal | None
    is_active: bool
    request: PlanRequest | None = None


def plans_for(account: Account) -> list[PlanOnOffer]:
    """All plans with the account's price, and whether staff activated them."""
    prices = Price.objects.filter(plan=OuterRef("pk"), currency=account.currency)
    activations = PlanActivation.objects.filter(plan=OuterRef("pk"), account=account)
    plans = list(
        Plan.objects.annotate(per_channel=Subquery(prices.values("per_channel")[:1]), is_active=Exists(activations))
    )
    asked = {} if all(plan.is_active for plan in plans) else _latest_requests(account)
    return [PlanOnOffer(plan, plan.per_channel, plan.is_active, asked.get(plan.pk)) for plan in plans]


def _latest_requests(account: Account) -> dict[str, PlanRequest]:
    """By plan."""
    requests = account.plan_requests.select_related("asked_by").order_by("asked_at")
    return {request.plan_id: request for request in requests}


def open_requests() -> QuerySet[PlanRequest]:
    """What support has to answer, the longest waiting first."""
    return PlanRequest.objects.filter(status=RequestStatus.OPEN).order_by("asked_at")


def open_holds(account: Account) -> QuerySet[LedgerEntry]:
    """Money that is set aside and neither charged nor released yet."""
    ended = LedgerEntry.objects.filter(reference=OuterRef("reference")).exclude(kind=EntryKind.HOLD)
    return LedgerEntry.objects.filter(~Exists(ended), account=account, kind=EntryKind.HOLD)


def ledger_of(account: Account) -> QuerySet[LedgerEntry]:
    """Every movement of money, newest first, each with the `balance_after` it."""
    until_now = Window(Sum("balance_change"), order_by="id")
    return LedgerEntry.objects.filter(account=account).annotate(balance_after=until_now)
