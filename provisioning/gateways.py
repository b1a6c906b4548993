"""The node itself as a subject: its document names gateways, the other node, and where providers call from."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from provisioning.models import Operation, ProviderSource, SbcNode
from provisioning.registry import key_headers
from sbc import documents
from sbc.documents import NODE, Destination, Document, NodeDocument


class NodeSubject:
    """Changed by staff, without operations: the sweep writes what differs. The id is the node's name."""

    kind = NODE
    needs_a_node = True

    def lock(self, id: str) -> None:
        SbcNode.objects.select_for_update().get(name=id)

    def compile(self, id: str) -> Document | None:
        node = SbcNode.objects.get(name=id)
        gateways = tuple(Destination(gateway.host, gateway.port) for gateway in node.data_centre.gateways.all())
        other = node.data_centre.nodes.exclude(pk=node.pk).first()
        address = other.static_address if other else ""
        return NodeDocument(
            id,
            gateways,
            settings.SIP_REALM,
            node.data_centre_id,
            address,
            _peers(node),
            _provider_sources(),
        )

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


def _peers(node: SbcNode) -> tuple[documents.PeerNodes, ...]:
    """The nodes of the other data centres, primary first."""
    found: dict[str, list[str]] = {}
    for other in SbcNode.objects.exclude(data_centre=node.data_centre_id).order_by("data_centre", "-role"):
        found.setdefault(other.data_centre_id, []).append(other.static_address)
    return tuple(documents.PeerNodes(place, tuple(addresses)) for place, addresses in found.items())


def _provider_sources() -> tuple[documents.ProviderSource, ...]:
    """Those of a provider that we no longer know are left out."""
    headers = key_headers()
    rows = ProviderSource.objects.filter(provider__in=headers)
    return tuple(documents.ProviderSource(row.provider, row.network, headers[row.provider]) for row in rows)
