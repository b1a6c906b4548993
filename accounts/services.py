"""What is done to accounts: the lock, the audit line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.models import Account, AuditEvent, Limits, User


def lock_account(account_id: UUID) -> Account:
    """The account's row, locked until the transaction ends. First in the lock order: account, trunk, operation."""
    return Account.objects.select_for_update().get(pk=account_id)


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
