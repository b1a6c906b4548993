"""A customer asks for a plan, support answers, the person who asked gets a mail."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import Account, User
from accounts.services import lock_account, record, refuse_if_suspended
from billing.enums import RequestStatus
from billing.models import Plan, PlanActivation, PlanRequest
from common.errors import Conflict

logger = logging.getLogger(__name__)


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
    return request


@transaction.atomic
def activate(request: PlanRequest, *, reason: str, actor: User) -> None:
    """Activate the plan. Raises Conflict when the request was answered before."""
    request = _lock(request.account_id, request.pk)
    PlanActivation.objects.get_or_create(account=request.account, plan=request.plan, defaults={"activated_by": actor})
    _answer(request, RequestStatus.ACTIVATED, reason, actor)


@transaction.atomic
def decline(request: PlanRequest, *, reason: str, actor: User) -> None:
    """Leave the plan as it is. Raises Conflict when the request was answered before."""
    _answer(_lock(request.account_id, request.pk), RequestStatus.DECLINED, reason, actor)


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


def _answer(request: PlanRequest, status: RequestStatus, reason: str, actor: User) -> None:
    request.status, request.reason, request.answered_by, request.answered_at = status, reason, actor, Now()
    request.save(update_fields=["status", "reason", "answered_by", "answered_at"])
    _record(f"plan.{status.lower()}", request, actor, support=reason)
    transaction.on_commit(lambda: _tell(request), robust=True)


def _tell(request: PlanRequest) -> None:
    """The mail is a courtesy: the plan's card says the same, so a mail server that is down stops nothing."""
    activated = request.status == RequestStatus.ACTIVATED
    words = _("%(plan)s is active now") if activated else _("%(plan)s was not activated")
    context = {"request": request, "activated": activated, "brand": settings.BRAND, "url": settings.SITE_URL}
    text = render_to_string("billing/email/plan_answer.txt", context)
    subject = f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{words % {'plan': request.plan}}"
    try:
        send_mail(subject, text, None, [request.asked_by.email])
    except (SMTPException, OSError) as trouble:
        logger.warning("the answer to plan request %s was not mailed: %s", request.pk, trouble)


def _record(action: str, request: PlanRequest, actor: User, **details: str) -> None:
    about = {"subject_kind": "account", "subject_id": str(request.account_id)}
    record(action, account_id=request.account_id, actor=actor, plan=request.plan_id, **about, **details)
