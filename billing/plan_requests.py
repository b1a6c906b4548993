"""A customer asks for a plan, support answers, the person who asked gets a mail."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account, User
from accounts.services import lock_account, record, refuse_if_suspended
from billing.enums import RequestStatus
from billing.models import Plan, PlanActivation, PlanRequest
from common.errors import Conflict
from common.mail import send_courtesy


@transaction.atomic
def ask_for_plan(account: Account, plan: Plan, actor: User, note: str = "") -> PlanRequest | None:
    """Ask support to activate the plan. Asking again is the same request; None when the plan is active already.

    Raises AccountSuspended.
    """
    account = lock_account(account.pk)
    refuse_if_suspended(account)
    if PlanActivation.objects.filter(account=account, plan=plan).exists():
        return None
    waiting = PlanRequest.objects.filter(account=account, plan=plan, status=RequestStatus.OPEN).first()
    if waiting is not None:
        return waiting
    request = PlanRequest.objects.create(account=account, plan=plan, asked_by=actor, note=note)
    _record("plan.request", request, actor)
    transaction.on_commit(lambda: _tell_support(request), robust=True)
    return request


@transaction.atomic
def activate(request: PlanRequest, note: str, actor: User) -> None:
    """Activate the plan; whoever asked reads the note. Raises Conflict when the request was answered before."""
    request = _lock(request.account_id, request.pk)
    PlanActivation.objects.get_or_create(account=request.account, plan=request.plan, defaults={"activated_by": actor})
    _answer(request, RequestStatus.ACTIVATED, note, actor)


@transaction.atomic
def decline(request: PlanRequest, note: str, actor: User) -> None:
    """Leave the plan as it is; the note says why. Raises Conflict when the request was answered before."""
    _answer(_lock(request.account_id, request.pk), RequestStatus.DECLINED, note, actor)


@transaction.atomic
def answer_by_activation(activation: PlanActivation, actor: User) -> None:
    """The plan was activated on the account's page: whoever waits for it has the answer."""
    lock_account(activation.account_id)
    waiting = PlanRequest.objects.filter(plan=activation.plan_id, account=activation.account_id)
    for request in waiting.filter(status=RequestStatus.OPEN).select_related("account", "plan", "asked_by"):
        _answer(request, RequestStatus.ACTIVATED, "", actor)


def _lock(account_id: UUID, request_id: int) -> PlanRequest:
    lock_account(account_id)
    request = PlanRequest.objects.select_related("account", "plan", "asked_by").get(pk=request_id)
    if not request.is_open:
        raise Conflict(_("This request was answered already"))
    return request


def _answer(request: PlanRequest, status: RequestStatus, note: str, actor: User) -> None:
    request.status, request.reason, request.answered_by, request.answered_at = status, note, actor, Now()
    request.save(update_fields=["status", "reason", "answered_by", "answered_at"])
    _record(f"plan.{status.lower()}", request, actor, note=note)
    transaction.on_commit(lambda: _tell(request), robust=True)


def _tell_support(request: PlanRequest) -> None:
    words = _("%(account)s asks for %(plan)s") % {"account": request.account, "plan": request.plan}
    inbox = f"{settings.SITE_URL}{reverse('admin:billing_planrequest_changelist')}"
    send_courtesy([settings.SUPPORT_EMAIL], words, "billing/email/plan_request.txt", request=request, inbox=inbox)


def _tell(request: PlanRequest) -> None:
    activated = request.status == RequestStatus.ACTIVATED
    words = _("%(plan)s is active now") if activated else _("%(plan)s was not activated")
    facts = {"request": request, "activated": activated}
    send_courtesy([request.asked_by.email], words % {"plan": request.plan}, "billing/email/plan_answer.txt", **facts)


def _record(action: str, request: PlanRequest, actor: User, **details: str) -> None:
    about = {"subject_kind": "account", "subject_id": str(request.account_id)}
    record(action, account_id=request.account_id, actor=actor, plan=request.plan_id, **about, **details)
