"""Where a trunk's PBX and our nodes meet: an address, a port and a transport per node."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings

from provisioning.models import DataCentre, SbcNode
from trunks.models import Trunk
from trunks.selectors import nodes_of
from trunks.validators.hosts import TLS_PORT, show_destination


@dataclass(frozen=True, slots=True)
class NodeAddress:
    """How one node is reached by a trunk's PBX. `transport` is UDP or TLS; voice is on `media_ports`, always UDP."""

    role: str
    label: str
    host: str
    port: int
    transport: str
    media_ports: str

    @property
    def where(self) -> str:
        """host:port"""
        return show_destination(self.host, self.port)


def node_addresses(trunk: Trunk) -> list[NodeAddress]:
    """Primary first. Registered trunks have addresses of their own on nodes that separate the two."""
    return addresses_in(trunk.data_centre, registers=trunk.registers, tls=trunk.tls)


def addresses_in(
    data_centre: DataCentre, *, registers: bool, tls: bool, nodes: Iterable[SbcNode] | None = None
) -> list[NodeAddress]:
    """The same for a trunk that is not there yet. `nodes` are those of all data centres where they are read already."""
    near = nodes_of(data_centre) if nodes is None else [node for node in nodes if node.data_centre_id == data_centre.pk]
    return [node_address(node, registers, tls) for node in near]


@dataclass(frozen=True, slots=True)
class NodeCertificate:
    """What a node shows to a PBX that connects over TLS, as it was last read there."""

    label: str
    subject: str
    issuer: str
    names: list[str]
    ends_at: datetime
    fingerprint: str


def node_certificates(trunk: Trunk) -> list[NodeCertificate]:
    """Primary first; none for a trunk without TLS, or before the nodes were asked."""
    return [_certificate(node) for node in _nodes_with_certificate(trunk)]


def authorities(trunk: Trunk) -> str:
    """Whom a PBX must trust to believe the nodes: one or more certificates, PEM; empty when there are none."""
    texts = [node.certificate["authority"].strip() for node in _nodes_with_certificate(trunk)]
    return "".join(f"{text}\n" for text in dict.fromkeys(texts))


def _nodes_with_certificate(trunk: Trunk) -> list[SbcNode]:
    return [node for node in nodes_of(trunk.data_centre) if node.certificate] if trunk.tls else []


def _certificate(node: SbcNode) -> NodeCertificate:
    names = ("subject", "issuer", "names", "fingerprint")
    ends_at = datetime.fromtimestamp(node.certificate["ends_at"], UTC)
    return NodeCertificate(
        str(node.get_role_display()), ends_at=ends_at, **{name: node.certificate[name] for name in names}
    )


def node_address(node: SbcNode, registers: bool, tls: bool) -> NodeAddress:
    """Where one node takes such a trunk's calls."""
    host = (node.registered_address if registers else None) or node.static_address
    port, transport = (TLS_PORT, "TLS") if tls else (node.sip_port, "UDP")
    return NodeAddress(node.role, str(node.get_role_display()), host, port, transport, settings.MEDIA_PORTS)
