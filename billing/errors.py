"""Why an order cannot be paid."""

from __future__ import annotations

from decimal import Decimal


class NotForSale(Exception):
    """The plan has no price in the account's currency."""


class NotEnoughCredit(Exception):
    """Holding the amount would make what is available negative."""

    def __init__(self, available: Decimal, needed: Decimal) -> None:
        super().__init__(f"{available} available, {needed} needed")
        self.available = available
        self.needed = needed
