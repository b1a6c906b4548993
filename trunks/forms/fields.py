"""Questions that an order asks in its own way: a line under a rule, codecs in order, places, addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from addresses.models import ServiceAddress
from common.widgets import OrderedField
from provisioning.models import DataCentre
from trunks.choices import Choices
from trunks.limits import validate_data_centre
from trunks.validators import clean_codecs

FIXED = lazy("Cannot be changed later")
STORED = lazy("Stored, not yet enforced")


class RuledField(forms.Field):
    """A line of text; `rule` makes it a value or raises."""

    def __init__(self, *, rule: Callable[[str], Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rule = rule

    def clean(self, value: Any) -> Any:
        return self.rule(value or "")


class CodecsField(OrderedField):
    """The codecs in order of preference."""

    def clean(self, value: Any) -> list[str]:
        return clean_codecs(value or [])


class RadioField(forms.ChoiceField):
    """One of a few; whatever is wrong with the answer, `message` says what to do."""

    widget = forms.RadioSelect

    def __init__(self, *, message: Any, **kwargs: Any) -> None:
        super().__init__(error_messages={"required": message, "invalid_choice": message}, **kwargs)


class PlacesSelect(forms.Select):
    """Data centres, the open ones first; the others are there to be seen."""

    data_centres: dict[str, DataCentre] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if value and not self.data_centres[str(value)].is_open:
            option["attrs"]["disabled"] = True
        return option


class PlaceField(forms.Field):
    """A data centre; V-LOC-1, V-LOC-2, V-LOC-3."""

    widget = PlacesSelect

    def offer(self, choices: Choices) -> None:
        self.from_choices = choices
        places = choices.data_centres
        opened = [(code, place.place) for code, place in places.items() if place.is_open]
        closed = [(code, place.place) for code, place in places.items() if not place.is_open]
        groups = [(_("Open"), opened), (_("Not open yet"), closed)]
        self.widget.data_centres = places
        self.widget.choices = [("", _("Choose one")), *[group for group in groups if group[1]]]

    def clean(self, value: Any) -> DataCentre:
        data_centre = self.from_choices.data_centres.get(value or "")
        if data_centre is None:
            raise ValidationError(_("Select a data centre"), code="V-LOC-1")
        validate_data_centre(self.from_choices.room, data_centre)
        return data_centre


class AddressField(forms.Field):
    """One of the account's service addresses or none; V-LOC-6, V-LOC-7."""

    widget = forms.Select

    def offer(self, choices: Choices) -> None:
        self.from_choices = choices
        known = choices.addresses.values()
        lines = [(str(address.pk), f"{address.name}, {address.street}, {address.city}") for address in known]
        self.widget.choices = [("", _("Choose one") if lines else _("You have no address yet")), *lines]

    def clean(self, value: Any) -> ServiceAddress | None:
        if not value:
            return None
        address = self.from_choices.addresses.get(value)
        if address is not None:
            return address
        if self.from_choices.had_address(value):
            message = _("That service address no longer exists. Select another")
            raise ValidationError(message, code="V-LOC-7")
        raise ValidationError(_("Select a service address"), code="V-LOC-6")
