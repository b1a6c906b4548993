"""Staff pages that answer a plan request."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.staff import actor
from accounts.staff_forms import NoteForm, OptionalNoteForm
from accounts.staff_pages import ask_reason
from billing import plan_requests
from billing.enums import RequestStatus
from billing.models import PlanRequest

MAY_ANSWER = "billing.change_planrequest"


def activate(request: HttpRequest, request_id: int) -> HttpResponse:
    done = _("The plan is active now")
    return _ask(request, request_id, plan_requests.activate, OptionalNoteForm, (_("Activate"), done))


def decline(request: HttpRequest, request_id: int) -> HttpResponse:
    done = _("The request is declined")
    return _ask(request, request_id, plan_requests.decline, NoteForm, (_("Decline"), done))


def _ask(
    request: HttpRequest, request_id: int, answer: Any, form_class: type[Form], words: tuple[str, str]
) -> HttpResponse:
    """`words` stand on the button, and on the page when it is done."""
    button, done = words
    if not actor(request).has_perm(MAY_ANSWER):
        raise PermissionDenied
    asked = get_object_or_404(PlanRequest.objects.select_related("account", "plan", "asked_by"), pk=request_id)

    def act(answers: dict[str, Any]) -> str:
        answer(asked, answers["note"], actor(request))
        return done

    return ask_reason(
        request,
        act,
        title=button,
        about=str(asked),
        button=button,
        back_url=reverse("admin:billing_planrequest_changelist", query={"status__exact": RequestStatus.OPEN}),
        explained=_("%(who)s gets a mail with the answer and your note.") % {"who": asked.asked_by.email},
        form_class=form_class,
    )
