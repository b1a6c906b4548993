"""What is asked about a route: its name and its entries; and where calls go when it is deleted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from common.forms import PortalForm, RowError
from common.text import shorten
from routing.forms.entries import EntriesField, TypedEntry, as_typed, put_into
from routing.judging import entry_troubles, takes_no_calls, tidied, validate_name_is_free
from routing.models import Number, Route
from routing.specification import EntrySettings, RouteSettings
from routing.targets import Target, Targets
from routing.validators import Trouble, clean_route_name, not_yours
from trunks.enums import AdminStatus
from trunks.forms.fields import RuledField
from trunks.models import Trunk

NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is right so far, for previews while people type; and about each row that is not, a sentence."""

    entries: list[EntrySettings]
    left_out: list[str]


class RouteForm(PortalForm):
    """Of a new route, or of one that is there. `trunks` are those that it may have, and has, by id as text."""

    name = RuledField(
        label=_("Name"),
        rule=clean_route_name,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    entries = EntriesField(
        label=_("Entries, in the order in which they are tried"),
        help_text=_("Up to 10. A phone number can only be the last."),
        required=False,
    )
    widths = {"name": "m"}
    optional = ()

    def __init__(self, data: QueryDict, *, account: Account, route: Route | None = None) -> None:
        super().__init__(data)
        self.account, self.route = account, route
        self.trunks = _trunks_for(account, route)
        labels = {pk: f"{trunk.name}, {trunk.data_centre}" for pk, trunk in self.trunks.items()}
        offered = [pk for pk, trunk in self.trunks.items() if not takes_no_calls(trunk)]
        tags = {pk: tag for pk, trunk in self.trunks.items() if (tag := tag_of(trunk))}
        self.fields["entries"].offer(labels, offered, tags)  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        validate_name_is_free(self.account, name, without=self.route)
        return name

    def clean_entries(self) -> Any:
        entries, troubles = tidied(self.cleaned_data["entries"])
        if not troubles:
            troubles = list(entry_troubles(self.account, RouteSettings("", tuple(entries)), self.route))
        if troubles:
            raise ValidationError([_of_row(trouble) for trouble in troubles])
        return tuple(entries)

    def settings(self) -> RouteSettings:
        """What the right answers ask for."""
        return RouteSettings(self.cleaned_data["name"], self.cleaned_data["entries"])

    def sketch(self) -> Sketch:
        """Nothing is judged but each entry by itself."""
        typed: Iterable[TypedEntry] = self["entries"].data
        found = Sketch([], [])
        for row in typed:
            right, troubles = tidied([row])
            if row.trunk_id and row.trunk_id not in self.trunks:
                troubles = [Trouble(0, not_yours())]
            if not troubles:
                found.entries.extend(right)
            elif not (row.trunk_id or row.phone.strip()):
                found.left_out.append(str(_("The phone number is still missing")))
            else:
                name = self.trunks[row.trunk_id].name if row.trunk_id in self.trunks else row.phone or row.trunk_id
                words = _("%(name)s is left out here: %(why)s")
                found.left_out.append(words % {"name": shorten(name), "why": troubles[0].error.messages[0]})
        return found


def _of_row(trouble: Trouble) -> ValidationError:
    if trouble.row is None:
        return trouble.error
    return RowError(trouble.error.messages[0], trouble.row, part=trouble.part, code=trouble.error.code)


def _trunks_for(account: Account, route: Route | None) -> dict[str, Trunk]:
    present = [entry.trunk_id for entry in route.wanted.entries.all()] if route and route.wanted else []
    found = Trunk.objects.filter(Q(withdrawn_at=None) | Q(pk__in=present), account=account)
    trunks = found.select_related("data_centre", "wanted", "live").order_by("name", "pk")
    return {str(trunk.pk): trunk for trunk in trunks}


def tag_of(trunk: Trunk) -> str:
    """What is the matter with it; empty when nothing is."""
    if takes_no_calls(trunk):
        return str(_("Deleted: remove it"))
    return "" if trunk.admin_status == AdminStatus.ENABLED else str(AdminStatus(trunk.admin_status).label)


def as_posted(settings: RouteSettings) -> QueryDict:
    """The settings as the page's own form would post them."""
    data = QueryDict(mutable=True)
    data["name"] = settings.name
    put_into(data, "entries", map(as_typed, settings.entries))
    return data


class ReplacementForm(PortalForm):
    """Where the calls to a route's numbers go when it is no more: asked only while numbers use it."""

    to = forms.ChoiceField(
        label=_("Where calls to them go from then on"),
        error_messages={"required": _("Choose where calls to these numbers go")},
    )
    widths = {"to": "m"}

    def __init__(self, route: Route, numbers: list[Number], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        targets = Targets.of(route.account, {number.data_centre_id for number in numbers})
        self.targets = replace(targets, routes=[other for other in targets.routes if other != route])
        groups = self.targets.choices()[1:]
        field = self.fields["to"]
        nowhere = (NOWHERE, _("Nowhere: callers hear that they are not in service"))
        field.choices = [("", _("Choose one")), *groups, nowhere]  # type: ignore[attr-defined]
        field.error_messages["invalid_choice"] = field.error_messages["required"]
        if not numbers:
            del self.fields["to"]

    def replacement(self) -> Target:
        return self.targets.find(self.cleaned_data.get("to", ""))
