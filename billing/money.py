"""Rounding and periods: half up per line; a period is a calendar month in UTC."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def round_money(amount: Decimal) -> Decimal:
    """Two decimals, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Period:
    """`start` to `end`, both included, within one calendar month of `days_in_month` days."""

    start: date
    end: date
    days_in_month: int

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


def rest_of_month(today: date | None = None) -> Period:
    """From today (UTC), included, to the end of the month."""
    today = today or datetime.now(UTC).date()
    days = calendar.monthrange(today.year, today.month)[1]
    return Period(today, today.replace(day=days), days)


def prorate(monthly: Decimal, period: Period) -> Decimal:
    """What of a monthly price falls on the period's days."""
    return round_money(monthly * period.days / period.days_in_month)
