"""Filters of the list, and the name typed before a deletion."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import CharField, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from common.forms import PortalForm
from provisioning.models import DataCentre
from trunks.enums import State
from trunks.models import Trunk

AS_TYPED = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class TrunkFilter(PortalForm):
    """Read from the page's address; a wrong value filters nothing."""

    q = forms.CharField(
        label=_("Name, address or reference"),
        required=False,
        max_length=128,
        widget=forms.TextInput(attrs={"type": "search", **AS_TYPED}),
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("Any")), *State.choices])
    data_centre = forms.ModelChoiceField(
        DataCentre.objects.none(), label=_("Data centre"), required=False, empty_label=str(_("Any"))
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = DataCentre.objects.filter(trunks__account=account, trunks__gone_at=None).distinct()
        self.fields["data_centre"].queryset = used  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        """What is filtered by."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def words(self) -> str:
        """The filters as people say them."""
        states = dict(State.choices)
        return ", ".join(
            str(states.get(value, value) if name == "state" else value) for name, value in self.chosen.items()
        )

    def narrow(self, trunks: QuerySet[Trunk]) -> QuerySet[Trunk]:
        chosen = self.chosen
        if text := chosen.get("q"):
            trunks = trunks.alias(
                sources=Cast("wanted__source_hosts", TextField()), id_text=Cast("pk", CharField())
            ).filter(
                Q(wanted__name__icontains=text)
                | Q(sources__icontains=text)
                | Q(id_text__istartswith=text.upper().removeprefix("TR-"))
            )
        if state := chosen.get("state"):
            trunks = trunks.filter(state=state)  # type: ignore[misc]  # an annotation
        if data_centre := chosen.get("data_centre"):
            trunks = trunks.filter(data_centre=data_centre)
        return trunks


class DeleteForm(PortalForm):
    """V-DEL-1: the name, so that nobody deletes the wrong trunk."""

    name = forms.CharField(
        label=_("Enter the trunk name to confirm"),
        error_messages={"required": _("Enter the trunk name exactly as shown")},
        widget=forms.TextInput(attrs=AS_TYPED),
    )

    def __init__(self, trunk: Trunk, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trunk = trunk

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name.strip().casefold() != self.trunk.name.strip().casefold():
            raise ValidationError(_("Enter the trunk name exactly as shown"), code="V-DEL-1")
        return name
