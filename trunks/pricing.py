"""What another number of channels would cost a living trunk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from billing.money import prorate
from billing.quotes import Offer, offer
from trunks.models import Trunk
from trunks.selectors import applied_changes, applied_revisions


def offer_for_change(trunk: Trunk, channels: int) -> Offer | None:
    """Today's price of so many channels; None while the number stays. `first_charge` is what is charged now: what the
    new monthly price is above the highest one that this month was paid at. A decrease counts from next month.

    Raises NotForSale when the plan has no price any more.
    """
    if trunk.wanted is None or channels == trunk.wanted.channels:
        return None
    new = offer(trunk.plan_id, channels, trunk.account.currency)
    more = max(Decimal("0.00"), new.monthly - paid_monthly(trunk))
    return replace(new, first_charge=prorate(more, new.period))


def paid_monthly(trunk: Trunk) -> Decimal:
    """The highest monthly price that was live in this calendar month (UTC)."""
    month = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    before = set(applied_changes(trunk).filter(finished_at__lt=month).values_list("generation", flat=True))
    highest = Decimal("0.00")
    for revision in applied_revisions(trunk):
        highest = max(highest, revision.quote.monthly)
        if revision.generation in before:
            break
    return highest
