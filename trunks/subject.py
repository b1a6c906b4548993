"""The trunk as a subject of provisioning: how it is compiled, where it lives, how its changes end."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models.functions import Now

from accounts.models import Account
from billing.services import capture, release
from provisioning.enums import OperationKind, Status
from provisioning.models import Operation, SbcNode
from sbc.documents import Document
from trunks.compile import trunk_document
from trunks.departures import depart
from trunks.enums import AdminStatus
from trunks.models import HostClaim, Trunk
from trunks.models.trunk import SUBJECT


class TrunkSubject:
    kind = SUBJECT

    def lock(self, id: str) -> None:
        Account.objects.select_for_update(of=("self",)).only("pk").get(trunks=UUID(id))
        Trunk.objects.select_for_update().only("pk").get(pk=id)

    def compile(self, id: str) -> Document | None:
        return trunk_document(Trunk.objects.select_related("wanted").get(pk=id))

    def assigned_nodes(self, id: str) -> Iterable[SbcNode]:
        return SbcNode.objects.filter(data_centre__trunks=UUID(id))

    def ids_on(self, node: SbcNode) -> Iterable[str]:
        trunks = Trunk.objects.filter(data_centre=node.data_centre_id, withdrawn_at=None)
        return map(str, trunks.values_list("pk", flat=True))

    def give_up(self, operation: Operation) -> None:
        trunk = Trunk.objects.filter(pk=operation.subject_id)
        if operation.kind == OperationKind.CREATE:
            trunk.update(withdrawn_at=Now())
        elif operation.kind == OperationKind.ENABLE:
            trunk.update(admin_status=AdminStatus.DISABLED)

    def settled(self, operation: Operation) -> None:
        trunk = Trunk.objects.select_related("account").get(pk=operation.subject_id)
        succeeded = operation.status == Status.SUCCESS
        if operation.kind == OperationKind.CREATE:
            (capture if succeeded else release)(trunk.account, reference=hold_reference(trunk))
            if not succeeded:
                release_claims(trunk)
        if succeeded and operation.kind == OperationKind.DELETE:
            Trunk.objects.filter(pk=trunk.pk).update(gone_at=Now(), service_address=None)
            depart(trunk)
            release_claims(trunk)
        elif succeeded:
            Trunk.objects.filter(pk=trunk.pk).update(live=trunk.wanted_id)


def hold_reference(trunk: Trunk) -> str:
    """What the money held for a new trunk is filed under."""
    return f"trunk:{trunk.pk}"


def release_claims(trunk: Trunk) -> None:
    """From now on others may claim the trunk's source addresses."""
    HostClaim.objects.filter(trunk=trunk, released_at=None).update(released_at=Now())
