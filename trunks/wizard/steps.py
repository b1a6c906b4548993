"""The steps of an order: when each applies, its form, whether it is answered, and how the answers are summed up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from common.forms import PortalForm, target_of
from common.widgets import HostsField
from trunks.enums import Codec, Strategy, TrunkKind
from trunks.forms import HostsForm, OrderForm, PlanForm, ProviderForm
from trunks.forms.fields import FIXED, FactField
from trunks.models import TrunkDraft
from trunks.providers import Provider
from trunks.validators.hosts import show_destination

if TYPE_CHECKING:
    from trunks.wizard.order import Order


@dataclass(frozen=True, slots=True)
class Line:
    """One answer in words, or several; `target` is the id of its input, empty where nothing can be answered, `note`
    stands under it. `is_fixed`: it cannot be changed later; `is_code`: machines read it.
    """

    name: str
    label: Any
    values: list[str]
    target: str
    note: str = ""
    is_fixed: bool = False
    is_code: bool = False


class Step:
    slug: ClassVar[str]
    title: ClassVar[Any]
    heading: ClassVar[Any]
    lede: ClassVar[Any] = ""
    form_class: ClassVar[type[PortalForm]]
    template: ClassVar[str]

    def applies_to(self, order: Order) -> bool:
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

    def asked_at(self, form: PortalForm, name: str) -> str:
        """The id of the input where the field is answered; empty when this step does not ask for it."""
        return first_input(form[name]) if name in form.fields else ""

    def line(self, field: forms.BoundField, value: Any) -> Line:
        words = self.words(field, value)
        values = words if isinstance(words, list) else [words]
        shown = [str(item) for item in values if item not in (None, "")]
        fixed = str(FIXED) in getattr(field, "tags", ())
        return Line(field.name, field.label, shown, first_input(field), self.remark(field), fixed, is_code(field))

    def words(self, field: forms.BoundField, value: Any) -> Any:
        """The value, or a list of values, as people say it."""
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        return dict(getattr(field.field, "choices", ())).get(value, value)

    def remark(self, field: forms.BoundField) -> str:
        """What stands under the answer."""
        return ""

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


def is_code(field: forms.BoundField) -> bool:
    """Addresses, and what a provider calls things."""
    asked = field.field
    return isinstance(asked, HostsField) or (isinstance(asked, FactField) and not asked.question.options)


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
    template = "trunks/wizard/provider.html"

    def summary(self, order: Order) -> list[Line]:
        """Without the type where the provider has only one."""
        provider, kind = super().summary(order)
        kind = replace(kind, label=_("Type"), values=[str(TrunkKind(order.kind).label)])
        return [provider, kind] if len(order.provider.kinds) > 1 else [provider]


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
    form_class = OrderForm
    template = "trunks/wizard/settings.html"

    def needs(self, order: Order) -> dict[str, Any]:
        return {
            "plan": order.answers("plan").get("plan", ""),
            "kind": order.kind,
            "provider": order.provider.code,
        }

    def words(self, field: forms.BoundField, value: Any) -> Any:
        if field.name == "codecs":
            return ", ".join(str(Codec(codec).label) for codec in value or [])
        if field.name == "tls":
            return _("TLS and SRTP") if value else _("None (UDP)")
        if isinstance(field.field, FactField):
            return field.field.question.words(value or "")
        return super().words(field, value)

    def summary(self, order: Order) -> list[Line]:
        lines = super().summary(order)
        if place := order.provider.place_question and order.data_centre:
            at = next(at for at, line in enumerate(lines) if line.name == order.provider.place_question)
            lines.insert(at + 1, Line("data_centre", _("Data centre"), [str(place)], lines[at].target, "", True))
        return [*lines, *preset_lines(order.provider)]

    def notes(self, order: Order) -> list[str]:
        answers = order.answers(self)
        notes = []
        if order.kind == TrunkKind.REGISTERED:
            notes.append(_("You will see the password once, on the next page. Have a safe place for it ready"))
        if answers.get("international") is False:
            notes.append(_("Calls to other countries are blocked"))
        return notes

    def asked_at(self, form: PortalForm, name: str) -> str:
        if name == "data_centre" and isinstance(form, OrderForm):
            name = form.place_name
        return super().asked_at(form, name)


def preset_lines(provider: Provider) -> list[Line]:
    """What the provider dictates: shown, and nowhere to be changed."""
    lines = provider.preset.lines() if provider.preset else []
    return [Line(line.field, line.label, [line.value], "") for line in lines]


class HostsStep(Step):
    slug = "ips"
    title = lazy("IP addresses")
    heading = lazy("Where is your equipment?")
    lede = lazy("A trunk needs at least one of the two. With a single direction it only places or only receives calls.")
    form_class = HostsForm
    template = "trunks/wizard/ips.html"

    def applies_to(self, order: Order) -> bool:
        return order.kind == TrunkKind.STATIC

    def needs(self, order: Order) -> dict[str, Any]:
        return {"data_centre": order.data_centre, "tls": order.tls}

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


STEPS: tuple[Step, ...] = (ProviderStep(), PlanStep(), SettingsStep(), HostsStep())
