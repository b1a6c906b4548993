"""How to connect the PBX: whether the trunk is ready, how it signs in, what to allow, what to enter where."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import account_of, needs, signed_member
from accounts.enums import Right
from accounts.models import Member
from common.htmx import go_to, wants_part
from common.polling import Part, answer, part, poll_url
from common.templatetags.ui import money
from provisioning.enums import OperationKind
from trunks.connection import node_addresses
from trunks.enforcement import is_enforced
from trunks.forms.password import SavedForm
from trunks.login import login_of
from trunks.models import Trunk, TrunkDraft
from trunks.pbx import PBXES, configuration, file_name, form_sections
from trunks.selectors import is_gone, node_states_of, operations_of, trunk_of
from trunks.shown import settings_of
from trunks.specification import TrunkSettings

# A provider may have a page part of its own; without one its answers are listed.
OWN = "trunks/handover/%s.html"
# For so long the page is the answer to the order.
NEW = timedelta(minutes=15)


@needs(Right.SEE_TRUNKS)
@require_safe
def handover(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    trunk = trunk_of(account_of(request), trunk_id)
    if wants_part(request):
        return render(request, "trunks/handover/pbx.html", {"trunk": trunk, **_configuration(request, trunk)})
    return handover_page(request, trunk)


def handover_page(request: HttpRequest, trunk: Trunk, *, password: str = "") -> HttpResponse:
    """The whole page; `password` only in the answer to Show."""
    member = signed_member(request)
    progress = _progress(trunk, member)
    parts = _parts(trunk, progress)
    login = login_of(trunk, member, password)
    context = {
        "trunk": trunk,
        "revision": trunk.wanted,
        **progress,
        "parts": {part.id.removeprefix("handover-"): part for part in parts},
        "poll_url": _poll_url(trunk, parts) if progress["is_pending"] else "",
        "may_change": member.may(Right.CHANGE_TRUNKS),
        "login": login,
        "form": SavedForm.asked(request.GET, is_open=login is not None and login.is_mine),
        "page": "handover",
        "nodes": node_addresses(trunk),
        "waits_for_tls": trunk.tls and not is_enforced("tls"),
        "rows": settings_of(trunk, TrunkSettings.of(trunk.wanted)) if trunk.wanted else [],
        **(_provider(trunk) if trunk.connects.preset else _configuration(request, trunk)),
    }
    return render(request, "trunks/handover.html", context)


def _progress(trunk: Trunk, member: Member) -> dict[str, Any]:
    """How far creating the trunk is."""
    operation = operations_of(trunk).filter(kind=OperationKind.CREATE).first()
    return {
        "trunk": trunk,
        "price": money(trunk.quote.first_charge, trunk.quote.currency) if member.may(Right.SEE_MONEY) else "",
        "operation": operation,
        "is_pending": operation is not None and operation.is_pending,
        "is_new": timezone.now() - trunk.created_at < NEW,
        "has_failed": trunk.never_came,
        "can_try_again": trunk.never_came and TrunkDraft.objects.filter(trunk=trunk).exists(),
        "states": list(node_states_of(trunk)),
    }


def _parts(trunk: Trunk, progress: dict[str, Any]) -> list[Part]:
    """What polls replace."""
    refresh = reverse("trunks:handover", args=[trunk.pk]) if progress["is_pending"] else ""
    return [
        part("handover-progress", "trunks/handover/progress.html", progress),
        part("handover-refresh", "trunks/handover/refresh.html", {"url": refresh}),
    ]


def _poll_url(trunk: Trunk, parts: list[Part]) -> str:
    return poll_url(reverse("trunks:handover_status", args=[trunk.pk]), parts)


@needs(Right.SEE_TRUNKS)
@require_safe
def handover_status(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    """What changed on the page. Trouble reloads all of it: nothing on it holds any more."""
    account = account_of(request)
    if is_gone(account, trunk_id):
        return go_to(reverse("trunks:list"))
    trunk = trunk_of(account, trunk_id)
    progress = _progress(trunk, signed_member(request))
    if progress["has_failed"]:
        return go_to(reverse("trunks:handover", args=[trunk.pk]))
    parts = _parts(trunk, progress)
    if progress["is_pending"]:
        return answer(request, parts, next_url=_poll_url(trunk, parts))
    title = render_to_string("trunks/handover/title.html", progress, request)
    return answer(request, parts, next_url="", announce=_("%(name)s: ready") % {"name": trunk}, title=title)


def _provider(trunk: Trunk) -> dict[str, Any]:
    """What to enter on the provider's side."""
    facts = trunk.provider_facts
    answers = [(question.label, question.words(facts.get(question.name, ""))) for question in trunk.connects.questions]
    own = OWN % trunk.provider.lower()
    return {"facts": facts, "answers": answers, "provider_templates": [own, "trunks/handover/provider.html"]}


def _configuration(request: HttpRequest, trunk: Trunk) -> dict[str, Any]:
    """Of the PBX that was asked for, else of the first one. Raises Http404 for one that we do not know."""
    pbx = PBXES.get(request.GET.get("pbx", next(iter(PBXES))))
    if pbx is None:
        raise Http404
    text = configuration(trunk, pbx)
    return {"pbxes": PBXES.values(), "pbx": pbx, "text": text, "sections": form_sections(text) if pbx.is_form else []}


@needs(Right.SEE_TRUNKS)
@require_safe
def addresses(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    """The firewall table as plain text."""
    trunk = trunk_of(account_of(request), trunk_id)
    context = {"trunk": trunk, "nodes": node_addresses(trunk)}
    text = render_to_string("trunks/handover/addresses.txt", context, request)
    return _download(text, f"trunk-{trunk.reference}.txt")


@needs(Right.SEE_TRUNKS)
@require_safe
def pbx_file(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    """The ready-made configuration that `?pbx=` names."""
    trunk = trunk_of(account_of(request), trunk_id)
    chosen = _configuration(request, trunk)
    return _download(chosen["text"], file_name(trunk, chosen["pbx"]))


def _download(text: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)
