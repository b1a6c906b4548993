"""Switches a trunk on and off: by its customer, and by us."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from common.errors import Conflict
from provisioning.enums import OperationKind
from provisioning.operations import pending_operation
from trunks.endings import SUSPENDED_AFTERWARDS
from trunks.enums import AdminStatus, Cause
from trunks.models import Trunk
from trunks.models.trunk import SUBJECT
from trunks.services.accepting import accept_change, lock_trunk, refuse_if_unusable


def enable_trunk(trunk: Trunk, actor: User) -> None:
    """Allow calls again. Raises Conflict when the trunk is not a disabled one."""
    with transaction.atomic():
        trunk = lock_trunk(trunk)
        _set_admin_status(trunk, AdminStatus.ENABLED, OperationKind.ENABLE, actor)


def disable_trunk(trunk: Trunk, actor: User) -> None:
    """Stop calls. Raises Conflict when the trunk is not an enabled one."""
    with transaction.atomic():
        trunk = lock_trunk(trunk)
        _set_admin_status(trunk, AdminStatus.DISABLED, OperationKind.DISABLE, actor)


def _set_admin_status(trunk: Trunk, status: AdminStatus, kind: OperationKind, actor: User) -> None:
    if trunk.admin_status == AdminStatus.SYSTEM_DISABLED:
        message = _("This trunk was disabled by us: %(cause)s. Fix the cause first")
        raise Conflict(message % {"cause": cause_of(trunk)}, code="V-OP-3")
    refuse_if_unusable(trunk)
    if trunk.admin_status == status:
        raise Conflict(_("This trunk is %(status)s already") % {"status": str(status.label).lower()})
    accept_change(kind, trunk, actor, admin_status=status)


def cause_of(trunk: Trunk) -> str:
    """Why we disabled it, in words for its customer: the cause, and the note where there is one."""
    cause = "" if trunk.suspension in {"", Cause.OTHER} else str(Cause(trunk.suspension).label)
    return ". ".join(words for words in (cause, trunk.suspension_note) if words) or _("contact us about the cause")


def suspend_trunk(trunk: Trunk, cause: Cause, note: str, actor: User | None, **support: str) -> None:
    """Stop calls for a cause of ours, overtaking a pending change; a trunk that is still being created is disabled
    once it is there. Suspending it again only changes cause and note, which the customer reads; `support`, the reason
    of our own, stays in the audit trail. Raises Conflict for a trunk that is going away.
    """
    with transaction.atomic():
        trunk = lock_trunk(trunk)
        if trunk.withdrawn_at is not None:
            raise Conflict(_("This trunk is being deleted or was never created"), code="V-OP-4")
        was = trunk.admin_status
        why = {"suspension": cause, "suspension_note": note, "suspended_at": trunk.suspended_at or Now()}
        Trunk.objects.filter(pk=trunk.pk).update(admin_status=AdminStatus.SYSTEM_DISABLED, **why)
        _record_cause(trunk, cause, note, actor, **support)
        pending = pending_operation(SUBJECT, str(trunk.pk))
        if was == AdminStatus.SYSTEM_DISABLED or (pending and pending.kind in SUSPENDED_AFTERWARDS):
            return
        # A change that is overtaken takes its name with it.
        trunk.name = trunk.live.name if trunk.live else trunk.name
        accept_change(OperationKind.SUSPEND, trunk, actor)


def _record_cause(trunk: Trunk, cause: Cause, note: str, actor: User | None, **support: str) -> None:
    """The trunk forgets the cause when it is released; the audit trail does not."""
    about = {"subject_kind": SUBJECT, "subject_id": str(trunk.pk)}
    record(
        f"{SUBJECT}.suspension", account_id=trunk.account_id, actor=actor, **about, cause=cause, note=note, **support
    )


def release_trunk(trunk: Trunk, actor: User | None) -> None:
    """The cause is gone: the trunk becomes disabled, its customer may enable it. Raises Conflict when we had not
    disabled it, and V-OP-1 while that is not on the nodes yet.
    """
    with transaction.atomic():
        trunk = lock_trunk(trunk)
        refuse_if_unusable(trunk)
        if trunk.admin_status != AdminStatus.SYSTEM_DISABLED:
            raise Conflict(_("This trunk is not suspended"))
        accept_change(OperationKind.RELEASE, trunk, actor, admin_status=AdminStatus.DISABLED)
