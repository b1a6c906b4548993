"""What an order would cost."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass
from decimal import Decimal

from billing.errors import NotForSale
from billing.models import Price
from billing.money import Period, prorate, rest_of_month, round_money


@dataclass(frozen=True, slots=True)
class Offer:
    """A price as shown to somebody, not yet agreed. `first_charge` covers `period`."""

    plan_code: str
    channels: int
    currency: str
    per_channel: Decimal
    monthly: Decimal
    first_charge: Decimal
    period: Period

    @property
    def fingerprint(self) -> str:
        """Changes with every figure that the buyer saw: an order carries it back."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:32]


class PriceChanged(Exception):
    """What the buyer saw is not what it costs today."""

    def __init__(self, offer: Offer) -> None:
        super().__init__(offer.fingerprint)
        self.offer = offer


def offer(plan_code: str, channels: int, currency: str) -> Offer:
    """The price of so many channels from today. Raises NotForSale when the plan has no price in the currency."""
    price = Price.objects.filter(plan_id=plan_code, currency=currency).first()
    if price is None:
        raise NotForSale(plan_code)
    return offer_at(price.per_channel, plan_code, channels, currency)


def offer_at(per_channel: Decimal, plan_code: str, channels: int, currency: str) -> Offer:
    """The same at a price that was read already."""
    monthly = round_money(per_channel * channels)
    period = rest_of_month()
    return Offer(plan_code, channels, currency, per_channel, monthly, prorate(monthly, period), period)
