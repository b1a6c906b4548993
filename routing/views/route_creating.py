"""A new route; and the preview in words of what is typed into either editor."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import account_of, actor_of, needs, signed_member
from accounts.enums import Right
from routing.forms.route import RouteForm, as_posted
from routing.route_words import preview, remarks
from routing.services import create_route
from routing.specification import RouteSettings
from routing.views.route_pages import UNPROCESSABLE, back_to, blame, editor_page
from routing.views.routes import why_no_route


@needs(Right.CHANGE_TRUNKS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """GET asks; POST with a list's button or the rehearsal's shows the answers again, any other creates the route."""
    if request.method != "POST":
        if reason := why_no_route(signed_member(request)):
            messages.warning(request, reason)
            return redirect("routes:list")
        form = RouteForm(as_posted(RouteSettings("", ())), account=account_of(request))
        form.leave_unjudged()
        return editor_page(request, form)
    form = RouteForm(request.POST, account=account_of(request))
    if form.rework():
        return editor_page(request, form)
    if request.POST.get("action") == "rehearse":
        form.leave_unjudged()
        return editor_page(request, form)
    return _create(request, form) if form.is_valid() else editor_page(request, form, status=UNPROCESSABLE)


def _create(request: HttpRequest, form: RouteForm) -> HttpResponse:
    try:
        return back_to(create_route(form.account.pk, form.settings(), actor_of(request)))
    except ValidationError as refused:
        blame(form, refused)
        return editor_page(request, form, status=UNPROCESSABLE)


@needs(Right.CHANGE_TRUNKS)
@require_POST
def live_preview(request: HttpRequest) -> HttpResponse:
    """What is right so far of the answers, in words."""
    form = RouteForm(request.POST, account=account_of(request))
    sketch = form.sketch()
    context = {
        "preview": preview(sketch.entries, form.trunks),
        "remarks": remarks(sketch.entries, form.trunks),
        "left_out": sketch.left_out,
    }
    return render(request, "routing/routes/parts/preview.html", context)
