"""Staff pages about a whole account: suspend, release, look as its people do. And what waits for staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.acting import MAY_ACT, begin_acting, end_acting
from accounts.models import Account
from accounts.staff import actor
from accounts.staff_forms import ReleaseForm, SuspendForm
from accounts.staff_pages import ask_reason
from billing.selectors import open_requests
from provisioning.console import last_finished, queue
from provisioning.models import SbcNode
from trunks.services import release_account, suspend_account

MAY_SUSPEND = "accounts.suspend_account"


def waiting_for_staff() -> dict[str, Any]:
    """What the overview counts."""
    return {
        "plan_requests": open_requests().count(),
        "operations": queue().count(),
        "last_finished": last_finished(),
        "failing": list(SbcNode.objects.exclude(failing_since=None)),
        "suspended": Account.objects.exclude(suspended_at=None).count(),
    }


def suspend(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Stop everything of a customer."""
    account = _account(request, account_id, MAY_SUSPEND)

    def act(answers: dict[str, Any]) -> str:
        given = answers["cause"], answers["note"]
        count = suspend_account(account.pk, *given, reason=answers["reason"], actor=actor(request))
        text = ngettext("Suspended, and %(n)s trunk with it", "Suspended, and %(n)s trunks with it", count)
        return text % {"n": count}

    return ask_reason(
        request,
        act,
        title=_("Suspend account"),
        about=str(account),
        button=_("Suspend account"),
        back_url=_page(account),
        explained=_(
            "All its trunks take no new calls, and nothing can be ordered, changed or enabled. An order that is being "
            "worked on is finished first. Its people read the cause and the note on every page, and the owners and "
            "admins get them by mail."
        ),
        form_class=SuspendForm,
    )


def release(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """The cause is gone."""
    account = _account(request, account_id, MAY_SUSPEND)

    def act(answers: dict[str, Any]) -> str:
        count = release_account(account.pk, answers["note"], reason=answers["reason"], actor=actor(request))
        text = ngettext(
            "Released, and %(n)s trunk with it: it stays disabled until the customer enables it",
            "Released, and %(n)s trunks with it: they stay disabled until the customer enables them",
            count,
        )
        return text % {"n": count}

    return ask_reason(
        request,
        act,
        title=_("Release account"),
        about=str(account),
        button=_("Release account"),
        back_url=_page(account),
        explained=_(
            "Trunks that were suspended with the account become disabled, and stay so until the customer enables them: "
            "the owners and admins get a mail that says so. Those suspended by themselves stay suspended."
        ),
        form_class=ReleaseForm,
    )


def act_for(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Look at the portal as a customer does, without being able to change anything."""
    account = _account(request, account_id, MAY_ACT)

    def act(answers: dict[str, Any]) -> str:
        begin_acting(request, account, answers["reason"])
        return ""

    return ask_reason(
        request,
        act,
        title=_("Look as the customer"),
        about=str(account),
        button=_("Look as the customer"),
        back_url=_page(account),
        done_url=reverse("trunks:list"),
        explained=_(
            "You see the pages of its people. Nothing can be changed meanwhile, here or there, and no password is "
            "shown. It ends with a button on every page, and by itself after an hour. Both ends are in the audit trail."
        ),
    )


@require_POST
def stop_acting(request: HttpRequest) -> HttpResponse:
    """Back to the staff pages."""
    account = end_acting(request)
    return redirect(_page(account)) if account else redirect("admin:index")


def _account(request: HttpRequest, account_id: UUID, permission: str) -> Account:
    if not actor(request).has_perm(permission):
        raise PermissionDenied
    return get_object_or_404(Account, pk=account_id)


def _page(account: Account) -> str:
    return reverse("admin:accounts_account_change", args=[account.pk])
