"""Questions asked in a way of their own: a line under a rule, codecs in order, places, addresses, provider facts."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from addresses.models import ServiceAddress
from common.widgets import CardsField, OrderedField
from provisioning.models import DataCentre
from trunks.choices import Choices
from trunks.limits import validate_data_centre
from trunks.providers import Provider, Question
from trunks.validators import clean_codecs

FIXED = lazy("Cannot be changed later")


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


class TlsField(CardsField):
    """Whether calls are encrypted, as a bool."""

    def __init__(self, **kwargs: Any) -> None:
        message = lazy("Select UDP, or TLS and SRTP")
        super().__init__(error_messages={"required": message, "invalid_choice": message}, **kwargs)

    def clean(self, value: Any) -> bool:
        return bool(super().clean(value) == "yes")


class PlacesSelect(forms.Select):
    """What can be chosen first; what is closed is there to be seen."""

    closed: Collection[str] = ()

    def offer(self, opened: list[tuple[str, Any]], closed: list[tuple[str, Any]]) -> None:
        self.closed = {code for code, _words in closed}
        groups = [(_("Open"), opened), (_("Not open yet"), closed)]
        self.choices = [("", _("Choose one")), *[group for group in groups if group[1]]]

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.closed:
            option["attrs"]["disabled"] = True
        return option


class PlaceField(forms.Field):
    """A data centre; V-LOC-1, V-LOC-2, V-LOC-3."""

    widget = PlacesSelect

    def offer(self, choices: Choices) -> None:
        self.from_choices = choices
        places = choices.data_centres.items()
        widget: PlacesSelect = self.widget  # type: ignore[assignment]
        widget.offer(
            [(code, place.place) for code, place in places if place.is_open],
            [(code, place.place) for code, place in places if not place.is_open],
        )

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
        lines = [(str(address.pk), f"{address.name}, {address.line}") for address in known]
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


class FactField(forms.CharField):
    """A provider's own question; its form asks the provider whether the answer is right."""

    def __init__(self, question: Question, provider: Provider, choices: Choices) -> None:
        as_typed = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        widget = PlacesSelect() if question.options else forms.TextInput(attrs={**as_typed, "class": "mono"})
        required = not question.optional
        super().__init__(label=question.label, help_text=question.hint, required=required, strip=False, widget=widget)
        self.question = question
        if isinstance(self.widget, PlacesSelect):
            self.widget.offer(*_by_place(question, provider, choices))

    def clean(self, value: Any) -> str:
        return str(value or "")


def _by_place(
    question: Question, provider: Provider, choices: Choices
) -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
    """The question's options with the data centre that each leads to: those that are open, those that are not."""
    opened: list[tuple[str, Any]] = []
    closed: list[tuple[str, Any]] = []
    for code, words in question.options.items():
        place = choices.data_centres.get(provider.data_centre_of({question.name: code}))
        option = (code, _("%(option)s: %(place)s") % {"option": words, "place": place} if place else words)
        (closed if place and not place.is_open else opened).append(option)
    return opened, closed
