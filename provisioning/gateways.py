"""The node itself as a subject: its document names the carrier's gateways and the other node."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from provisioning.models import Operation, SbcNode
from sbc.documents import NODE, Destination, Document, NodeDocument


class NodeSubject:
    """Changed by staff, without operations: the sweep writes what differs. The id is the node's name."""

    kind = NODE

    def lock(self, id: str) -> None:
        SbcNode.objects.select_for_update().get(name=id)

    def compile(self, id: str) -> Document | None:
        node = SbcNode.objects.get(name=id)
        gateways = tuple(Destination(gateway.host, gateway.port) for gateway in node.data_centre.gateways.all())
        other = node.data_centre.nodes.exclude(pk=node.pk).first()
        address = other.static_address if other else ""
        return NodeDocument(id=id, gateways=gateways, realm=settings.SIP_REALM, other_node=address)

    def assigned_nodes(self, id: str) -> Iterable[SbcNode]:
        return SbcNode.objects.filter(name=id)

    def ids_on(self, node: SbcNode) -> Iterable[str]:
        return [node.name]

    def give_up(self, operation: Operation) -> None:
        """Never called: nodes have no operations."""

    def accepted(self, operation: Operation) -> None:
        """Never called: nodes have no operations."""

    def settled(self, operation: Operation) -> None:
        """Never called: nodes have no operations."""
