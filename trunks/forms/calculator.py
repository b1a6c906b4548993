"""The questions of the channel calculator. People know their calls; nobody knows their erlangs."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Self

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.forms import PortalForm
from trunks.erlang import erlangs

LONGEST_SECONDS = 4 * 3600


class Unit(models.TextChoices):
    MINUTES = "min", _("minutes")
    SECONDS = "s", _("seconds")


class PercentField(forms.DecimalField):
    """A share of a hundred, with or without its sign."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(re.sub(r"[\s%]", "", value) if isinstance(value, str) else value)


def _number(**messages: Any) -> dict[str, Any]:
    attrs = {"inputmode": "decimal", "autocomplete": "off"}
    return {"widget": forms.TextInput(attrs=attrs), "localize": False, "error_messages": messages}


class CalculatorForm(PortalForm):
    widths = {"calls": "s", "length": "s", "unit": "s", "blocked": "s"}

    calls = forms.IntegerField(
        label=_("Calls in your busiest hour"),
        help_text=_("In and out together. Your present provider's bill or your PBX's report says how many."),
        min_value=1,
        max_value=100_000,
        initial=60,
        **_number(
            required=_("Enter how many calls there are in your busiest hour"),
            invalid=_("Enter the number of calls as a whole number, like 60"),
            min_value=_("Enter at least 1 call"),
            max_value=_("Enter at most 100,000 calls. Contact us for more"),
        ),
    )
    length = forms.DecimalField(
        label=_("Average length of a call"),
        initial=3,
        **_number(
            required=_("Enter how long a call is on average"),
            invalid=_("Enter the length as a number, like 3 or 2.5"),
        ),
    )
    unit = forms.ChoiceField(
        label=_("Minutes or seconds"),
        choices=Unit,
        initial=Unit.MINUTES,
        error_messages={"required": _("Select minutes or seconds"), "invalid_choice": _("Select minutes or seconds")},
    )
    blocked = PercentField(
        label=_("Calls that may be refused, in %"),
        help_text=_("When every channel is in use, the next call is refused. 1 % is usual; for a hotline take 0.1 %."),
        min_value=Decimal("0.1"),
        max_value=10,
        initial=1,
        **_number(
            required=_("Enter how many calls in a hundred may be refused"),
            invalid=_("Enter the share as a number, like 1 or 0.5"),
            min_value=_("Enter at least 0.1 %%"),
            max_value=_("Enter at most 10 %%"),
        ),
    )

    def clean(self) -> dict[str, Any]:
        seconds = self.seconds()
        if seconds is not None and not 1 <= seconds <= LONGEST_SECONDS:
            self.add_error("length", _("Enter a length between 1 second and 4 hours"))
        return self.cleaned_data

    @classmethod
    def usual(cls) -> Self:
        """The answers that the page begins with, as if they were typed."""
        return cls({name: str(field.initial) for name, field in cls.base_fields.items()})

    def seconds(self) -> float | None:
        """The length of a call; None while it or its unit is missing."""
        length, unit = self.cleaned_data.get("length"), self.cleaned_data.get("unit")
        if length is None or not unit:
            return None
        return float(length) * (60 if unit == Unit.MINUTES else 1)

    def traffic(self) -> float:
        """In erlangs. Only of a valid form."""
        return erlangs(self.cleaned_data["calls"], self.seconds() or 0)
