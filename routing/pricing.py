"""What numbers cost: the price of each one's rate, and what of it falls on the rest of the month."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from decimal import Decimal

from billing.models import NumberPrice
from billing.money import Period, prorate, rest_of_month
from routing.models import Number

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Line:
    e164: str
    monthly: Decimal
    first_charge: Decimal


@dataclass(frozen=True, slots=True)
class NumbersOffer:
    """The price of some numbers as shown to somebody, not yet agreed. `first_charge` covers `period`."""

    currency: str
    lines: tuple[Line, ...]
    period: Period

    @property
    def monthly(self) -> Decimal:
        return sum((line.monthly for line in self.lines), ZERO)

    @property
    def first_charge(self) -> Decimal:
        return sum((line.first_charge for line in self.lines), ZERO)

    @property
    def fingerprint(self) -> str:
        """Changes with every figure that the buyer saw: an order carries it back."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:32]


class NumbersPriceChanged(Exception):
    """What the buyer saw is not what they cost today (V-PAY-1)."""

    def __init__(self, offer: NumbersOffer) -> None:
        super().__init__(offer.fingerprint)
        self.offer = offer


def prices_in(currency: str) -> dict[str, Decimal]:
    """The monthly price by rate, for rates that have one in the currency; there are few."""
    return dict(NumberPrice.objects.filter(currency=currency).values_list("rate", "monthly"))


def offer_for(numbers: Iterable[Number], currency: str) -> NumbersOffer:
    """From today. Each of the numbers has a rate with a price in the currency."""
    prices, period = prices_in(currency), rest_of_month()
    found = sorted((number.pk, prices[number.rate_id]) for number in numbers if number.rate_id)
    return NumbersOffer(currency, tuple(Line(pk, price, prorate(price, period)) for pk, price in found), period)
