"""What an order or an edit of a trunk says, checked: what the wizard, the pages and the API hand to the services."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Self

from addresses.models import ServiceAddress
from provisioning.models import DataCentre
from trunks.enums import Dtmf, Fax, NumberFormat, Privacy, Strategy
from trunks.models import TrunkRevision
from trunks.providers import Facts, Preset


@dataclass(frozen=True, slots=True)
class TrunkSettings:
    """Everything that can change later. Values are stored words (see `trunks.enums`); `destinations` are (host, port),
    port 0 is an SRV look-up.
    """

    name: str
    channels: int
    codecs: list[str]
    dtmf: str = Dtmf.RFC2833
    fax: str = Fax.NONE
    number_format: str = NumberFormat.E164
    privacy: str = Privacy.NONE
    international: bool = False
    options: bool = False
    strategy: str = Strategy.FAILOVER
    source_hosts: list[str] = field(default_factory=list)
    destinations: list[tuple[str, int]] = field(default_factory=list)
    challenge_invites: bool = False

    @classmethod
    def preset(cls, preset: Preset, *, name: str, channels: int, international: bool) -> Self:
        """What remains to choose where the provider dictates the rest."""
        return cls(
            name=name,
            channels=channels,
            international=international,
            codecs=list(preset.codecs),
            dtmf=preset.dtmf,
            fax=preset.fax,
            number_format=preset.number_format,
            privacy=preset.privacy,
        )

    @classmethod
    def of(cls, revision: TrunkRevision) -> Self:
        """The settings that a revision has."""
        values = {name: getattr(revision, name) for name in cls.names()}
        values["destinations"] = [(host, port) for host, port in revision.destinations]
        return cls(**values)

    @classmethod
    def names(cls) -> list[str]:
        """The fields, as the columns of a revision are called."""
        return [each.name for each in fields(cls)]

    def columns(self) -> dict[str, Any]:
        """As the columns of a revision."""
        values = {name: getattr(self, name) for name in self.names()}
        values["destinations"] = [list(destination) for destination in self.destinations]
        return values


@dataclass(frozen=True, slots=True)
class TrunkSpecification:
    """An order: what can never change, and the first settings."""

    kind: str
    provider: str
    plan_code: str
    data_centre: DataCentre
    service_address: ServiceAddress | None
    settings: TrunkSettings
    tls: bool = False
    provider_facts: Facts = field(default_factory=dict)
    # What the buyer said about the equipment; None: the address alone says where it is.
    in_the_us: bool | None = None
