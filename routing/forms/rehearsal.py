"""Which call to rehearse."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django_countries import countries

from common.forms import PortalForm
from provisioning.models import DataCentre
from routing.models import Number
from routing.rehearsing import Question

MOST_NUMBERS = 50
_SEPARATORS = re.compile(r"[\s().\-/]")


class RehearsalForm(PortalForm):
    """Offers the numbers that use the route, and each place where calls to it can arrive."""

    called = forms.ChoiceField(label=lazy("Called number"), required=False)
    caller = forms.CharField(
        label=lazy("Caller"),
        required=False,
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    widths = {"called": "m", "caller": "m"}
    optional = ("caller",)

    def __init__(
        self, data: Any, *, numbers: Iterable[Number], places: Iterable[DataCentre], own: Collection[Number]
    ) -> None:
        super().__init__(data)
        self.numbers = {number.pk: number for number in list(numbers)[:MOST_NUMBERS]}
        self.places = {place.pk: place for place in places}
        self.own = own
        options = [(pk, f"{pk}, {number.data_centre}") for pk, number in self.numbers.items()]
        options += [(pk, _("Any number in %(place)s") % {"place": place}) for pk, place in self.places.items()]
        self.fields["called"].choices = options  # type: ignore[attr-defined]

    def clean_called(self) -> str:
        """Nothing chosen: the first one there is."""
        choices = [*self.numbers, *self.places]
        return self.cleaned_data["called"] or (choices[0] if choices else "")

    def clean_caller(self) -> str:
        number = _SEPARATORS.sub("", self.cleaned_data["caller"])
        if number and not re.fullmatch(r"\+[1-9][0-9]{2,14}", number):
            raise ValidationError(_("Enter the caller's number with + and country code, or leave it empty"))
        return number

    @property
    def chosen(self) -> Number | None:
        return self.numbers.get(self.cleaned_data["called"])

    def question(self) -> Question:
        """For any number of a place one stands in: an own one there, or an example of the place's country."""
        called: str = self.cleaned_data["called"]
        if self.chosen is not None:
            place, number = self.chosen.data_centre_id, self.chosen.pk
        else:
            own = next((number.pk for number in self.own if number.data_centre_id == called), "")
            place, number = called, own or _example(str(countries.alpha2(self.places[called].country_code)))
        return Question(place, number, self.cleaned_data["caller"] or _example(_region_of(number)))


def _region_of(number: str) -> str:
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or "US"
    except phonenumbers.NumberParseException:
        return "US"


def _example(region: str) -> str:
    found = phonenumbers.example_number(region) or phonenumbers.example_number("US")
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164) if found else ""
