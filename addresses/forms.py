"""The form of a service address; its rules are the model's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from addresses.countries import US, country_choices, needs_post_code, needs_region, region_word, regions_of
from addresses.models import ServiceAddress
from common.forms import PortalModelForm

AUTOCOMPLETE = {
    "name": "off",
    "country_code": "country",
    "street": "address-line1",
    "suite": "address-line2",
    "city": "address-level2",
    "region_code": "address-level1",
    "post_code": "postal-code",
}


class AddressForm(PortalModelForm[ServiceAddress]):
    """Labels and the list of regions follow the country, posted or stored. No field checks by itself: the model
    tidies first.
    """

    widths = {"post_code": "s"}

    name = forms.CharField(label=_("Name"), required=False, help_text=_("For your own lists, like Chicago HQ"))
    country_code = forms.CharField(label=_("Country"), required=False, widget=forms.Select)
    street = forms.CharField(
        label=_("Street"), required=False, help_text=_("Where your equipment stands, not a P.O. box")
    )
    suite = forms.CharField(label=_("Suite, floor or unit"), required=False)
    city = forms.CharField(label=_("City"), required=False)
    region_code = forms.CharField(label=_("Region"), required=False, widget=forms.Select)
    post_code = forms.CharField(label=_("Post code"), required=False)

    class Meta:
        model = ServiceAddress
        fields = ["name", "country_code", "street", "suite", "city", "region_code", "post_code"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, token in AUTOCOMPLETE.items():
            self.fields[name].widget.attrs["autocomplete"] = token
        self.fields["country_code"].widget.choices = [("", _("Choose one")), *country_choices()]
        self._follow(self["country_code"].value() or "")

    def _follow(self, country: str) -> None:
        regions, word = regions_of(country), region_word(country)
        self.has_regions = bool(regions)
        asked = {"region_code": needs_region(country), "post_code": needs_post_code(country)}
        self.optional = {"suite", *(name for name, needed in asked.items() if not needed)}
        field = self.fields["region_code"]
        field.label = word.capitalize()
        field.widget.choices = [("", _("Choose one")), *regions.items()]
        if not regions:
            field.widget = forms.HiddenInput()
        if country == US:
            self.fields["post_code"].label = _("ZIP code")

    def clean_region_code(self) -> str:
        """A region of the country that was chosen before says nothing about this one."""
        country = self.cleaned_data.get("country_code", "")
        region: str = self.cleaned_data["region_code"]
        return region if region in regions_of(country) else ""
