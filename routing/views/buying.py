"""Buying numbers: the search, the review with its price, Pay now. The cart is in the address of the pages."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import account_of, actor_of, needs
from accounts.enums import Right
from accounts.models import Account
from billing.errors import NotEnoughCredit
from billing.services import balance_of
from billing.words import credit_words, price_words
from common.htmx import render_page_or_part
from common.templatetags.ui import moment_words, money
from routing.forms import LeadForm, StockForm, picked_in
from routing.models import Number, NumberOrder
from routing.pricing import NumbersOffer, NumbersPriceChanged, offer_for, prices_in
from routing.services import MOST_AT_ONCE, Cart, NumbersTaken, buy_numbers, validate_cart
from routing.stock import for_sale, similar_to
from routing.targets import Targets

PER_PAGE = 20
UNPROCESSABLE, CONFLICT = 422, 409
LAST_PAGE = 10_000
REFUSALS = (NumbersPriceChanged, NotEnoughCredit, ValidationError)


@needs(Right.CHANGE_TRUNKS)
@require_safe
def buy(request: HttpRequest) -> HttpResponse:
    """Search; what is ticked goes along from page to page."""
    return _stock_page(request)


def _stock_page(request: HttpRequest, problem: str = "") -> HttpResponse:
    account = account_of(request)
    form = StockForm(request.GET)
    number = _page_number(request)
    start = (number - 1) * PER_PAGE
    found = list(form.narrow(for_sale(account))[start : start + PER_PAGE + 1])
    picked = list(for_sale(account).filter(pk__in=picked_in(request.GET)))
    prices = prices_in(account.currency)
    # A request for the choice alone names what the page shows: other questions may be typed in by now.
    shown = set(request.GET.getlist("shown")) or {row.pk for row in found[:PER_PAGE]}
    context = {
        "form": form,
        "rows": [(row, prices[row.rate_id], row in picked) for row in found[:PER_PAGE] if row.rate_id],
        "number": number,
        "has_more": len(found) > PER_PAGE,
        "picked": picked,
        "shown": json.dumps({"shown": sorted(shown)}),
        "elsewhere": [row for row in picked if row.pk not in shown],
        "monthly": sum(prices[row.rate_id] for row in picked if row.rate_id),
        "most": MOST_AT_ONCE,
        "problem": problem or _too_many(account, picked),
        "currency": account.currency,
        "suspended": account.why_suspended,
    }
    status = UNPROCESSABLE if problem else 200
    return render_page_or_part(
        request, "routing/buy/stock.html", context, part="routing/buy/parts/stock.html", status=status
    )


def _too_many(account: Account, picked: list[Number]) -> str:
    """Said while people choose; empty while there is nothing to say."""
    try:
        if picked:
            validate_cart(account, [row.pk for row in picked])
    except ValidationError as trouble:
        return trouble.messages[0]
    return ""


def _page_number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")
    return min(max(1, int(asked)), LAST_PAGE) if asked.isascii() and asked.isdecimal() else 1


@needs(Right.CHANGE_TRUNKS)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    """GET: everything in view before paying. POST: Pay now; whatever is in the way is said on the same page."""
    account = account_of(request)
    data = request.POST if request.method == "POST" else request.GET
    picked = picked_in(data)
    if request.method == "POST":
        return _pay(request, picked)
    try:
        validate_cart(account, picked)
    except ValidationError as trouble:
        return _stock_page(request, trouble.messages[0])
    return _review_page(request, picked, status=200)


def _pay(request: HttpRequest, picked: list[str]) -> HttpResponse:
    account, seen = account_of(request), request.POST.get("seen", "")
    order_id = _uuid(request.POST.get("order", ""))
    if order_id is None:
        return _review_page(request, picked, _("Your session ended. Your answers are saved. Check them and pay again"))
    form = _lead_form(account, picked, request.POST)
    placed = NumberOrder.objects.filter(pk=order_id, account=account).exists()
    if not placed and not form.is_valid():
        return _review_page(request, picked, form=form)
    cart = Cart(order_id, picked, None if placed else form.cleaned_data["to"], seen)
    try:
        order, placed_now = buy_numbers(account.pk, cart, actor_of(request))
    except NumbersTaken as lost:
        return _taken_page(request, picked, lost.taken)
    except REFUSALS as refusal:
        status = CONFLICT if isinstance(refusal, NumbersPriceChanged) else UNPROCESSABLE
        return _review_page(request, picked, _words(refusal, account, seen), form, status)
    if not placed_now:
        messages.info(request, _("You placed this order at %(time)s") % {"time": moment_words(order.created_at)})
    return HttpResponseRedirect(reverse("routing:order", args=[order.pk]), status=303)


def _words(refusal: Exception, account: Account, seen: str) -> str:
    if isinstance(refusal, NumbersPriceChanged):
        return price_words(refusal.offer, seen)
    if isinstance(refusal, NotEnoughCredit):
        return credit_words(refusal, account.currency)
    return str(refusal.messages[0]) if isinstance(refusal, ValidationError) else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _lead_form(account: Account, picked: list[str], data: QueryDict | None = None) -> LeadForm:
    """Of numbers that somebody has bought meanwhile, too: who was quicker is said later, under the lock."""
    places = set(Number.objects.filter(pk__in=picked).values_list("data_centre", flat=True))
    form = LeadForm(Targets.of(account, places), data)
    if len(places) > 1:
        form.fields["to"].help_text = _(
            "These numbers are in different data centres, so only a route can take all of them. You can point each one "
            "to a trunk when it is ready"
        )
    return form


def _review_page(
    request: HttpRequest,
    picked: list[str],
    problem: str = "",
    form: LeadForm | None = None,
    status: int = UNPROCESSABLE,
) -> HttpResponse:
    account = account_of(request)
    numbers = list(for_sale(account).filter(pk__in=picked))
    if missing := set(picked) - {number.pk for number in numbers}:
        return _taken_page(request, picked, sorted(missing))
    form = form or _lead_form(account, picked)
    offer, available = offer_for(numbers, account.currency), balance_of(account).available
    context: dict[str, Any] = {
        "form": form,
        "errors": [*([("", problem)] if problem else []), *form.summary_errors()],
        "offer": offer,
        "rows": [(next(row for row in numbers if row.pk == line.e164), line) for line in offer.lines],
        "order": _uuid(request.POST.get("order", "")) or uuid4(),
        "back_query": request.GET.urlencode() or urlencode([("pick", pk) for pk in picked]),
        "available": money(available, account.currency),
        "why_not": account.why_suspended or _shortage(account, offer, available),
    }
    return render(request, "routing/buy/review.html", context, status=status)


def _shortage(account: Account, offer: NumbersOffer, available: Decimal) -> str:
    """Said before paying; empty when there is enough."""
    if offer.first_charge <= available:
        return ""
    return credit_words(NotEnoughCredit(available, offer.first_charge), account.currency)


def _taken_page(request: HttpRequest, picked: list[str], missing: list[str]) -> HttpResponse:
    """What is left of the cart, and numbers that are like those that somebody else has bought."""
    account = account_of(request)
    rows = list(Number.objects.filter(pk__in=missing))
    own = [row.pk for row in rows if row.account_id == account.pk]
    taken = [pk for pk in missing if pk not in own]
    similar = similar_to(account, [row for row in rows if row.pk in taken], without=picked)
    prices = prices_in(account.currency)
    context = {
        "own": own,
        "taken": taken,
        "similar": [(row, prices[row.rate_id]) for row in similar if row.rate_id],
        "left": [pk for pk in picked if pk not in missing],
        "currency": account.currency,
    }
    return render(request, "routing/buy/taken.html", context, status=CONFLICT)
