"""What every change of an account begins and ends with: the lock, the right to do it, the audit line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, AuditEvent, Limits, Member, User
from accounts.validators import why_not_manage
from common.errors import Conflict


class AccountSuspended(Conflict):
    """The account may look at what it has and delete it, nothing else."""

    title = _("This account is suspended")


def lock_account(account_id: UUID) -> Account:
    """The account's row, locked until the transaction ends. First in the lock order: account, trunk, operation."""
    return Account.objects.select_for_update().get(pk=account_id)


def refuse_if_suspended(account: Account) -> None:
    """Raises AccountSuspended (V-AC-1). The account is locked by the caller."""
    if why := account.why_suspended:
        raise AccountSuspended(why, code="V-AC-1")


def lock_for(actor: Member) -> Member:
    """The actor as they are once their account is locked: until then somebody else may have changed their role."""
    lock_account(actor.account_id)
    fresh = Member.objects.select_related("account", "user").filter(pk=actor.pk).first()
    if fresh is None:
        raise PermissionDenied
    return fresh


def allow_role(actor: Member, role: str) -> None:
    """Raises PermissionDenied unless the actor may give this role and take it away."""
    if reason := why_not_manage(actor.role, role):
        raise PermissionDenied(reason)


def limits_of(account: Account) -> Limits:
    """The account's limits, as they were when it was read; made with the defaults when staff never touched them."""
    try:
        return account.limits
    except Limits.DoesNotExist:
        return Limits.objects.get_or_create(account=account)[0]


def record(
    action: str,
    *,
    account_id: UUID | None,
    actor: User | None,
    subject_kind: str,
    subject_id: str,
    **details: Any,
) -> AuditEvent:
    """Write the audit line of a change; call it inside the transaction of that change."""
    return AuditEvent.objects.create(
        account_id=account_id,
        actor=actor,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        details=details,
    )
