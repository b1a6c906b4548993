"""The page between a change and its saving: old and new side by side, what it means, what it costs; and saving it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from billing.errors import NotEnoughCredit, NotForSale
from billing.quotes import Offer, PriceChanged
from billing.services import balance_of
from common.templatetags.ui import money
from provisioning.models import Operation
from trunks.consequences import for_calls, for_price
from trunks.differences import differences
from trunks.forms.editing import as_posted, present_settings
from trunks.models import Trunk
from trunks.pricing import offer_for_change
from trunks.specification import TrunkSettings
from trunks.views.changes import back_to

UNPROCESSABLE, CONFLICT = 422, 409

# Called with the price that the person agreed to; see `trunks.services.change_trunk`.
Save = Callable[[str], Operation | None]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody wants to save on top of the revision that they saw. `url` takes it, again with the price."""

    trunk: Trunk
    settings: TrunkSettings
    seen: int
    url: str
    title: str
    verb: str
    notes: list[str] = field(default_factory=list)
    # Whether the page can lead back to the form with the same answers.
    is_typed: bool = True


def check_page(
    request: HttpRequest, proposal: Proposal, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    """Nothing is stored: the answers travel in the page."""
    trunk = proposal.trunk
    before = present_settings(trunk)
    offer, unpriced = _offer(trunk, proposal.settings.channels)
    available = balance_of(trunk.account).available
    hidden = hidden_answers(proposal.settings, proposal.seen) if proposal.is_typed else []
    context: dict[str, Any] = {
        "trunk": trunk,
        "proposal": proposal,
        "problems": [("", problem) for problem in problems or []],
        "differences": differences(before, proposal.settings),
        "for_calls": for_calls(trunk, before, proposal.settings),
        "for_price": for_price(trunk, offer),
        "unpriced": unpriced,
        "fingerprint": offer.fingerprint if offer else "",
        "available": money(available, trunk.account.currency),
        "short": shortage_words(trunk, NotEnoughCredit(available, offer.first_charge))
        if offer and offer.first_charge > available
        else "",
        "hidden": hidden,
    }
    return render(request, "trunks/edit_check.html", context, status=status)


def hidden_answers(settings: TrunkSettings, seen: int) -> list[tuple[str, str]]:
    """The answers as the page carries them: name and value, several of a name in order."""
    answers = [(name, value) for name, values in as_posted(settings).lists() for value in values]
    return [*answers, ("revision", str(seen))]


def _offer(trunk: Trunk, channels: int) -> tuple[Offer | None, str]:
    """Today's price; or why there is none."""
    try:
        return offer_for_change(trunk, channels), ""
    except NotForSale:
        return None, _("The price cannot be calculated now, so the number of channels cannot be changed. Contact us")


def save(request: HttpRequest, proposal: Proposal, change: Save) -> HttpResponse:
    """Save it, or show the page again with what stands in the way.

    Raises ChangedMeanwhile and Conflict like the service, and its ValidationError.
    """
    try:
        change(request.POST.get("price", ""))
    except PriceChanged as changed:
        words = _("The price is now %(price)s a month. Check it and save again")
        price = money(changed.offer.monthly, changed.offer.currency)
        return check_page(request, proposal, [words % {"price": price}], status=CONFLICT)
    except NotEnoughCredit as short:
        return check_page(request, proposal, [shortage_words(proposal.trunk, short)], status=UNPROCESSABLE)
    except NotForSale:
        return check_page(request, proposal, status=UNPROCESSABLE)
    return back_to(proposal.trunk)


def shortage_words(trunk: Trunk, short: NotEnoughCredit) -> str:
    currency = trunk.account.currency
    words = _("This change needs %(needed)s and you have %(available)s available. Ask us to add credit, then save")
    return words % {"needed": money(short.needed, currency), "available": money(short.available, currency)}


def messages_of(trouble: ValidationError) -> list[str]:
    """Everything that is wrong, without where."""
    return list(trouble.messages)
