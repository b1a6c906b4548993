"""What is asked about numbers: which to show, which to buy, where one leads, whether to give one back."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from common.forms import PortalForm
from provisioning.models import DataCentre
from routing.models import Number
from routing.services import MOST_AT_ONCE
from routing.stock import areas_in_stock, countries_in_stock, country_name, with_digits
from routing.targets import Target, Targets, target_of, word_of

TYPED_DIGITS = {"autocomplete": "off", "inputmode": "tel"}
ANY = ("", _("Any"))
# In addresses: numbers that belong to no country.
INTERNATIONAL = "INTL"
LEADS = {"trunk": _("A trunk"), "route": _("A route"), "nowhere": _("Nowhere")}
LONGEST_PATTERN = 32


class NumberFilter(PortalForm):
    """Read from the page's address; a wrong value filters nothing."""

    q = forms.CharField(
        label=_("Number, or part of it"),
        required=False,
        max_length=LONGEST_PATTERN,
        widget=forms.TextInput(attrs={"type": "search", **TYPED_DIGITS}),
    )
    leads = forms.ChoiceField(label=_("Calls go to"), required=False, choices=[ANY, *LEADS.items()])
    country = forms.ChoiceField(label=_("Country"), required=False)
    data_centre = forms.ModelChoiceField(
        DataCentre.objects.none(), label=_("Data centre"), required=False, empty_label=str(ANY[1])
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Number.objects.filter(account=account).order_by()
        codes = own.values_list("country", flat=True).distinct()
        self.fields["country"].choices = [ANY, *country_choices(sorted(codes, key=country_name))]  # type: ignore[attr-defined]
        self.fields["data_centre"].queryset = DataCentre.objects.filter(pk__in=own.values("data_centre"))  # type: ignore[attr-defined]
        self.is_valid()
        self.chosen: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}

    def clean_q(self) -> str:
        return re.sub(r"\D", "", self.cleaned_data["q"], flags=re.ASCII)

    def words(self) -> str:
        """The filters as people say them."""
        spoken: dict[Any, Any] = {**LEADS, **dict(self.fields["country"].choices)}  # type: ignore[attr-defined]
        return ", ".join(str(spoken.get(value, value)) for value in self.chosen.values())

    def query(self) -> list[tuple[str, str]]:
        """What leads to the same numbers again, as parts of an address."""
        return [(name, str(getattr(value, "pk", value))) for name, value in self.chosen.items()]

    def narrow(self, numbers: QuerySet[Number]) -> QuerySet[Number]:
        chosen = self.chosen
        if digits := chosen.get("q"):
            numbers = numbers.filter(e164__contains=digits)
        if leads := chosen.get("leads"):
            trunk, route = Q(trunk__isnull=False), Q(route__isnull=False)
            numbers = numbers.filter({"trunk": trunk, "route": route}.get(leads, ~trunk & ~route))
        if country := chosen.get("country"):
            numbers = numbers.filter(country=code_of(country))
        if data_centre := chosen.get("data_centre"):
            numbers = numbers.filter(data_centre=data_centre)
        return numbers


class StockForm(PortalForm):
    """Searches what can be bought: the country that is in stock, its area, digits. Read from the page's address."""

    country = forms.ChoiceField(label=_("Country"), required=False)
    area = forms.ChoiceField(label=_("Area"), required=False)
    q = forms.CharField(
        label=_("Digits"),
        required=False,
        max_length=LONGEST_PATTERN,
        widget=forms.TextInput(attrs={"type": "search", **TYPED_DIGITS}),
        help_text=_("At least 3 in a row, or a pattern like 312*00"),
    )

    def __init__(self, data: QueryDict, usual: str = "US") -> None:
        """`usual` is the country that is shown at first, where it is in stock."""
        stock = countries_in_stock()
        words = [word for word, _name in country_choices(stock)]
        shown = next((word for word in (data.get("country"), usual, *words) if word in words), "")
        given = data.copy()
        given["country"] = shown
        self.code = code_of(shown)
        areas = areas_in_stock(self.code) if stock else []
        if data.get("area") not in areas:
            given["area"] = ""
        super().__init__(given)
        self.fields["country"].choices = country_choices(stock)  # type: ignore[attr-defined]
        self.fields["area"].choices = [ANY, *((area, area) for area in areas)]  # type: ignore[attr-defined]
        self.is_empty = not stock
        self.is_valid()

    def clean_q(self) -> Q:
        said = self.cleaned_data["q"].strip()
        return with_digits(said, self.code) if said else Q()

    def narrow(self, numbers: QuerySet[Number]) -> QuerySet[Number]:
        if self.errors or self.is_empty:
            return numbers.none()
        if area := self.cleaned_data["area"]:
            numbers = numbers.filter(area=area)
        return numbers.filter(self.cleaned_data["q"], country=self.code)


class LeadForm(PortalForm):
    """Where calls go: to a trunk, a route, or nowhere."""

    to = forms.ChoiceField(label=_("Calls go to"), required=False)
    optional = ()  # nowhere is an answer, too

    def __init__(self, targets: Targets, *args: Any, present: Target = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"to": word_of(present)})
        super().__init__(*args, **kwargs)
        self.targets = targets
        field = self.fields["to"]
        field.choices = targets.choices()  # type: ignore[attr-defined]
        field.error_messages["invalid_choice"] = str(_("Choose one of your trunks or routes"))
        field.help_text = _("Until calls lead somewhere, callers hear that the number is not in service")

    def clean_to(self) -> Target:
        return self.targets.find(self.cleaned_data["to"])


class AssignForm(LeadForm):
    """Offers the living trunks of the number's own data centre, for its nodes receive the calls, and the routes."""

    def __init__(self, number: Number, account: Account, *args: Any, **kwargs: Any) -> None:
        targets = Targets.of(account, {number.data_centre_id})
        super().__init__(targets, *args, present=target_of(number), **kwargs)
        message = _("Choose one of your routes, or of your trunks in %(place)s") % {"place": number.data_centre.name}
        self.fields["to"].error_messages["invalid_choice"] = str(message)


class GiveBackForm(PortalForm):
    """The number typed, so that nobody gives the wrong one back; only the digits count."""

    number = forms.CharField(
        label=_("Enter the number to confirm"),
        max_length=LONGEST_PATTERN,
        error_messages={"required": _("Enter the number exactly as shown")},
        widget=forms.TextInput(attrs=TYPED_DIGITS),
    )

    def __init__(self, number: Number, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = number

    def clean_number(self) -> str:
        typed: str = self.cleaned_data["number"]
        if re.sub(r"\D", "", typed, flags=re.ASCII) != self.asked.digits:
            raise ValidationError(_("Enter the number exactly as shown"), code="V-DEL-1")
        return typed


def picked_in(data: QueryDict) -> list[str]:
    """The numbers of the cart, each once, in order; no more than one too many of them is looked at."""
    asked = dict.fromkeys(number for number in data.getlist("pick") if re.fullmatch(r"\+\d{7,15}", number, re.ASCII))
    dropped = data.get("drop")
    return sorted(number for number in list(asked)[: MOST_AT_ONCE + 1] if number != dropped)


def country_choices(codes: list[str]) -> list[tuple[str, str]]:
    return [(code or INTERNATIONAL, country_name(code)) for code in codes]


def code_of(word: str) -> str:
    return "" if word == INTERNATIONAL else word
