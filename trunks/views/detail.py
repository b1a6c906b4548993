"""One trunk: how it is, what its nodes were read back to have, what happened to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import account_of, actor_of, needs, signed_member
from accounts.enums import Right
from billing.models import Quote
from common.htmx import go_to
from common.polling import Part, answer, part, poll_url
from trunks.actions import actions_of
from trunks.condition import condition
from trunks.facts import node_lines, placing_calls, settings_of
from trunks.history import Change, audit_of
from trunks.models import Trunk
from trunks.panels import panels_of
from trunks.selectors import is_gone, node_states_of, nodes_of, operations_of, trunk_of

PER_PAGE = 25


@needs(Right.SEE_TRUNKS)
@require_GET
def trunk_detail(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    trunk = trunk_of(account_of(request), trunk_id)
    nodes = list(nodes_of(trunk.data_centre))
    panels = panels_of(request, trunk)
    parts, pending = parts_of(request, trunk, nodes, panels)
    member = signed_member(request)
    settings = settings_of(trunk.wanted) if trunk.wanted else []
    context = {
        "trunk": trunk,
        "parts": {part.id.removeprefix("trunk-"): part for part in parts},
        "poll_url": poll_url(reverse("trunks:detail_status", args=[trunk.pk]), parts) if pending else "",
        "enforced": [setting for setting in settings if setting.enforced],
        "stored": [setting for setting in settings if not setting.enforced],
        "nodes": nodes,
        "panels": [panel for panel in panels if not panel.answers_use],
        "quote": Quote.objects.get(pk=trunk.quote_id) if member.may(Right.SEE_MONEY) else None,
    }
    return render(request, "trunks/detail.html", context)


@needs(Right.SEE_TRUNKS)
@require_GET
def detail_status(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    """What changed on the page. A trunk that has gone meanwhile leads to the list, which says so."""
    account = account_of(request)
    if is_gone(account, trunk_id):
        return go_to(reverse("trunks:list"))
    trunk = trunk_of(account, trunk_id)
    parts, pending = parts_of(request, trunk, list(nodes_of(trunk.data_centre)), panels_of(request, trunk))
    url = poll_url(reverse("trunks:detail_status", args=[trunk.pk]), parts) if pending else ""
    word = "" if pending else parts[0].html
    return answer(request, parts, next_url=url, announce=f"{trunk}: {word}" if word else "")


def parts_of(request: HttpRequest, trunk: Trunk, nodes: Any, panels: Any) -> tuple[list[Part], bool]:
    """What polls replace, the sentence first, and whether something is pending."""
    now = timezone.now()
    operation = operations_of(trunk).first()
    states = list(node_states_of(trunk))
    pending = operation is not None and operation.is_pending
    actions = actions_of(trunk, operation, signed_member(request))
    facts: dict[str, Any] = {
        "sentence": {"condition": condition(trunk, operation, states, now)},
        "actions": {"trunk": trunk, "actions": actions, "why": next((a.reason for a in actions if a.reason), "")},
        "use": {
            "placing": placing_calls(trunk),
            "panels": [panel for panel in panels if panel.answers_use],
        },
        "nodes": {"lines": node_lines(trunk, nodes, states, now)},
        "latest": {"change": Change(operation, actor_of(request)) if operation else None},
        "refresh": {"pending": pending},
    }
    parts = [part(f"trunk-{name}", f"trunks/parts/{name}.html", context) for name, context in facts.items()]
    return parts, pending


@needs(Right.SEE_TRUNKS)
@require_GET
def trunk_history(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    trunk = trunk_of(account_of(request), trunk_id)
    page = Paginator(operations_of(trunk), PER_PAGE).get_page(request.GET.get("page"))
    reader = actor_of(request)
    context = {
        "trunk": trunk,
        "page": page,
        "changes": [Change(operation, reader) for operation in page.object_list],
        "audit": audit_of(trunk, reader),
    }
    return render(request, "trunks/history.html", context)
