"""Buttons of the plan step that lead aside. What was typed is kept, right or wrong, and shown again afterwards."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import actor_of
from billing.plan_requests import ask_for_plan
from common.forms import PortalForm
from trunks.wizard import flow
from trunks.wizard.order import Order
from trunks.wizard.steps import Step

CALCULATE, REQUEST_PLAN = "calculate", "request_plan"


def leave_aside(request: HttpRequest, order: Order, asked: Step, form: PortalForm, back: str) -> HttpResponse | None:
    """The answer to such a button; None for any other. `back` is the address of the step."""
    verb, _colon, code = request.POST.get("action", "").partition(":")
    if asked.slug != "plan" or verb not in {CALCULATE, REQUEST_PLAN}:
        return None
    form.is_valid()
    flow.answer(order.draft, asked, form)
    if verb == CALCULATE:
        query = back.partition("?")[2]
        url = reverse("trunks:calculator", args=[order.draft.pk])
        return redirect(f"{url}?{query}" if query else url)
    _ask(request, order, code)
    return redirect(back)


def _ask(request: HttpRequest, order: Order, code: str) -> None:
    on_offer = order.choices.plans.get(code)
    if on_offer is None or on_offer.per_channel is None:
        return
    if ask_for_plan(order.choices.account, on_offer.plan, actor_of(request)):
        messages.success(request, _("We have your request for %(plan)s. We answer by e-mail") % {"plan": on_offer.plan})
    else:
        messages.success(request, _("%(plan)s is active by now") % {"plan": on_offer.plan})
