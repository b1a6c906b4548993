"""The last page of the wizard and its button: everything in view, then Pay now."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_of
from billing.errors import NotEnoughCredit
from billing.quotes import Offer, PriceChanged
from billing.services import balance_of
from billing.words import credit_words, price_words
from common.templatetags.ui import money
from trunks.models import TrunkDraft
from trunks.wizard import flow
from trunks.wizard.order import REVIEW, Order
from trunks.wizard.steps import Step

UNPROCESSABLE, CONFLICT = 422, 409

# A step to go to (or none), the input there, what is wrong.
Problem = tuple[Step | None, str, str]


class SeeOther(HttpResponseRedirect):
    """After a POST: look there with a GET."""

    status_code = 303


def answer_payment(request: HttpRequest, draft: TrunkDraft) -> HttpResponse:
    """Order what the draft says; whatever is in the way is said on the review page."""
    seen = request.POST.get("seen", "")
    try:
        trunk, ordered_now = flow.place_order(draft, seen, actor_of(request))
    except flow.Unanswered as trouble:
        problems: list[Problem] = list(trouble.order.troubles())
        return review_page(request, trouble.order, problems, status=UNPROCESSABLE)
    except PriceChanged as changed:
        return review_page(request, Order(draft), [(None, "", price_words(changed.offer, seen))], status=CONFLICT)
    except flow.AnswersChanged:
        draft.refresh_from_db(fields=["answers"])
        words = _("This order was changed after you opened this page. Check it and pay again")
        return review_page(request, Order(draft), [(None, "", words)], status=CONFLICT)
    except NotEnoughCredit as short:
        words = credit_words(short, draft.account.currency)
        return review_page(request, Order(draft), [(None, "", words)], status=UNPROCESSABLE)
    except ValidationError as refused:
        order = Order(draft)
        return review_page(request, order, order.blame(refused), status=UNPROCESSABLE)
    if not ordered_now:
        draft.refresh_from_db()
        messages.info(request, placed_at(draft))
    return SeeOther(reverse("trunks:handover", args=[trunk.pk]))


def placed_at(draft: TrunkDraft) -> str:
    """What a second attempt is told."""
    return _("You placed this order at %(time)s") % {"time": f"{timezone.localtime(draft.saved_at):%H:%M}"}


def shortage(draft: TrunkDraft, offer: Offer | None, available: Decimal) -> str:
    """Said before paying; empty when there is enough."""
    if offer is None or offer.first_charge <= available:
        return ""
    return credit_words(NotEnoughCredit(available, offer.first_charge), draft.account.currency)


def review_page(
    request: HttpRequest, order: Order, problems: list[Problem] | None = None, status: int = 200
) -> HttpResponse:
    offer = order.offer()
    available = balance_of(order.choices.account).available
    sections = [(step, step.url(order), step.summary(order)) for step in order.steps]
    context: dict[str, Any] = {
        "draft": order.draft,
        "steps": len(order.steps) + 1,
        "sections": sections,
        "fixed": [line.label for _step, _url, lines in sections for line in lines if line.is_fixed],
        "problems": [(link(order, step, target), message) for step, target, message in problems or []],
        "offer": offer,
        "seen": order.seen(),
        "available": money(available, order.choices.account.currency),
        "short": shortage(order.draft, offer, available),
        "preset": order.provider.preset,
        "nodes": order.addresses(),
        "notes": order.notes(),
    }
    return render(request, "trunks/wizard/review.html", context, status=status)


def link(order: Order, step: Step | None, target: str) -> str:
    return f"{step.url(order)}?from={REVIEW}#{target}" if step else ""
