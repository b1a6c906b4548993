"""Staff pages about the work itself: the console, retry, roll back, and a node compared with what it must have."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.staff import actor, may_reconcile
from accounts.staff_pages import ask_reason
from provisioning.console import lanes, last_finished, queue
from provisioning.drift import ORPHANS_MOST, ORPHANS_SHARE
from provisioning.enums import OperationKind
from provisioning.looks import look_at
from provisioning.models import Operation, SbcNode
from provisioning.reconciling import compare_now, hasten, roll_back, send_all_again, why_no_roll_back
from provisioning.selectors import longest_wait

PER_PAGE = 50
CONSOLE = "admin:provisioning_operation_console"


@require_safe
def console(request: HttpRequest) -> HttpResponse:
    """What waits and for which node."""
    if not request.user.has_perm("provisioning.view_operation"):
        raise PermissionDenied
    page = Paginator(queue(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **site.each_context(request),
        "title": _("Operations console"),
        "page": page,
        "rows": [(operation, why_no_roll_back(operation)) for operation in page.object_list],
        "lanes": lanes(),
        "last_finished": last_finished(),
        "longest_wait": int(longest_wait().total_seconds()),
        "may_reconcile": may_reconcile(request),
    }
    return TemplateResponse(request, "admin/provisioning/console.html", context)


def retry(request: HttpRequest, operation_id: UUID) -> HttpResponse:
    """Due now instead of when its pause is over."""
    operation = _operation(request, operation_id)

    def act(answers: dict[str, Any]) -> str:
        done = hasten([operation], actor(request), answers["reason"])
        return _("It is tried again now") if done else _("It has ended meanwhile: there was nothing to do")

    return ask_reason(
        request,
        act,
        title=_("Retry now"),
        about=f"{operation.subject_name}: {operation.label}",
        button=_("Retry now"),
        back_url=reverse(CONSOLE),
        explained=_("It is due at once, whatever its pause says. Whoever works on it at this moment goes on."),
    )


def turn_round(request: HttpRequest, operation_id: UUID) -> HttpResponse:
    """Roll back a change that does not get done."""
    operation = _operation(request, operation_id)

    def act(answers: dict[str, Any]) -> str:
        roll_back(operation, actor(request), answers["reason"])
        return _("It is being taken back now")

    creating = _("The order ends as failed. What was ordered leaves its nodes and the money held for it is given back.")
    changing = _(
        "The change is not made. The nodes are put back to what worked last, and the customer reads that "
        "support took it back."
    )
    return ask_reason(
        request,
        act,
        title=_("Roll back"),
        about=f"{operation.subject_name}: {operation.label}",
        button=_("Roll back"),
        back_url=reverse(CONSOLE),
        explained=creating if operation.kind == OperationKind.CREATE else changing,
    )


def _operation(request: HttpRequest, operation_id: UUID) -> Operation:
    if not may_reconcile(request):
        raise PermissionDenied
    return get_object_or_404(Operation, pk=operation_id)


@require_safe
def drift(request: HttpRequest, node_id: int) -> HttpResponse:
    """What the node has beside what it must have. Reads only; a node that does not answer is said to be unknown."""
    if not request.user.has_perm("provisioning.view_sbcnode"):
        raise PermissionDenied
    node = get_object_or_404(SbcNode, pk=node_id)
    context = {
        **site.each_context(request),
        "title": _("Compare with what it must have"),
        "subtitle": str(node),
        "node": node,
        "look": look_at(node),
        "most": ORPHANS_MOST,
        "share": f"{ORPHANS_SHARE:.0%}",
        "may_reconcile": may_reconcile(request),
    }
    return TemplateResponse(request, "admin/provisioning/drift.html", context)


def resync(request: HttpRequest, node_id: int) -> HttpResponse:
    """Compare now and write what differs."""
    node = _node(request, node_id)

    def act(answers: dict[str, Any]) -> str:
        compare_now([node], actor(request), answers["reason"])
        return _("%(node)s is compared now, and what differs is written again") % {"node": node}

    explained = _("The next sweep, within seconds, compares the node from top to bottom and writes what differs.")
    return _ask_about(request, node, act, _("Resync"), explained)


def resend(request: HttpRequest, node_id: int) -> HttpResponse:
    """Write everything again, whether it differs or not."""
    node = _node(request, node_id)

    def act(answers: dict[str, Any]) -> str:
        count = send_all_again(node, actor(request), answers["reason"])
        words = ngettext("%(n)s entry is sent to %(node)s again", "%(n)s entries are sent to %(node)s again", count)
        return words % {"n": f"{count:,}", "node": node}

    explained = _(
        "Everything the node must have is written and read back again, about a thousand entries every few seconds. "
        "Calls go on. Until then the trunks' pages say that the node has not confirmed them."
    )
    return _ask_about(request, node, act, _("Send everything again"), explained)


def _ask_about(request: HttpRequest, node: SbcNode, act: Any, button: str, explained: str) -> HttpResponse:
    back_url = reverse("admin:provisioning_sbcnode_drift", args=[node.pk])
    return ask_reason(
        request,
        act,
        title=button,
        about=str(node),
        button=button,
        back_url=back_url,
        done_url=reverse(CONSOLE),
        explained=explained,
    )


def _node(request: HttpRequest, node_id: int) -> SbcNode:
    if not may_reconcile(request):
        raise PermissionDenied
    return get_object_or_404(SbcNode, pk=node_id)
