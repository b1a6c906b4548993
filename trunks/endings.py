"""The consequences of how a trunk's change ended; all inside the settling transaction, rows locked."""

from __future__ import annotations

from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from billing.services import capture, release
from provisioning.enums import OperationKind, Status
from provisioning.models import Operation
from provisioning.operations import accept
from provisioning.wanted import want
from trunks.departures import depart
from trunks.enums import AdminStatus, Cause
from trunks.models import Credential, Trunk
from trunks.models.trunk import SUBJECT

# A suspension that comes during these waits for their end; it overtakes all others.
SUSPENDED_AFTERWARDS = frozenset({OperationKind.CREATE, OperationKind.DISABLE})


def hold_reference(trunk: Trunk, operation: Operation | None = None) -> str:
    """What the money held for a new trunk, or for a change of one, is filed under."""
    return f"trunk:{trunk.pk}:{operation.generation}" if operation else f"trunk:{trunk.pk}"


def settle_money(trunk: Trunk, operation: Operation) -> None:
    """Charge or give back what was held for the operation, if anything was."""
    end = capture if operation.status == Status.SUCCESS else release
    if operation.kind == OperationKind.CREATE:
        end(trunk.account, reference=hold_reference(trunk))
    elif operation.kind == OperationKind.UPDATE:
        end(trunk.account, reference=hold_reference(trunk, operation), if_any=True)


def succeed(trunk: Trunk, operation: Operation) -> None:
    """All nodes have what was asked for."""
    row = Trunk.objects.filter(pk=trunk.pk)
    if operation.kind == OperationKind.DELETE:
        row.update(gone_at=Now(), service_address=None)
        depart(trunk)
        forget_passwords(trunk)
        return
    row.update(live=trunk.wanted_id, live_credential=trunk.credential_id)
    if trunk.registers:
        Credential.objects.filter(trunk=trunk).update(live_until=F("until"))
    if operation.kind == OperationKind.RELEASE:
        row.update(suspension="", suspension_note="", suspended_at=None, released_at=Now())
    if operation.kind == OperationKind.ENABLE:
        row.update(released_at=None)


def fail(trunk: Trunk, operation: Operation) -> None:
    """The trunk can only be deleted. One that was live is taken off the nodes that can be reached."""
    if operation.kind == OperationKind.CREATE:
        forget_passwords(trunk)
        return
    trunk.withdrawn_at = trunk.withdrawn_at or timezone.now()
    trunk.save(update_fields=["withdrawn_at"])
    want(SUBJECT, str(trunk.pk), generation=operation.generation, epoch=operation.lease_epoch + 1)


def forget_passwords(trunk: Trunk) -> None:
    """Of a trunk that nobody will sign in to any more."""
    Trunk.objects.filter(pk=trunk.pk).update(credential=None, live_credential=None)
    Credential.objects.filter(trunk=trunk).delete()
    trunk.credential_id = None


def forget_unused_credentials(trunk: Trunk) -> None:
    """Passwords that no node accepts any more, or that came to nothing."""
    used = [trunk.credential_id] if trunk.credential_id else []
    Credential.objects.filter(trunk=trunk, until=None).exclude(pk__in=used).delete()


def suspend_if_asked_meanwhile(trunk: Trunk, operation: Operation) -> None:
    """Bring a suspension to the nodes that came while the trunk was being created or disabled."""
    if trunk.withdrawn_at is None and trunk.admin_status == AdminStatus.SYSTEM_DISABLED:
        _accept_next(OperationKind.SUSPEND, trunk, operation)


def release_if_account_was(trunk: Trunk, operation: Operation) -> None:
    """The account was released while this suspension was still on its way: the trunk follows."""
    with_account = trunk.admin_status == AdminStatus.SYSTEM_DISABLED and trunk.suspension == Cause.ACCOUNT
    if trunk.withdrawn_at is None and with_account and trunk.account.suspended_at is None:
        trunk.admin_status = AdminStatus.DISABLED
        _accept_next(OperationKind.RELEASE, trunk, operation)


def _accept_next(kind: OperationKind, trunk: Trunk, operation: Operation) -> None:
    trunk.generation += 1
    trunk.save(update_fields=["generation", "admin_status"])
    accept(
        kind,
        subject_kind=SUBJECT,
        subject_id=operation.subject_id,
        subject_name=operation.subject_name,
        generation=trunk.generation,
        account=trunk.account,
        actor=None,
    )
