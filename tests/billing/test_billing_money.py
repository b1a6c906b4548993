"""Rounding and periods: half up per line, months in UTC, today included."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing.errors import NotForSale
from billing.money import prorate, rest_of_month, round_money
from billing.quotes import offer
from tests.factories import make_account

CHARGES = [
    (date(2026, 3, 1), "150.00", "150.00", "a whole month"),
    (date(2026, 3, 31), "150.00", "4.84", "the last of 31 days"),
    (date(2026, 4, 30), "150.00", "5.00", "the last of 30 days"),
    (date(2026, 2, 28), "150.00", "5.36", "the last of 28 days"),
    (date(2028, 2, 28), "150.00", "10.34", "two days of a leap February"),
    (date(2028, 2, 29), "150.00", "5.17", "the leap day"),
    (date(2026, 12, 31), "0.31", "0.01", "one cent"),
    (date(2026, 1, 31), "0.155", "0.01", "half a cent is rounded up"),
    (date(2026, 1, 31), "0.154", "0.00", "less than half a cent is not"),
    (date(2026, 6, 16), "15.00", "7.50", "half a month"),
]


@pytest.mark.parametrize(("day", "monthly", "charge", "why"), CHARGES, ids=[row[3] for row in CHARGES])
def test_the_first_charge_is_for_the_days_that_are_left(day, monthly, charge, why):
    assert prorate(Decimal(monthly), rest_of_month(day)) == Decimal(charge)


@pytest.mark.parametrize(
    ("amount", "rounded"), [("0.005", "0.01"), ("0.015", "0.02"), ("0.025", "0.03"), ("0.0249", "0.02")]
)
def test_half_a_cent_goes_up(amount, rounded):
    assert round_money(Decimal(amount)) == Decimal(rounded)


def test_a_period_ends_with_its_month():
    period = rest_of_month(date(2028, 2, 10))

    assert (period.start, period.end, period.days, period.days_in_month) == (
        date(2028, 2, 10),
        date(2028, 2, 29),
        20,
        29,
    )


def test_an_offer_multiplies_the_price_of_a_channel(db):
    account = make_account()

    found = offer("METERED", 10, account.currency)

    assert found.monthly == Decimal("150.00")
    assert found.first_charge == prorate(found.monthly, found.period)


def test_what_has_no_price_is_not_for_sale(db):
    make_account()

    with pytest.raises(NotForSale):
        offer("METERED", 10, "JPY")
