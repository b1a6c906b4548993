"""One trunk: how it is, what its nodes were read back to have, what happened to it."""

from __future__ import annotations

from typing import Any, NamedTuple
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
from provisioning.models import NodeState, Operation, SbcNode
from trunks.actions import actions_of, duplicate_of, why_not_listed
from trunks.condition import condition
from trunks.connection import node_address
from trunks.differences import differences
from trunks.facts import fixed_facts, node_lines, placing_calls
from trunks.history import Change, audit_of, changes_of
from trunks.models import Trunk
from trunks.panels import Panel, panels_of
from trunks.selectors import earlier_revision, is_gone, nodes_of, operations_of, trunk_of
from trunks.shown import settings_of
from trunks.specification import TrunkSettings
from trunks.statuses import administrative, can_try_again, can_undo, channels, checks, registration

PER_PAGE = 25
# In the address of a poll: the page shows a change that is under way.
CHANGING = "changing"


class Shown(NamedTuple):
    """What polls replace, the sentence first; whether something is still to come, and whether a change is."""

    parts: list[Part]
    is_pending: bool
    is_changing: bool

    def next_url(self, trunk: Trunk) -> str:
        if not self.is_pending:
            return ""
        url = poll_url(reverse("trunks:detail_status", args=[trunk.pk]), self.parts)
        return f"{url}&{CHANGING}=1" if self.is_changing else url


@needs(Right.SEE_TRUNKS)
@require_GET
def trunk_detail(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    trunk = trunk_of(account_of(request), trunk_id)
    nodes = list(nodes_of(trunk.data_centre))
    panels = panels_of(request, trunk)
    shown = what_changes(request, trunk, nodes, panels)
    member = signed_member(request)
    settings = settings_of(trunk, TrunkSettings.of(trunk.wanted)) if trunk.wanted else []
    context = {
        "trunk": trunk,
        "parts": {part.id.removeprefix("trunk-"): part for part in shown.parts},
        "poll_url": shown.next_url(trunk),
        "settings": settings,
        "ordering": duplicate_of(member),
        "fixed": fixed_facts(trunk),
        "addresses": [node_address(node, trunk.registers, trunk.tls) for node in nodes],
        "panels": [panel for panel in panels if not panel.answers_use],
        "quote": price_of(trunk) if member.may(Right.SEE_MONEY) else None,
    }
    return render(request, "trunks/detail.html", context)


def price_of(trunk: Trunk) -> Quote | None:
    """Of what is live, else of what shall be."""
    revision = trunk.live or trunk.wanted
    return revision.quote if revision else None


@needs(Right.SEE_TRUNKS)
@require_GET
def detail_status(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    """What changed on the page. A trunk that has gone meanwhile leads to the list, which says so. The end of a change
    is announced, also while a number is still waited for, and so is the end of all waiting.
    """
    account = account_of(request)
    if is_gone(account, trunk_id):
        return go_to(reverse("trunks:list"))
    trunk = trunk_of(account, trunk_id)
    shown = what_changes(request, trunk, list(nodes_of(trunk.data_centre)), panels_of(request, trunk))
    has_ended = CHANGING in request.GET and not shown.is_changing
    announce = f"{trunk}: {shown.parts[0].html}" if has_ended or not shown.is_pending else ""
    return answer(request, shown.parts, next_url=shown.next_url(trunk), announce=announce)


def what_changes(request: HttpRequest, trunk: Trunk, nodes: list[SbcNode], panels: list[Panel]) -> Shown:
    now = timezone.now()
    operation = operations_of(trunk).first()
    states = trunk.node_states
    changing = operation is not None and operation.is_pending
    pending = changing or any(panel.is_waiting for panel in panels)
    actions = actions_of(trunk, operation, signed_member(request))
    facts: dict[str, Any] = {
        "sentence": {"condition": condition(trunk, operation, states, now)},
        "actions": {"trunk": trunk, "actions": actions, "why": why_not_listed(actions)},
        "rejected": rejected(request, trunk, operation),
        "use": {
            "placing": placing_calls(trunk),
            "panels": [panel for panel in panels if panel.answers_use],
        },
        "statuses": statuses(request, trunk, operation, states) | {"channels": channels(trunk, states)},
        "nodes": {"lines": node_lines(trunk, nodes, states, now)},
        "checks": {"checks": checks(trunk, states), "asks": trunk.live is not None and trunk.live.options},
        "refresh": {"pending": pending},
    }
    parts = [part(f"trunk-{name}", f"trunks/parts/{name}.html", context) for name, context in facts.items()]
    return Shown(parts, pending, changing)


def rejected(request: HttpRequest, trunk: Trunk, operation: Operation | None) -> dict[str, Any]:
    """What the last change wanted, while it is the last one and came to nothing; else nothing."""
    if operation is None or trunk.wanted is None or not can_try_again(operation):
        return {}
    wanted = trunk.revisions.filter(generation=operation.generation).first()
    if wanted is None:
        return {}
    return {
        "trunk": trunk,
        "revision": wanted,
        "change": Change(operation, actor_of(request)),
        "differences": differences(TrunkSettings.of(trunk.wanted), TrunkSettings.of(wanted)),
        "may_change": signed_member(request).may(Right.CHANGE_TRUNKS),
    }


def statuses(
    request: HttpRequest, trunk: Trunk, operation: Operation | None, states: list[NodeState]
) -> dict[str, Any]:
    may_undo = can_undo(operation) and signed_member(request).may(Right.CHANGE_TRUNKS)
    return {
        "trunk": trunk,
        "administrative": administrative(trunk),
        "registration": registration(trunk),
        "change": Change(operation, actor_of(request)) if operation else None,
        "earlier": earlier_revision(trunk) if may_undo else None,
    }


@needs(Right.SEE_TRUNKS)
@require_GET
def trunk_history(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    trunk = trunk_of(account_of(request), trunk_id)
    page = Paginator(operations_of(trunk), PER_PAGE).get_page(request.GET.get("page"))
    reader, newest = actor_of(request), operations_of(trunk).first()
    may_change = signed_member(request).may(Right.CHANGE_TRUNKS)
    context = {
        "trunk": trunk,
        "page": page,
        "changes": changes_of(trunk, page.object_list, reader),
        "earlier": earlier_revision(trunk) if can_undo(newest) and may_change else None,
        "may_change": may_change,
        "newest": newest,
        "audit": audit_of(trunk, reader),
    }
    return render(request, "trunks/history.html", context)
