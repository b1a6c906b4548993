"""How the trunk shall work: name, place, sound, what is allowed (V-NAME, V-LOC, V-COD, V-FMT, V-PL-4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing.enums import PlanCode
from common.forms import PortalForm
from trunks.choices import Choices
from trunks.enforcement import is_enforced
from trunks.enums import Codec, Dtmf, Fax, NumberFormat
from trunks.forms.fields import FIXED, STORED, AddressField, CodecsField, PlaceField, RadioField, RuledField
from trunks.limits import validate_name_is_free
from trunks.validators import clean_name, validate_audio, validate_number_format

FIELDS = ("codecs", "dtmf", "fax", "number_format", "international", "options")


class SettingsForm(PortalForm):
    tags = {
        "data_centre": FIXED,
        "service_address": FIXED,
        **{name: STORED for name in FIELDS if not is_enforced(name)},
    }

    name = RuledField(label=_("Name"), rule=clean_name, help_text=_("Appears on your invoice"))
    data_centre = PlaceField(label=_("Data centre"), help_text=_("Choose the one nearest to your equipment."))
    in_the_us = RadioField(
        label=_("Is your equipment in the United States?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        help_text=_("The law there asks for a service address, wherever the data centre is."),
        message=_("Select yes if your equipment is in the United States"),
    )
    service_address = AddressField(
        label=_("Service address"),
        help_text=_(
            "Where your equipment is. Needed in the United States and for data centres there, elsewhere recommended."
        ),
    )
    codecs = CodecsField(
        label=_("Codecs"),
        choices=Codec.choices,
        initial=[Codec.PCMA, Codec.PCMU],
        help_text=_("The first one that both sides know is used."),
    )
    dtmf = RadioField(label=_("DTMF"), choices=Dtmf.choices, initial=Dtmf.RFC2833, message=_("Select how DTMF is sent"))
    fax = RadioField(label=_("Fax"), choices=Fax.choices, initial=Fax.NONE, message=_("Select how fax is sent"))
    number_format = RadioField(
        label=_("Number format"),
        choices=NumberFormat.choices,
        initial=NumberFormat.E164,
        help_text=_("How numbers are written in calls to you and from you."),
        message=_("Select a number format"),
    )
    international = forms.BooleanField(
        label=_("Allow calls to other countries"),
        required=False,
        help_text=_("While off, such calls are blocked, also when somebody has broken into your PBX."),
    )
    options = forms.BooleanField(
        label=_("Check my equipment with SIP OPTIONS"), required=False, help_text=_("Every 60 seconds.")
    )

    def __init__(self, *args: Any, choices: Choices, plan: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.room, self.plan = choices.room, plan
        for name in ("data_centre", "service_address"):
            self.fields[name].offer(choices)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        answers = self.cleaned_data
        if "name" in answers:
            self._check(None, validate_name_is_free, self.room, answers["name"])
        self._check("service_address", _validate_address, answers, self.plan)
        if {"codecs", "dtmf", "fax"} <= answers.keys():
            self._check(None, validate_audio, answers["codecs"], answers["dtmf"], answers["fax"])
        if {"number_format", "in_the_us", "service_address", "international"} <= answers.keys():
            address = answers["service_address"]
            self._check(
                "number_format",
                validate_number_format,
                answers["number_format"],
                in_the_us=address.in_the_us if address else answers["in_the_us"] == "yes",
                international=answers["international"],
            )
        return answers

    def _check(self, field: str | None, rule: Callable[..., None], *args: Any, **kwargs: Any) -> None:
        try:
            rule(*args, **kwargs)
        except ValidationError as trouble:
            self.add_error(field, trouble)


def _validate_address(answers: dict[str, Any], plan: str) -> None:
    """Raises ValidationError V-LOC-4, V-LOC-5 or V-PL-4 when the order needs another service address, or one at all."""
    if "service_address" not in answers:
        return
    address, data_centre = answers["service_address"], answers.get("data_centre")
    if plan == PlanCode.UNLIMITED and not (address and address.in_the_us):
        message = _("The Unlimited plan needs a service address in the United States")
        raise ValidationError(message, code="V-PL-4")
    if address is not None:
        return
    if data_centre and data_centre.in_the_us:
        message = _("Select a service address. Trunks in %(place)s need one")
        raise ValidationError(message, code="V-LOC-4", params={"place": data_centre.name})
    if answers.get("in_the_us") == "yes":
        message = _("Select a service address. It is required when your equipment is in the United States")
        raise ValidationError(message, code="V-LOC-5")
