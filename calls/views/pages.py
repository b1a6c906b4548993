"""The list of calls, and one call."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import account_of, needs
from accounts.enums import Right
from calls.forms import CallFilter
from calls.selectors import call_of, calls_of, page_of
from calls.shown import shown
from calls.words import quality_of, refusal_of
from common.htmx import render_page_or_part
from trunks.selectors import trunks_of

PER_PAGE = 50


@needs(Right.SEE_TRUNKS)
@require_GET
def call_list(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    filters = CallFilter(account, request.GET)
    before = request.GET.get("before", "")
    page = page_of(filters.narrow(calls_of(account)), before, PER_PAGE)
    context = {
        "filters": filters,
        "rows": shown(page.calls),
        "older": page.older,
        "is_first": not before,
        "query": urlencode(filters.query()),
    }
    status = 422 if filters.errors else 200
    return render_page_or_part(request, "calls/list.html", context, part="calls/parts/found.html", status=status)


@needs(Right.SEE_TRUNKS)
@require_GET
def call_detail(request: HttpRequest, pk: int) -> HttpResponse:
    account = account_of(request)
    call = call_of(account, pk)
    [row] = shown([call])
    context = {
        "row": row,
        "call": call,
        "refusal": refusal_of(call),
        "quality": quality_of(call),
        "trunk": trunks_of(account).filter(pk=call.trunk_id).first() if call.trunk_id else None,
    }
    return render(request, "calls/detail.html", context)
