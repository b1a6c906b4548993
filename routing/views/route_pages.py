"""What the pages that create and change a route have in common: the editor with its preview and its rehearsal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from accounts.access import account_of, actor_of
from accounts.services import AccountSuspended
from common.errors import Conflict
from common.htmx import wants_part
from routing.forms.route import RouteForm
from routing.models import Route
from routing.route_selectors import operations_of, route_of
from routing.route_words import preview, remarks
from routing.views.rehearsals import rehearsal_form, rehearsed
from trunks.history import underway

UNPROCESSABLE, CONFLICT = 422, 409


def changeable(request: HttpRequest, route_id: UUID) -> Route:
    """The route with its account. Raises AccountSuspended, and Conflict V-OP-4 for one that can only be deleted."""
    account = account_of(request)
    route = route_of(account, route_id)
    route.account = account
    url = reverse("routes:detail", args=[route.pk])
    if account.why_suspended:
        raise AccountSuspended(account.why_suspended, code="V-AC-1", back_url=url)
    if route.withdrawn_at is not None:
        message = _("This route cannot be changed. Delete it and create a new one")
        raise Conflict(message, code="V-OP-4", back_url=url)
    return route


def number_of(route: Route) -> int:
    return route.wanted.number if route.wanted else 0


def is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 9  # noqa: PLR2004 -- what a column can hold


def editor_page(
    request: HttpRequest, form: RouteForm, *, seen: int = 0, status: int = 200, locks: bool = False
) -> HttpResponse:
    """`locks`: nothing was typed yet, so the page is read-only while another change is being applied."""
    route, pending = form.route, pending_words(request, form.route)
    account, sketch = account_of(request), form.sketch()
    asks, is_whole = request.POST.get("action") == "rehearse", bool(sketch.entries) and not sketch.left_out
    rehearsal = rehearsal_form(request.POST if asks else None, account, route, form.trunks.values())
    context: dict[str, Any] = {
        "route": route,
        "form": form,
        "seen": seen,
        "pending": pending,
        "locked": bool(pending) and locks,
        "preview": preview(sketch.entries, form.trunks),
        "remarks": remarks(sketch.entries, form.trunks),
        "left_out": sketch.left_out,
        "rehearsal": rehearsal,
        "rehearsed": rehearsed(rehearsal, sketch.entries, form.trunks, account) if asks and is_whole else None,
        "nothing_to_rehearse": asks and not is_whole,
    }
    is_part = asks and wants_part(request)
    template = "routing/routes/parts/rehearsed.html" if is_part else "routing/routes/editor.html"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def pending_words(request: HttpRequest, route: Route | None) -> str:
    """What is being applied; empty when nothing is."""
    newest = operations_of(route).first() if route else None
    return underway(newest, actor_of(request)) if newest and newest.is_pending else ""


def blame(form: RouteForm, trouble: ValidationError) -> None:
    """Put what the service refused where it is answered."""
    errors = trouble.error_dict if hasattr(trouble, "error_dict") else {NON_FIELD_ERRORS: trouble.error_list}
    for name, found in errors.items():
        form.add_error(name if name in form.fields else None, found)


def see_other(url: str) -> HttpResponse:
    return HttpResponseRedirect(url, status=303)


def back_to(route: Route) -> HttpResponse:
    return see_other(reverse("routes:detail", args=[route.pk]))
