"""Deletes a route: which numbers use it, and where their calls go from then on."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.access import account_of, actor_of, needs, signed_member
from accounts.enums import Right
from common.errors import Conflict
from routing.forms.route import ReplacementForm
from routing.route_history import actions_of
from routing.route_selectors import numbers_using, operations_of, route_of
from routing.services import delete_route
from routing.views.route_deleted import remember_deletion
from routing.views.route_pages import UNPROCESSABLE, back_to, see_other


@needs(Right.CHANGE_TRUNKS)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, route_id: UUID) -> HttpResponse:
    """The page posts the numbers that it shows: one that came meanwhile is decided about on the page that follows."""
    account = account_of(request)
    route = route_of(account, route_id)
    route.account = account
    numbers = list(numbers_using(route))
    form = ReplacementForm(route, numbers, request.POST if request.method == "POST" else None)
    if not form.is_bound:
        for action in actions_of(route, operations_of(route).first(), signed_member(request)):
            if action.name == "delete" and action.reason:
                messages.warning(request, action.reason)
                return back_to(route)
    if form.is_bound and form.is_valid():
        try:
            seen = request.POST.getlist("seen")
            delete_route(route, form.replacement(), seen=seen, actor=actor_of(request))
        except ValidationError as refused:
            form.add_error("to" if "to" in form.fields else None, refused.messages)
        except Conflict as conflict:
            conflict.back_url = reverse("routes:detail", args=[route.pk])
            raise
        else:
            remember_deletion(request, route)
            return see_other(reverse("routes:list"))
    context = {"route": route, "form": form, "numbers": numbers}
    return render(request, "routing/routes/delete.html", context, status=UNPROCESSABLE if form.is_bound else 200)
