"""The staff page that asks for a reason before something is done, once for all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin import site
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.staff_forms import ReasonForm
from common.errors import Conflict

UNPROCESSABLE = 422


def ask_reason(
    request: HttpRequest,
    act: Callable[[dict[str, Any]], str],
    *,
    title: str,
    about: str,
    button: str,
    back_url: str,
    explained: str = "",
    done_url: str = "",
    form_class: Callable[..., Form] = ReasonForm,
) -> HttpResponse:
    """GET asks; POST hands the answers to `act`, which says what it did. A Conflict is said on the page before."""
    form = form_class(request.POST) if request.method == "POST" else form_class()
    if form.is_bound and form.is_valid():
        return _done(request, act, form.cleaned_data, back_url, done_url)
    context = {
        **site.each_context(request),
        "title": title,
        "subtitle": about,
        "explained": explained,
        "button": button,
        "back_url": back_url,
        "form": form,
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return TemplateResponse(request, "admin/reason.html", context, status=status)


def _done(
    request: HttpRequest, act: Callable[[dict[str, Any]], str], answers: dict[str, Any], back_url: str, done_url: str
) -> HttpResponse:
    try:
        text = act(answers)
    except Conflict as conflict:
        messages.error(request, f"{conflict.message}.")
        return redirect(back_url)
    if text:
        messages.success(request, text)
    return redirect(done_url or back_url)
