"""The settings of a new trunk: those that can change, and place, address, encryption, provider facts, which cannot."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from addresses.models import ServiceAddress
from common.widgets import Card
from provisioning.models import DataCentre
from trunks.choices import Choices
from trunks.forms.fields import FIXED, AddressField, FactField, PlaceField, RadioField, TlsField
from trunks.forms.settings import SettingsForm, usual_codecs
from trunks.limits import validate_data_centre
from trunks.services import validate_keys_are_free
from trunks.validators.place import validate_address

PLACE, ENCRYPTION = "data_centre", "tls"
PROPOSED = "proposed"


class OrderForm(SettingsForm):
    """Adds to the answers `data_centre`, also where the provider's facts lead to it, and `provider_facts`."""

    tags = dict.fromkeys((PLACE, "service_address", ENCRYPTION), FIXED)

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
    tls = TlsField(
        label=_("Encryption"),
        cards=[
            Card("no", _("UDP"), _("Calls and voice are sent unencrypted, to port 5060. Every PBX can do this.")),
            Card(
                "yes",
                _("TLS and SRTP"),
                _("Calls (TLS, port 5061) and voice (SRTP) are encrypted. Your PBX must support both."),
            ),
        ],
        initial="no",
    )

    def __init__(self, *args: Any, choices: Choices, plan: str, **kwargs: Any) -> None:
        super().__init__(*args, choices=choices, **kwargs)
        self.plan = plan
        for name in (PLACE, "service_address"):
            if name in self.fields:
                self.fields[name].offer(choices)  # type: ignore[attr-defined]
        if "codecs" in self.fields:
            # Nobody has chosen a data centre yet; most choose one of the country where they are.
            at_home = [address.in_the_us for address in choices.addresses.values()]
            self.fields["codecs"].initial = usual_codecs(in_the_us=bool(at_home) and all(at_home))
        for question in self.provider.questions:
            self.fields[question.name] = FactField(question, self.provider, choices)
        asked = [question.name for question in self.provider.questions]
        self.tags = {**self.tags, **dict.fromkeys(asked, FIXED)}
        self.widths = dict.fromkeys(asked, "l")
        self.order_fields(["name", self.place_name, "in_the_us", "service_address", *asked, ENCRYPTION])

    def asks(self, name: str) -> bool:
        if name == PLACE and self.provider.place_question:
            return False
        return super().asks(name)

    def propose_codecs(self) -> None:
        """Put the codecs in the order that is usual where the chosen data centre is, unless they were chosen."""
        place = self.choices.data_centres.get(self.data.get(PLACE, ""))
        if place and self.data.getlist("codecs") == self.proposed:
            self.data = self.data.copy()
            for name in ("codecs", PROPOSED):
                self.data.setlist(name, usual_codecs(in_the_us=place.in_the_us))
        self.leave_unjudged()

    @property
    def proposed(self) -> list[str]:
        """The order of the codecs that we proposed last: the page remembers it, so that a choice is known from it."""
        remembered: list[str] = self.data.getlist(PROPOSED)
        if remembered:
            return remembered
        place = self.choices.data_centres.get(self.data.get(PLACE, ""))
        return usual_codecs(in_the_us=place.in_the_us) if place else list(self.fields["codecs"].initial)

    @property
    def place_name(self) -> str:
        """The question that decides the data centre."""
        return self.provider.place_question or PLACE

    @property
    def place(self) -> forms.BoundField:
        return self[self.place_name]

    @property
    def facts(self) -> list[forms.BoundField]:
        """The provider's own questions, without the one that decides the data centre."""
        return [self[question.name] for question in self.provider.questions if question.name != self.place_name]

    def clean(self) -> dict[str, Any]:
        answers = self.cleaned_data
        self._settle_facts(answers)
        if "service_address" in answers:
            self._judge_place(answers, answers["service_address"])
        return super().clean()

    def _judge_place(self, answers: dict[str, Any], address: ServiceAddress | None) -> None:
        said = {"yes": True, "no": False}.get(answers.get("in_the_us", ""))
        self.check("service_address", validate_address, address, answers.get(PLACE), self.plan, in_the_us=said)
        if said is not None:
            self.is_us = address.in_the_us if address else said

    def _settle_facts(self, answers: dict[str, Any]) -> None:
        """Tidy facts, missing ones generated; generated ones are shown, so that they stay what they are."""
        typed = {question.name: answers.get(question.name, "") for question in self.provider.questions}
        if place := self.choices.data_centres.get(self.provider.data_centre_of(typed)):
            answers[PLACE] = place
            self.check(None, self._validate_place, place)
        try:
            facts = self.provider.clean(typed)
        except ValidationError as trouble:
            self.add_error(None, trouble)
            return
        answers["provider_facts"] = facts
        answers.update(facts)
        if PLACE in answers:
            account = self.choices.account
            self.check(None, validate_keys_are_free, account, answers[PLACE], self.provider, facts)
        if facts != typed and hasattr(self.data, "setlist"):
            self.data = self.data.copy()
            for name, value in facts.items():
                self.data[name] = value

    def _validate_place(self, place: DataCentre) -> None:
        try:
            validate_data_centre(self.choices.room, place)
        except ValidationError as trouble:
            if trouble.code == "V-LOC-2":
                message = now("%(place)s has no free capacity. Select one that another data centre serves")
                trouble = ValidationError(message, code=trouble.code, params={"place": place.name})
            raise ValidationError({self.place_name: trouble}) from None
