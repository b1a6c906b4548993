"""A new draft with the answers of an order that failed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import account_of, actor_of, needs
from accounts.enums import Right
from trunks.models import TrunkDraft
from trunks.selectors import trunk_of
from trunks.wizard import flow
from trunks.wizard.order import Order
from trunks.wizard.paying import CONFLICT


@needs(Right.CHANGE_TRUNKS)
@require_POST
def again(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    account = account_of(request)
    trunk = trunk_of(account, trunk_id)
    draft = TrunkDraft.objects.filter(trunk=trunk).first()
    if draft is None or not trunk.never_came:
        raise Http404
    draft.account = account
    try:
        copy = flow.begin_again(draft, actor_of(request))
    except ValidationError as full:
        return render(request, "trunks/wizard/full.html", {"reason": full.messages[0]}, status=CONFLICT)
    order = Order(copy)
    messages.info(request, _("Your answers are kept. Check them and pay again"))
    waiting = order.first_open()
    return redirect(waiting.url(order) if waiting else reverse("trunks:review", args=[copy.pk]))
