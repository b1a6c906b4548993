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


@transaction.atomic
def suspend_for_support(trunk: Trunk, cause: Cause, note: str, *, reason: str, actor: User) -> None:
    """`note` is for the customer, `reason` for the audit trail. Raises like `suspend_trunk`."""
    suspend_trunk(trunk, cause, note, actor)
    _record("trunk.suspended", trunk.account_id, (SUBJECT, str(trunk.pk)), actor, reason)


@transaction.atomic
def release_for_support(trunk: Trunk, *, reason: str, actor: User) -> None:
    """Raises like `release_trunk`, and AccountSuspended while the whole account is."""
    release_trunk(trunk, actor)
    _record("trunk.released", trunk.account_id, (SUBJECT, str(trunk.pk)), actor, reason)


@transaction.atomic
def suspend_account(account_id: UUID, cause: str, note: str, *, reason: str, actor: User) -> int:
    """Suspend the account and those of its trunks that are not suspended already; answers how many. Changes that are
    pending end as `suspend_trunk` says. Doing it again changes the cause and the note.
    """
    account = lock_account(account_id)
    since = account.suspended_at or Now()
    Account.objects.filter(pk=account_id).update(suspended_at=since, suspension=cause, suspension_note=note)
    trunks = list(living(account).exclude(admin_status=AdminStatus.SYSTEM_DISABLED).order_by("pk"))
    for trunk in trunks:
        suspend_trunk(trunk, Cause.ACCOUNT, "", actor)
    _record("account.suspend", account_id, ("account", str(account_id)), actor, reason, cause=cause, note=note)
    return len(trunks)


@transaction.atomic
def release_account(account_id: UUID, *, reason: str, actor: User) -> int:
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
    _record("account.release", account_id, ("account", str(account_id)), actor, reason)
    return len(trunks)


def _record(action: str, account_id: UUID, subject: tuple[str, str], actor: User, reason: str, **details: str) -> None:
    about = dict(zip(("subject_kind", "subject_id"), subject, strict=True))
    record(action, account_id=account_id, actor=actor, support=reason, **about, **details)
