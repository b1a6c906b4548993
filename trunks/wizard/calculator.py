"""Beside the plan step: a calculator for people who do not know how many channels they need. It keeps nothing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import account_of, needs
from accounts.enums import Right
from common.htmx import render_page_or_part, wants_part
from trunks.erlang import blocking, channels_needed
from trunks.forms.calculator import CalculatorForm
from trunks.validators.fields import MOST_CHANNELS
from trunks.wizard import flow

ORIGIN = "from"


@needs(Right.CHANGE_TRUNKS)
@require_safe
def calculator(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The questions and the result: of the answers in the address, else of those that the page begins with."""
    draft = flow.draft_of(account_of(request), draft_id)
    asked = "calls" in request.GET
    form = CalculatorForm(request.GET) if asked else CalculatorForm.usual()
    origin = request.GET.get(ORIGIN, "")
    back_url = reverse("trunks:step", args=[draft.pk, "plan"])
    context: dict[str, Any] = {
        "draft": draft,
        "form": form,
        "origin": origin,
        "back_url": _with(back_url, origin),
        "most": MOST_CHANNELS,
    }
    if form.is_valid():
        context |= _result(form, back_url, origin)
    wrong = not form.is_valid()
    part = "trunks/wizard/calculator_part.html"
    status = 422 if wrong and wants_part(request) else 200
    return render_page_or_part(request, "trunks/wizard/calculator.html", context, part=part, status=status)


def _result(form: CalculatorForm, back_url: str, origin: str) -> dict[str, Any]:
    traffic, target = form.traffic(), float(form.cleaned_data["blocked"]) / 100
    channels = channels_needed(traffic, target, MOST_CHANNELS)
    if channels is None:
        return {"too_many": True}
    return {
        "channels": channels,
        "traffic": traffic,
        "refused": blocking(traffic, channels) * 100,
        "one_less": blocking(traffic, channels - 1) * 100 if channels > 1 else None,
        "use_url": _with(back_url, origin, channels=channels),
    }


def _with(url: str, origin: str, **query: int) -> str:
    asked = {**query, **({ORIGIN: origin} if origin else {})}
    return f"{url}?{urlencode(asked)}" if asked else url
