"""The account's money: what there is, what is held, every movement."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import account_of, needs
from accounts.enums import Right
from billing.selectors import ledger_of, open_holds
from billing.services import balance_of

PER_PAGE = 25


@needs(Right.SEE_MONEY)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    context = {
        "currency": account.currency,
        "balance": balance_of(account),
        "holds": open_holds(account),
        "page": Paginator(ledger_of(account), PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "billing/overview.html", context)
