"""The number as a subject of provisioning; it changes without operations, a nudge or the sweep writes what is owed."""

from __future__ import annotations

from collections.abc import Iterable

from provisioning.models import Operation, SbcNode
from routing.models import Number
from routing.models.number import SUBJECT
from sbc.documents import Document, NumberDocument


class NumberSubject:
    kind = SUBJECT

    def lock(self, id: str) -> None:
        Number.objects.select_for_update().get(pk=id)

    def compile(self, id: str) -> Document | None:
        number = Number.objects.filter(pk=id).first()
        if number is None or number.trunk_id is None:
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
        return Number.objects.filter(data_centre=node.data_centre_id).exclude(trunk=None).values_list("pk", flat=True)

    def give_up(self, operation: Operation) -> None:
        """Never called: numbers have no operations."""

    def accepted(self, operation: Operation) -> None:
        """Never called: numbers have no operations."""

    def settled(self, operation: Operation) -> None:
        """Never called: numbers have no operations."""
