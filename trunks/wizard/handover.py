"""The page after Pay now: whether the trunk is ready, what to allow in the firewall, what to enter in the PBX."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import account_of, actor_of, needs, signed_member
from accounts.enums import Right
from common.htmx import STOP_POLLING, wants_part
from common.templatetags.ui import money
from provisioning.enums import OperationKind
from trunks.models import Trunk, TrunkDraft
from trunks.selectors import node_states_of, nodes_of, operations_of, trunk_of
from trunks.wizard import flow
from trunks.wizard.order import Order


@needs(Right.SEE_TRUNKS)
@require_safe
def handover(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    trunk = trunk_of(account_of(request), trunk_id)
    context = progress(trunk) | {"may_order": signed_member(request).may(Right.CHANGE_TRUNKS)}
    if wants_part(request):
        status = 200 if context["is_pending"] else STOP_POLLING
        return render(request, "trunks/wizard/polled_progress.html", context, status=status)
    return render(request, "trunks/handover.html", context | connection(trunk))


def progress(trunk: Trunk) -> dict[str, Any]:
    """How far creating the trunk is."""
    operation = operations_of(trunk).filter(kind=OperationKind.CREATE).first()
    return {
        "trunk": trunk,
        "price": money(trunk.quote.first_charge, trunk.quote.currency),
        "operation": operation,
        "is_pending": operation is not None and operation.is_pending,
        "has_failed": has_failed(trunk),
        "states": node_states_of(trunk),
        "draft": TrunkDraft.objects.filter(trunk=trunk).first(),
    }


def has_failed(trunk: Trunk) -> bool:
    """It was never live and will not be."""
    return trunk.withdrawn_at is not None and trunk.live_id is None


def connection(trunk: Trunk) -> dict[str, Any]:
    return {"nodes": nodes_of(trunk.data_centre), "revision": trunk.wanted}


@needs(Right.SEE_TRUNKS)
@require_safe
def addresses(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    """The firewall table as plain text."""
    trunk = trunk_of(account_of(request), trunk_id)
    text = render_to_string("trunks/wizard/addresses.txt", {"trunk": trunk, **connection(trunk)}, request)
    name = f"attachment; filename=trunk-{trunk.reference}.txt"
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers={"Content-Disposition": name})


@needs(Right.CHANGE_TRUNKS)
@require_POST
def again(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    """A new draft with the answers of the order that failed."""
    account = account_of(request)
    trunk = trunk_of(account, trunk_id)
    draft = TrunkDraft.objects.filter(trunk=trunk).first()
    if draft is None or not has_failed(trunk):
        raise Http404
    draft.account = account
    try:
        copy = flow.begin_again(draft, actor_of(request))
    except ValidationError as full:
        return render(request, "trunks/wizard/full.html", {"reason": full.messages[0]})
    order = Order(copy)
    messages.info(request, _("Your answers are kept. Check them and pay again"))
    waiting = order.first_open()
    return redirect(waiting.url(order) if waiting else reverse("trunks:review", args=[copy.pk]))
