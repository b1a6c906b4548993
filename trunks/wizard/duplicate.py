"""A new draft with the settings of a trunk that is there."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import account_of, actor_of, needs
from accounts.enums import Right
from trunks.selectors import trunk_of
from trunks.wizard import flow
from trunks.wizard.paying import CONFLICT


@needs(Right.CHANGE_TRUNKS)
@require_POST
def duplicate(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    account = account_of(request)
    trunk = trunk_of(account, trunk_id)
    if trunk.wanted is None:
        raise Http404
    try:
        draft = flow.begin_like(trunk, account, actor_of(request))
    except ValidationError as full:
        return render(request, "trunks/wizard/full.html", {"reason": full.messages[0]}, status=CONFLICT)
    words = _("The settings of %(name)s are copied. Give the new trunk its own name and addresses")
    messages.info(request, words % {"name": trunk})
    return redirect("trunks:resume", draft.pk)
