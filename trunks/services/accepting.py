"""What every change of a trunk begins and ends with: the lock, the refusals, the operation."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import lock_account, refuse_if_suspended
from common.errors import Conflict
from provisioning.enums import OperationKind, Status
from provisioning.models import Operation
from provisioning.operations import accept, latest_operation
from trunks.models import Trunk
from trunks.models.trunk import SUBJECT


def lock_trunk(trunk: Trunk) -> Trunk:
    """The trunk as it is now, nobody else's until the transaction ends: account first, then trunk."""
    account = lock_account(trunk.account_id)
    locked = Trunk.objects.select_for_update(of=("self",)).select_related("wanted__quote", "live").get(pk=trunk.pk)
    locked.account = account
    return locked


def refuse_if_unusable(trunk: Trunk) -> None:
    """Raises AccountSuspended, and Conflict V-OP-4 for a trunk that can only be deleted."""
    refuse_if_suspended(trunk.account)
    newest = latest_operation(SUBJECT, str(trunk.pk))
    if trunk.withdrawn_at is not None or (newest and newest.status == Status.FAILED):
        raise Conflict(_("This trunk cannot be changed. Delete it and create a new one"), code="V-OP-4")


def accept_change(kind: OperationKind, trunk: Trunk, actor: User | None, **changed: object) -> Operation:
    """Write the changed columns with a new generation, and the operation that brings them to the nodes."""
    for name, value in changed.items():
        setattr(trunk, name, value)
    trunk.generation += 1
    trunk.save(update_fields=["generation", *changed])
    return accept_trunk(kind, trunk, actor)


def accept_trunk(kind: OperationKind, trunk: Trunk, actor: User | None) -> Operation:
    """The operation of the trunk's present generation. Raises Conflict V-OP-1 while another change is pending."""
    return accept(
        kind,
        subject_kind=SUBJECT,
        subject_id=str(trunk.pk),
        subject_name=trunk.name,
        generation=trunk.generation,
        account=trunk.account,
        actor=actor,
    )
