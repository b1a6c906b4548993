"""Filters and order of the list, and the name typed before a deletion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from common.forms import PortalForm
from provisioning.models import DataCentre, SbcNode
from trunks.enums import State, TrunkKind
from trunks.models import Trunk
from trunks.providers import Provider, all_providers
from trunks.search import find_own
from trunks.sorting import Sorting

AS_TYPED = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class TrunkFilter(PortalForm):
    """Read from the page's address, `sorting` too; a wrong value filters nothing."""

    q = forms.CharField(
        label=_("Name, IP, user name or id"),
        required=False,
        max_length=128,
        widget=forms.TextInput(attrs={"type": "search", **AS_TYPED}),
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("Any")), *State.choices])
    type = forms.ChoiceField(label=_("Type"), required=False)
    data_centre = forms.ModelChoiceField(
        DataCentre.objects.none(), label=_("Data centre"), required=False, empty_label=str(_("Any"))
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = [("", _("Any")), *types()]  # type: ignore[attr-defined]
        places = DataCentre.objects.filter(Exists(SbcNode.objects.filter(data_centre=OuterRef("pk"))))
        self.fields["data_centre"].queryset = places  # type: ignore[attr-defined]
        self.is_valid()
        self.chosen: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}
        self.sorting = Sorting.read(self.data.get("sort", ""))

    def words(self) -> str:
        """The filters as people say them."""
        spoken = dict(State.choices) | dict(types())
        return ", ".join(str(spoken.get(value, value)) for value in self.chosen.values())

    def query(self) -> list[tuple[str, str]]:
        """What leads to the same trunks in the same order again, as parts of an address."""
        filters = [(name, str(getattr(value, "pk", value))) for name, value in self.chosen.items()]
        return filters if self.sorting.is_usual else [*filters, ("sort", self.sorting.asked)]

    def count(self, by_state: Mapping[str, int]) -> int | None:
        """How many match, if the counts of the states tell; None where each trunk would have to be looked at."""
        if self.chosen.keys() <= {"state"}:
            return sum(count for state, count in by_state.items() if state == self.chosen.get("state", state))
        return None

    def narrow(self, trunks: QuerySet[Trunk]) -> QuerySet[Trunk]:
        chosen = self.chosen
        if text := chosen.get("q"):
            trunks = find_own(trunks, text)
        if state := chosen.get("state"):
            trunks = trunks.filter(urgency=State.values.index(state))
        if kind := chosen.get("type"):
            provider, _dot, kind = kind.partition(".")
            trunks = trunks.filter(provider=provider, kind=kind)
        if data_centre := chosen.get("data_centre"):
            trunks = trunks.filter(data_centre=data_centre)
        return trunks


def types() -> list[tuple[str, str]]:
    """Each kind of each provider: "DIRECT.STATIC" and how it is called."""
    return [
        (f"{provider.code}.{kind}", type_label(provider, kind))
        for provider in all_providers().values()
        for kind in provider.kinds
    ]


def type_label(provider: Provider, kind: str) -> str:
    """The provider, with the kind where it has several: "My own PBX or SBC, static"."""
    label = str(provider.label)
    return f"{label}, {str(TrunkKind(kind).label).lower()}" if len(provider.kinds) > 1 else label


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
        if name.strip() != self.trunk.name:
            raise ValidationError(_("Enter the trunk name exactly as shown"), code="V-DEL-1")
        return name
