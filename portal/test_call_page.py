"""The button of the trunk page that places a test call in the lab, and the page that shows how it went."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import account_of, needs
from accounts.enums import Right
from common.htmx import render_page_or_part
from portal.test_calls import place_calls, why_no_call
from trunks.selectors import trunk_of

PAUSE_SECONDS = 2


@needs(Right.CHANGE_TRUNKS)
@require_http_methods(["GET", "HEAD", "POST"])
def test_call(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    """POST places the calls and shows them; a reload of that page leads back to the trunk."""
    trunk = trunk_of(account_of(request), trunk_id)
    if not settings.LAB:
        raise Http404
    if request.method != "POST":
        return redirect("trunks:detail", trunk_id=trunk.pk)
    if not cache.add(f"test-call:{trunk.account_id}", 1, PAUSE_SECONDS):
        return render(request, "portal/test_call_wait.html", {"trunk": trunk}, status=429)
    context = {"trunk": trunk, "calls": place_calls(trunk), "why_not": why_no_call(trunk)}
    return render_page_or_part(request, "portal/test_call.html", context, part="portal/test_call_result.html")
