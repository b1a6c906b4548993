"""Goes back to the settings that were live before the last change."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import actor_of, needs
from accounts.enums import Right
from common.errors import Conflict
from trunks.models import Trunk, TrunkRevision
from trunks.selectors import earlier_revision
from trunks.services import revert_trunk
from trunks.specification import TrunkSettings
from trunks.views.changes import back_to, leading_back_to, why_not
from trunks.views.checking import UNPROCESSABLE, Proposal, check_page, messages_of, save
from trunks.views.editing import changeable, is_number, number_of


@needs(Right.CHANGE_TRUNKS)
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    """Back to the settings that were live before: GET shows what that changes, POST does it."""
    trunk = changeable(request, trunk_id)
    earlier = earlier_revision(trunk)
    if request.method != "POST" and (refusal := why_no_undo(request, trunk, earlier)):
        messages.warning(request, refusal)
        return back_to(trunk)
    if earlier is None:
        raise Conflict(
            _("There is no earlier revision to go back to"), back_url=reverse("trunks:detail", args=[trunk.pk])
        )
    posted = request.POST.get("revision", "")
    proposal = Proposal(
        trunk,
        TrunkSettings.of(earlier),
        seen=int(posted) if is_number(posted) else number_of(trunk),
        url=reverse("trunks:undo", args=[trunk.pk]),
        title=_("Go back to revision %(number)s?") % {"number": earlier.number},
        verb=_("Restore revision %(number)s") % {"number": earlier.number},
        is_typed=False,
    )
    return save_undo(request, proposal) if request.method == "POST" else check_page(request, proposal)


def why_no_undo(request: HttpRequest, trunk: Trunk, earlier: TrunkRevision | None) -> str:
    if earlier is None:
        return _("There is no earlier revision to go back to")
    return why_not(request, trunk, "edit")


def save_undo(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    trunk, actor = proposal.trunk, actor_of(request)
    with leading_back_to(trunk):
        try:
            return save(
                request, proposal, lambda price: revert_trunk(trunk, seen=proposal.seen, price=price, actor=actor)
            )
        except ValidationError as refused:
            return check_page(request, proposal, messages_of(refused), status=UNPROCESSABLE)
