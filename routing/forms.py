"""Where one number's calls go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PortalForm
from routing.models import Number
from trunks.models import Trunk


class AssignForm(PortalForm):
    """Offers the living trunks of the number's own data centre: its nodes receive the number's calls."""

    trunk = forms.ChoiceField(label=_("Trunk"), required=False)

    def __init__(self, number: Number, trunks: Iterable[Trunk], *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"id_%s_{number.pk.removeprefix('+')}")
        kwargs.setdefault("initial", {"trunk": str(number.trunk_id or "")})
        super().__init__(*args, **kwargs)
        self.near = {str(trunk.pk): trunk for trunk in trunks if trunk.data_centre_id == number.data_centre_id}
        field = self.fields["trunk"]
        field.choices = [("", _("No trunk")), *((pk, str(trunk)) for pk, trunk in self.near.items())]  # type: ignore[attr-defined]
        message = _("Choose one of your trunks in %(place)s") % {"place": number.data_centre.name}
        field.error_messages["invalid_choice"] = message

    def clean_trunk(self) -> Trunk | None:
        return self.near.get(self.cleaned_data["trunk"])
