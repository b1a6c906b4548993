"""Staff pages that answer a plan request."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.staff import actor
from accounts.staff_pages import ask_reason
from billing import plan_requests
from billing.enums import RequestStatus
from billing.models import PlanRequest

MAY_ANSWER = "billing.change_planrequest"


def activate(request: HttpRequest, request_id: int) -> HttpResponse:
    return _ask(request, request_id, plan_requests.activate, _("Activate"), _("The plan is active now"))


def decline(request: HttpRequest, request_id: int) -> HttpResponse:
    return _ask(request, request_id, plan_requests.decline, _("Decline"), _("The request is declined"))


def _ask(request: HttpRequest, request_id: int, answer: Any, button: str, done: str) -> HttpResponse:
    if not actor(request).has_perm(MAY_ANSWER):
        raise PermissionDenied
    asked = get_object_or_404(PlanRequest.objects.select_related("account", "plan", "asked_by"), pk=request_id)

    def act(answers: dict[str, Any]) -> str:
        answer(asked, reason=answers["reason"], actor=actor(request))
        return done

    return ask_reason(
        request,
        act,
        title=button,
        about=str(asked),
        button=button,
        back_url=reverse("admin:billing_planrequest_changelist", query={"status__exact": RequestStatus.OPEN}),
        explained=_("%(who)s gets a mail with the answer and your reason.") % {"who": asked.asked_by.email},
    )
