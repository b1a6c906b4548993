"""What support does to a customer's trunks: suspends and releases one, or the whole account with all of them."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import Account, User
from accounts.services import lock_account, record
from common.errors import Conflict
from provisioning.operations import pending_operation
from trunks.enums import AdminStatus, Cause
from trunks.models import Trunk
from trunks.models.trunk import SUBJECT
from trunks.selectors import living
from trunks.services.switching import release_trunk, suspend_trunk
from trunks.services.telling import tell_account_released, tell_account_suspended, tell_released, tell_suspended

RELEASED = "trunk.released"


@transaction.atomic
def suspend_for_support(trunk: Trunk, cause: Cause, note: str, *, reason: str, actor: User) -> None:
    """The customer reads `note`; `reason` stays in the audit trail, among us. Raises like `suspend_trunk`."""
    suspend_trunk(trunk, cause, note, actor, support=reason)
    tell_suspended(trunk.pk)


@transaction.atomic
def release_for_support(trunk: Trunk, note: str = "", *, reason: str, actor: User) -> None:
    """`note` and `reason` as above. Raises like `release_trunk`, and AccountSuspended while the whole account is."""
    release_trunk(trunk, actor)
    _record_release(trunk, note, reason, actor)
    tell_released(trunk.pk, note)


@transaction.atomic
def suspend_account(account_id: UUID, cause: str, note: str, *, reason: str, actor: User) -> int:
    """Suspend the account and those of its trunks that are not suspended already; answers how many. Changes that are
    pending end as `suspend_trunk` says. Doing it again changes the cause and the note, which the customer reads.
    """
    account = lock_account(account_id)
    since = account.suspended_at or Now()
    Account.objects.filter(pk=account_id).update(suspended_at=since, suspension=cause, suspension_note=note)
    trunks = list(living(account).exclude(admin_status=AdminStatus.SYSTEM_DISABLED).order_by("pk"))
    for trunk in trunks:
        suspend_trunk(trunk, Cause.ACCOUNT, "", actor, support=reason)
    _record("account.suspend", account_id, actor, support=reason, cause=cause, note=note)
    tell_account_suspended(account_id)
    return len(trunks)


@transaction.atomic
def release_account(account_id: UUID, note: str = "", *, reason: str, actor: User) -> int:
    """Release the account and the trunks that were suspended with it; answers how many. They become disabled, and
    their people may enable them. One whose suspension is still on its way to the nodes follows at its end
    (`trunks.endings`). Doing it again releases the trunks whose release was not applied. Raises Conflict when there is
    nothing to release.
    """
    account = lock_account(account_id)
    suspended = living(account).filter(admin_status=AdminStatus.SYSTEM_DISABLED, suspension=Cause.ACCOUNT)
    trunks = list(suspended.order_by("pk"))
    if account.suspended_at is None and not trunks:
        raise Conflict(_("This account is not suspended"))
    Account.objects.filter(pk=account_id).update(suspended_at=None, suspension="", suspension_note="")
    for trunk in trunks:
        if pending_operation(SUBJECT, str(trunk.pk)) is None:
            release_trunk(trunk, actor)
        _record_release(trunk, note, reason, actor)
    _record("account.release", account_id, actor, support=reason, note=note)
    tell_account_released(account_id, trunks, note)
    return len(trunks)


def _record_release(trunk: Trunk, note: str, reason: str, actor: User) -> None:
    about = {"subject_kind": SUBJECT, "subject_id": str(trunk.pk)}
    record(RELEASED, account_id=trunk.account_id, actor=actor, **about, support=reason, note=note)


def _record(action: str, account_id: UUID, actor: User, **details: str) -> None:
    record(action, account_id=account_id, actor=actor, subject_kind="account", subject_id=str(account_id), **details)
