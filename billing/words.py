"""Why an order cannot be paid as it is, in words for whoever pressed Pay now."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _

from billing.errors import NotEnoughCredit
from common.templatetags.ui import money


class Priced(Protocol):
    """Any offer."""

    @property
    def monthly(self) -> Decimal: ...

    @property
    def currency(self) -> str: ...


def price_words(now: Priced, seen: str) -> str:
    """V-PAY-1; V-PAY-3 when the page was not one of ours or too old to say what it offered."""
    if not seen:
        return _("Your session ended. Your answers are saved. Check them and pay again")
    words = _("The price is now %(price)s %(currency)s a month. Check it and pay again")
    return words % {"price": f"{now.monthly:.2f}", "currency": now.currency}


def credit_words(short: NotEnoughCredit, currency: str) -> str:
    words = _("This order needs %(needed)s and you have %(available)s available. Ask us to add credit, then pay")
    return words % {"needed": money(short.needed, currency), "available": money(short.available, currency)}
