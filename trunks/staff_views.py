"""Staff pages that suspend and release a trunk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.staff import actor
from accounts.staff_forms import ReleaseForm
from accounts.staff_pages import ask_reason
from trunks.enums import Cause
from trunks.models import Trunk
from trunks.services import release_for_support, suspend_for_support
from trunks.staff_forms import SuspendTrunkForm

MAY_SUSPEND = "trunks.change_trunk"


def suspend(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    """Stop its calls."""
    trunk = _trunk(request, trunk_id)

    def act(answers: dict[str, Any]) -> str:
        cause = Cause(answers["cause"])
        suspend_for_support(trunk, cause, answers["note"], reason=answers["reason"], actor=actor(request))
        return _("%(trunk)s is suspended") % {"trunk": trunk}

    return ask_reason(
        request,
        act,
        title=_("Suspend trunk"),
        about=str(trunk),
        button=_("Suspend trunk"),
        back_url=_page(trunk),
        explained=_(
            "New calls are refused; calls that are up go on. A pending change of the customer is taken back. The "
            "customer reads “Disabled by us” with the cause and the note, and the owners and admins get them by mail."
        ),
        form_class=SuspendTrunkForm,
    )


def release(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    """Let its customer enable it again."""
    trunk = _trunk(request, trunk_id)

    def act(answers: dict[str, Any]) -> str:
        release_for_support(trunk, answers["note"], reason=answers["reason"], actor=actor(request))
        return _("%(trunk)s is released. It stays disabled until its customer enables it") % {"trunk": trunk}

    return ask_reason(
        request,
        act,
        title=_("Release trunk"),
        about=str(trunk),
        button=_("Release trunk"),
        back_url=_page(trunk),
        explained=_(
            "The trunk becomes disabled. Only its customer enables it: the owners and admins get a mail that says so."
        ),
        form_class=ReleaseForm,
    )


def _trunk(request: HttpRequest, trunk_id: UUID) -> Trunk:
    if not actor(request).has_perm(MAY_SUSPEND):
        raise PermissionDenied
    return get_object_or_404(Trunk.objects.select_related("wanted"), pk=trunk_id)


def _page(trunk: Trunk) -> str:
    return reverse("admin:trunks_trunk_change", args=[trunk.pk])
