"""Which plan, and how many channels (V-PL, V-CH)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from billing.enums import PlanCode, RequestStatus
from billing.models import PlanRequest
from billing.selectors import PlanOnOffer
from common.forms import PortalForm
from common.templatetags.ui import money
from common.widgets import Card, CardsField
from trunks.choices import Choices
from trunks.forms.fields import FIXED, RuledField
from trunks.validators import clean_channels, validate_channels_left
from trunks.validators.fields import MOST_CHANNELS

DEFAULT_CHANNELS = 10


class ChannelsForm(PortalForm):
    """How many calls at a time. `present`: what a trunk that changes has already."""

    widths = {"channels": "s"}

    channels = RuledField(
        label=_("Channels"),
        rule=clean_channels,
        initial=DEFAULT_CHANNELS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, choices: Choices, present: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.room, self.present = choices.room, present
        self.fields["channels"].help_text = format_html(
            '{} <a href="mailto:{}?subject={}">{}</a>',
            self._room_words(),
            settings.SUPPORT_EMAIL,
            quote(now("More channels for %(account)s") % {"account": choices.account}),
            now("Request more channels"),
        )

    def _room_words(self) -> str:
        about = {"left": self.room.channels_left, "all": self.room.limits.channels, "present": self.present}
        if not self.present:
            words = now("A channel is one call at a time, in or out. You have %(left)s of %(all)s channels left.")
            return words % about
        words = now(
            "A channel is one call at a time, in or out. This trunk has %(present)s and can have up to %(most)s: "
            "those, and the %(free)s of your %(all)s channels that no trunk uses."
        )
        most, free = max(self.room.channels_left, self.present), max(0, self.room.channels_left - self.present)
        return words % {**about, "most": most, "free": free}

    def clean(self) -> dict[str, Any]:
        """A number that is too high for any trunk also says how many are left: that is the one to type."""
        left = self.room.channels_left
        wanted = MOST_CHANNELS if self.has_error("channels", "V-CH-5") else self.cleaned_data.get("channels", 0)
        try:
            validate_channels_left(wanted, left, self.present)
        except ValidationError as trouble:
            self.add_error("channels", trouble)
        return self.cleaned_data


class PlanForm(ChannelsForm):
    tags = {"plan": FIXED}
    field_order = ["plan"]

    plan = CardsField(
        label=_("Plan"),
        error_messages={"required": _("Select a plan"), "invalid_choice": _("Select a plan")},
    )

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, choices=choices, **kwargs)
        plans: CardsField = self.fields["plan"]  # type: ignore[assignment]
        plans.set_cards(_card(on_offer, choices.account.currency) for on_offer in choices.plans.values())


def _card(on_offer: PlanOnOffer, currency: str) -> Card:
    plan = on_offer.plan
    price = now("%(price)s a channel, monthly") % {"price": money(on_offer.per_channel, currency)}
    return Card(
        plan.pk,
        str(plan),
        plan.description,
        aside=price if on_offer.per_channel is not None else "",
        reason=_why_not(on_offer, currency),
        action=f"request_plan:{plan.pk}" if _may_ask(on_offer) else "",
        action_label=now("Request activation"),
    )


def _may_ask(on_offer: PlanOnOffer) -> bool:
    waiting = on_offer.request is not None and on_offer.request.is_open
    return on_offer.per_channel is not None and not on_offer.is_active and not waiting


def _why_not(on_offer: PlanOnOffer, currency: str) -> str:
    if on_offer.per_channel is None:
        return now("This plan has no price in %(currency)s. Contact us") % {"currency": currency}
    if on_offer.is_active:
        return ""
    if on_offer.plan.pk == PlanCode.UNLIMITED:
        why = now("The Unlimited plan is not active on your account. Choose Metered or contact us to activate it")
    else:
        why = now("This plan is not active on your account. Contact us to activate it")
    asked = _asked(on_offer.request)
    if asked and on_offer.request and on_offer.request.is_open:
        return asked
    return f"{why}. {asked}" if asked else why


def _asked(request: PlanRequest | None) -> str:
    """What became of asking us to activate it."""
    if request is None:
        return ""
    if request.is_open:
        words = {"day": _day(request.asked_at), "who": request.asked_by}
        return now("Requested on %(day)s by %(who)s: we answer by e-mail") % words
    if request.status == RequestStatus.DECLINED and request.answered_at:
        words = {"day": _day(request.answered_at), "reason": request.reason}
        return now("We declined it on %(day)s: %(reason)s.") % words
    return ""


def _day(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.day} {local:%b}"
