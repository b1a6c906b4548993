"""Everything that an order of a trunk says, checked: what the wizard and the API hand to the service."""

from __future__ import annotations

from dataclasses import dataclass, field

from addresses.models import ServiceAddress
from provisioning.models import DataCentre


@dataclass(frozen=True, slots=True)
class TrunkSpecification:
    """Values are stored words (see `trunks.enums`); `destinations` are (host, port), port 0 is an SRV look-up."""

    kind: str
    provider: str
    plan_code: str
    channels: int
    name: str
    data_centre: DataCentre
    service_address: ServiceAddress | None
    codecs: list[str]
    dtmf: str
    fax: str
    number_format: str
    international: bool
    options: bool
    strategy: str
    tls: bool = False
    privacy: str = "NONE"
    challenge_invites: bool = False
    source_hosts: list[str] = field(default_factory=list)
    destinations: list[tuple[str, int]] = field(default_factory=list)
