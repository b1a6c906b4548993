"""The first questions: which equipment, which plan, how many channels (V-PL, V-CH)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from billing.enums import PlanCode
from billing.selectors import PlanOnOffer
from common.forms import PortalForm
from common.templatetags.ui import money
from common.widgets import Card, CardsField
from trunks.choices import Choices
from trunks.enums import Provider
from trunks.forms.fields import FIXED, RuledField
from trunks.validators import clean_channels, validate_channels_left

DEFAULT_CHANNELS = 10


class ProviderForm(PortalForm):
    provider = CardsField(
        label=_("Provider"),
        cards=[
            Card(
                Provider.DIRECT,
                _("My own PBX or SBC"),
                _("Any PBX or SBC that has a fixed public IP address. You choose every setting yourself."),
            )
        ],
        initial=Provider.DIRECT,
        error_messages={"required": _("Select a provider"), "invalid_choice": _("Select a provider")},
    )

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class PlanForm(PortalForm):
    tags = {"plan": FIXED}
    widths = {"channels": "s"}

    plan = CardsField(
        label=_("Plan"),
        error_messages={"required": _("Select a plan"), "invalid_choice": _("Select a plan")},
    )
    channels = RuledField(
        label=_("Channels"),
        rule=clean_channels,
        initial=DEFAULT_CHANNELS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.room = choices.room
        plans: CardsField = self.fields["plan"]  # type: ignore[assignment]
        plans.set_cards(_card(on_offer, choices.account.currency) for on_offer in choices.plans.values())
        hint = now("A channel is one call at a time, in or out. You have %(left)s of %(all)s channels left.")
        self.fields["channels"].help_text = hint % {
            "left": self.room.channels_left,
            "all": self.room.limits.channels,
        }

    def clean_channels(self) -> int:
        channels: int = self.cleaned_data["channels"]
        validate_channels_left(channels, self.room.channels_left)
        return channels


def _card(on_offer: PlanOnOffer, currency: str) -> Card:
    plan = on_offer.plan
    price = now("%(price)s a channel, monthly") % {"price": money(on_offer.per_channel, currency)}
    return Card(
        plan.pk,
        str(plan),
        plan.description,
        aside=price if on_offer.per_channel is not None else "",
        reason=_why_not(on_offer, currency),
    )


def _why_not(on_offer: PlanOnOffer, currency: str) -> str:
    if on_offer.per_channel is None:
        return now("This plan has no price in %(currency)s. Contact us") % {"currency": currency}
    if on_offer.is_active:
        return ""
    if on_offer.plan.pk == PlanCode.UNLIMITED:
        return now("The Unlimited plan is not active on your account. Choose Metered or contact us to activate it")
    return now("This plan is not active on your account. Contact us to activate it")
