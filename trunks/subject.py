"""The trunk as a subject of provisioning: how it is compiled, where it lives, how its changes end."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Now

from accounts.models import Account
from provisioning.enums import OperationKind, Status
from provisioning.models import Operation, SbcNode
from sbc.documents import Document
from trunks.compile import trunk_document
from trunks.endings import (
    SUSPENDED_AFTERWARDS,
    fail,
    forget_unused_credentials,
    release_if_account_was,
    settle_money,
    succeed,
    suspend_if_asked_meanwhile,
)
from trunks.enums import AdminStatus
from trunks.models import Credential, Trunk, TrunkRevision
from trunks.models.trunk import SUBJECT
from trunks.releasing import release_unneeded


class TrunkSubject:
    kind = SUBJECT
    needs_a_node = True

    def lock(self, id: str) -> None:
        Account.objects.select_for_update(of=("self",)).only("pk").get(trunks=UUID(id))
        Trunk.objects.select_for_update().only("pk").get(pk=id)

    def compile(self, id: str) -> Document | None:
        return trunk_document(Trunk.objects.select_related("account__limits", "wanted", "credential").get(pk=id))

    def assigned_nodes(self, id: str) -> Iterable[SbcNode]:
        return SbcNode.objects.filter(data_centre__trunks=UUID(id))

    def ids_on(self, node: SbcNode) -> Iterable[str]:
        trunks = Trunk.objects.filter(data_centre=node.data_centre_id, withdrawn_at=None)
        return map(str, trunks.values_list("pk", flat=True))

    def give_up(self, operation: Operation) -> None:
        trunk = Trunk.objects.filter(pk=operation.subject_id)
        if operation.kind == OperationKind.CREATE:
            trunk.update(withdrawn_at=Now())
        elif operation.kind == OperationKind.UPDATE:
            live = TrunkRevision.objects.filter(pk=OuterRef("live")).order_by()
            trunk.update(wanted=F("live"), name=Subquery(live.values("name")))
        elif operation.kind == OperationKind.RESET_PASSWORD:
            Credential.objects.filter(trunk__in=trunk).update(until=F("live_until"))
            trunk.update(credential=F("live_credential"))
        elif operation.kind == OperationKind.ENABLE:
            trunk.filter(admin_status=AdminStatus.ENABLED).update(admin_status=AdminStatus.DISABLED)
        elif operation.kind == OperationKind.RELEASE:
            trunk.filter(admin_status=AdminStatus.DISABLED).update(admin_status=AdminStatus.SYSTEM_DISABLED)

    def accepted(self, operation: Operation) -> None:
        Trunk.objects.filter(pk=operation.subject_id).update(action=operation.status, changed_at=Now())

    def settled(self, operation: Operation) -> None:
        Trunk.objects.filter(pk=operation.subject_id).update(action=operation.status)
        trunk = Trunk.objects.select_related("account", "wanted").get(pk=operation.subject_id)
        settle_money(trunk, operation)
        if operation.status == Status.SUCCESS:
            succeed(trunk, operation)
        elif operation.status == Status.FAILED:
            fail(trunk, operation)
        release_unneeded(trunk)
        forget_unused_credentials(trunk)
        if operation.kind in SUSPENDED_AFTERWARDS:
            suspend_if_asked_meanwhile(trunk, operation)
        elif operation.kind == OperationKind.SUSPEND and operation.status == Status.SUCCESS:
            release_if_account_was(trunk, operation)
