"""The number as a subject of provisioning. An owned number is a document on its home data centre's nodes, also when it
leads nowhere. Buying and giving back are operations; pointing it elsewhere is a nudge, or the sweep's.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models.functions import Now

from accounts.models import Account
from provisioning.enums import OperationKind
from provisioning.models import Operation, SbcNode
from routing.endings import settle_number
from routing.models import Number
from routing.models.number import SUBJECT
from sbc.documents import Document, NumberDocument


class NumberSubject:
    kind = SUBJECT
    needs_a_node = True

    def lock(self, id: str) -> None:
        holder = Number.objects.values_list("account", flat=True).get(pk=id)
        if holder is not None:
            Account.objects.select_for_update().only("pk").get(pk=holder)
        Number.objects.select_for_update().only("pk").get(pk=id)

    def compile(self, id: str) -> Document | None:
        number = Number.objects.filter(pk=id).first()
        if number is None or number.account_id is None or number.leaving_at is not None:
            return None
        return NumberDocument(
            id=id,
            account_id=str(number.account_id),
            trunk_id=str(number.trunk_id or ""),
            route_id=str(number.route_id or ""),
        )

    def assigned_nodes(self, id: str) -> Iterable[SbcNode]:
        return SbcNode.objects.filter(data_centre__numbers=id)

    def ids_on(self, node: SbcNode) -> Iterable[str]:
        owned = Number.objects.filter(data_centre=node.data_centre_id, account__isnull=False, leaving_at=None)
        return owned.values_list("pk", flat=True)

    def give_up(self, operation: Operation) -> None:
        if operation.kind == OperationKind.CREATE:
            Number.objects.filter(pk=operation.subject_id).update(leaving_at=Now())

    def accepted(self, operation: Operation) -> None:
        Number.objects.filter(pk=operation.subject_id).update(action=operation.status)

    def settled(self, operation: Operation) -> None:
        Number.objects.filter(pk=operation.subject_id).update(action=operation.status)
        settle_number(Number.objects.get(pk=operation.subject_id), operation)
