"""What staff are asked before they change a balance."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.staff_forms import WIDE

MOST = Decimal(1_000_000)
REASON_LEAST = 10


class CreditForm(forms.Form):
    """`reference` is made with the page: the same page sent twice is the same credit."""

    use_required_attribute = False

    amount = forms.DecimalField(
        label=_("Amount"),
        decimal_places=2,
        min_value=Decimal("0.01"),
        max_value=MOST,
        localize=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "required": _("Enter the amount to add"),
            "invalid": _("Enter the amount as a number, like 250.00"),
            "min_value": _("Enter an amount above zero"),
            "max_value": _("Enter at most 1,000,000.00 at a time"),
        },
    )
    reason = forms.CharField(
        label=_("Note for the customer"),
        min_length=REASON_LEAST,
        max_length=200,
        widget=forms.TextInput(attrs=WIDE),
        help_text=_("What the credit is for, in at least 10 characters. The customer reads it in the ledger"),
        error_messages={
            "required": _("Enter what the credit is for"),
            "min_length": _("Enter what the credit is for in at least 10 characters"),
        },
    )
    reference = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].label = _("Amount (%(currency)s)") % {"currency": currency}
