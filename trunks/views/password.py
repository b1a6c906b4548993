"""A new password for a registered trunk: asking for it, and how far it is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import account_of, actor_of, needs, signed_member
from accounts.enums import Right
from common.errors import Conflict
from common.htmx import go_to
from common.polling import Part, answer, part, poll_url
from common.reauthentication import prove_first, proved_lately
from provisioning.enums import OperationKind, Status
from trunks.forms.password import ResetForm, SavedForm
from trunks.login import login_of
from trunks.models import Trunk
from trunks.selectors import operations_of, trunk_of
from trunks.services import reset_password, why_no_reset
from trunks.views.changes import back_to, see_other


@needs(Right.CHANGE_TRUNKS)
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    trunk = trunk_of(account_of(request), trunk_id)
    if not trunk.registers:
        messages.warning(request, _("Only registered trunks have a password"))
        return back_to(trunk)
    form = ResetForm(request.POST if request.method == "POST" else None)
    if refusal := why_no_reset(trunk):
        return _reset_page(request, trunk, form, refusal)
    if not proved_lately(request):
        return prove_first(request.path)
    if not form.is_valid():
        return _reset_page(request, trunk, form)
    try:
        reset_password(trunk, form.cleaned_data["overlap"], actor_of(request))
    except Conflict as conflict:
        return _reset_page(request, trunk, form, str(conflict.message))
    return see_other(reverse("trunks:password", args=[trunk.pk]))


def _reset_page(request: HttpRequest, trunk: Trunk, form: ResetForm, refusal: str = "") -> HttpResponse:
    status = 200 if not form.is_bound else 409 if refusal else 422
    context = {"trunk": trunk, "form": form, "refusal": refusal}
    return render(request, "trunks/password/reset.html", context, status=status)


@needs(Right.CHANGE_TRUNKS)
@require_safe
def password(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    """After a reset: whether the nodes have the new password, and the password."""
    trunk = trunk_of(account_of(request), trunk_id)
    if not trunk.registers:
        return redirect("trunks:handover", trunk.pk)
    return password_page(request, trunk)


def password_page(request: HttpRequest, trunk: Trunk, *, password: str = "") -> HttpResponse:
    progress = _progress(trunk)
    parts = _parts(trunk, progress)
    context = {
        "trunk": trunk,
        **progress,
        "parts": {part.id.removeprefix("password-"): part for part in parts},
        "poll_url": _poll_url(trunk, parts) if progress["is_pending"] else "",
        **section(request, trunk, password, page="password"),
    }
    return render(request, "trunks/password/page.html", context)


def _progress(trunk: Trunk) -> dict[str, Any]:
    """How far the latest reset is."""
    operation = operations_of(trunk).filter(kind=OperationKind.RESET_PASSWORD).first()
    earlier = trunk.credentials.filter(until__gt=Now()).order_by("-until").first()
    return {
        "operation": operation,
        "is_pending": operation is not None and operation.is_pending,
        "has_failed": operation is not None and operation.status not in {Status.PENDING, Status.SUCCESS},
        "old_until": earlier.until if earlier else None,
        "states": trunk.node_states,
    }


def _parts(trunk: Trunk, progress: dict[str, Any]) -> list[Part]:
    """What polls replace."""
    refresh = reverse("trunks:password", args=[trunk.pk]) if progress["is_pending"] else ""
    return [
        part("password-progress", "trunks/password/progress.html", progress),
        part("password-refresh", "trunks/handover/refresh.html", {"url": refresh}),
    ]


def _poll_url(trunk: Trunk, parts: list[Part]) -> str:
    return poll_url(reverse("trunks:password_status", args=[trunk.pk]), parts)


@needs(Right.CHANGE_TRUNKS)
@require_safe
def password_status(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    """What changed on the page. After a reset that came to nothing the password on it is void: all of it reloads."""
    trunk = trunk_of(account_of(request), trunk_id)
    progress = _progress(trunk)
    if progress["has_failed"]:
        return go_to(reverse("trunks:password", args=[trunk.pk]))
    parts = _parts(trunk, progress)
    if progress["is_pending"]:
        return answer(request, parts, next_url=_poll_url(trunk, parts))
    title = render_to_string("trunks/password/title.html", {"trunk": trunk, **progress}, request)
    words = _("%(name)s: the new password works") % {"name": trunk}
    return answer(request, parts, next_url="", announce=words, title=title)


def section(request: HttpRequest, trunk: Trunk, shown: str, *, page: str) -> dict[str, Any]:
    login = login_of(trunk, signed_member(request), shown)
    form = SavedForm.asked(request.GET, is_open=login is not None and login.is_mine)
    return {"login": login, "form": form, "page": page, "may_change": True}
