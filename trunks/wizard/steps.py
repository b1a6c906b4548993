"""The steps of an order: when each applies, its form, whether it is answered, and how the answers are summed up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from common.forms import PortalForm, target_of
from trunks.enforcement import is_enforced
from trunks.enums import Codec, Strategy, TrunkKind
from trunks.forms import HostsForm, PlanForm, ProviderForm, SettingsForm
from trunks.models import TrunkDraft
from trunks.validators.hosts import show_destination

if TYPE_CHECKING:
    from trunks.wizard.order import Order


@dataclass(frozen=True, slots=True)
class Line:
    """One answer in words, or several; `target` is the id of its input, `note` stands under it."""

    name: str
    label: Any
    values: list[str]
    target: str
    note: str = ""

    @property
    def is_address(self) -> bool:
        return self.name in {"sources", "destinations"}


class Step:
    slug: ClassVar[str]
    title: ClassVar[Any]
    heading: ClassVar[Any]
    lede: ClassVar[Any] = ""
    form_class: ClassVar[type[PortalForm]]
    template: ClassVar[str] = "trunks/wizard/step.html"

    def applies_to(self, draft: TrunkDraft) -> bool:
        return True

    def form(self, order: Order, data: QueryDict | None = None, **extra: Any) -> PortalForm:
        """Over `data`, else over what the draft has, else empty."""
        data = data if data is not None else stored(order.draft, self.slug)
        return self.form_class(data, choices=order.choices, **self.needs(order), **extra)

    def checked_form(self, order: Order, data: QueryDict) -> PortalForm:
        """Over what was posted just now; may take its time to look things up."""
        return self.form(order, data)

    def needs(self, order: Order) -> dict[str, Any]:
        """What the form must know of the earlier steps."""
        return {}

    def is_complete(self, order: Order) -> bool:
        return order.form(self).is_valid()

    def summary(self, order: Order) -> list[Line]:
        form = order.form(self)
        return [self.line(form[name], order.answers(self).get(name)) for name in form.fields]

    def line(self, field: forms.BoundField, value: Any) -> Line:
        words = self.words(field, value)
        values = words if isinstance(words, list) else [words]
        shown = [str(item) for item in values if item not in (None, "")]
        return Line(field.name, field.label, shown, first_input(field), self.remark(field))

    def words(self, field: forms.BoundField, value: Any) -> Any:
        """The value, or a list of values, as people say it."""
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        return dict(getattr(field.field, "choices", ())).get(value, value)

    def remark(self, field: forms.BoundField) -> str:
        return "" if is_enforced(field.name) else _("Stored, not yet enforced")

    def notes(self, order: Order) -> list[str]:
        """What the person should know about the answers and what blocks nothing."""
        return []

    def findings(self, form: PortalForm) -> list[str]:
        """What came out while the answer was checked, to be said once."""
        return []

    def url(self, order: Order) -> str:
        return reverse("trunks:step", args=[order.draft.pk, self.slug])


def first_input(field: forms.BoundField) -> str:
    return target_of(field, forms.ValidationError(""))


def stored(draft: TrunkDraft, slug: str) -> QueryDict | None:
    """The draft's raw answers of a step, as if they had just been posted."""
    if slug not in draft.answers:
        return None
    data = QueryDict(mutable=True)
    for name, values in draft.answers[slug].items():
        data.setlist(name, values)
    return data


class ProviderStep(Step):
    slug = "provider"
    title = lazy("Provider")
    heading = lazy("What do you want to connect?")
    form_class = ProviderForm


class PlanStep(Step):
    slug = "plan"
    title = lazy("Plan and channels")
    heading = lazy("How many calls at a time?")
    form_class = PlanForm
    template = "trunks/wizard/plan.html"


class SettingsStep(Step):
    slug = "settings"
    title = lazy("Settings")
    heading = lazy("How should the trunk work?")
    form_class = SettingsForm
    template = "trunks/wizard/settings.html"

    def needs(self, order: Order) -> dict[str, Any]:
        return {"plan": order.answers("plan").get("plan", "")}

    def words(self, field: forms.BoundField, value: Any) -> Any:
        if field.name == "codecs":
            return ", ".join(str(Codec(codec).label) for codec in value or [])
        return super().words(field, value)


class HostsStep(Step):
    slug = "ips"
    title = lazy("IP addresses")
    heading = lazy("Where is your equipment?")
    lede = lazy("A trunk needs at least one of the two. With a single direction it only places or only receives calls.")
    form_class = HostsForm
    template = "trunks/wizard/ips.html"

    def applies_to(self, draft: TrunkDraft) -> bool:
        return kind_of(draft) == TrunkKind.STATIC

    def needs(self, order: Order) -> dict[str, Any]:
        return {"data_centre": order.answers("settings").get("data_centre")}

    def checked_form(self, order: Order, data: QueryDict) -> PortalForm:
        return self.form(order, data, resolve=order.resolve)

    def words(self, field: forms.BoundField, value: Any) -> Any:
        if field.name == "destinations":
            return [show_destination(host, port) for host, port in value or []]
        if field.name == "strategy":
            return Strategy(value).label if value else ""
        return value

    def remark(self, field: forms.BoundField) -> str:
        return ". ".join(getattr(field.form, "remarks", [])) if field.name == "destinations" else super().remark(field)

    def summary(self, order: Order) -> list[Line]:
        lines = super().summary(order)
        several = len(order.answers(self).get("destinations") or []) > 1
        return lines if several else lines[:-1]

    def notes(self, order: Order) -> list[str]:
        form = order.form(self)
        form.is_valid()
        return list(getattr(form, "notes", []))

    def findings(self, form: PortalForm) -> list[str]:
        return list(getattr(form, "not_found", []))


def kind_of(draft: TrunkDraft) -> TrunkKind:
    """Which kind of trunk the draft asks for; every order is a static one until others are sold."""
    return TrunkKind.STATIC


STEPS: tuple[Step, ...] = (ProviderStep(), PlanStep(), SettingsStep(), HostsStep())
