"""What a node must know, as frozen documents: their wire form and their hash."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

FORMAT = 4
_FIRST_WITH_GROUPS = 3
TRUNK, NUMBER, NODE, GROUP, ROUTE = "trunk", "number", "node", "group", "route"


@dataclass(frozen=True, slots=True, order=True)
class Fence:
    """Who may overwrite whom: a document with a smaller fence is refused by the node."""

    generation: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Destination:
    """Where calls to a trunk go. Port 0 asks for an SRV look-up of the host."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class EarlierHa1:
    """A password's HA1 that a reset replaced and that stays valid until then (Unix seconds); the node ends it alone."""

    md5: str
    sha256: str
    until: int


@dataclass(frozen=True, slots=True)
class ProviderSource:
    """An address or network (CIDR) that a provider's calls come from. `key_header` names the header that tells whose
    call it is; empty: the host in the request URI.
    """

    provider: str
    network: str
    key_header: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One place where a call to a route is tried: a trunk and its data centre, or a phone number in E.164 with its plus
    (the other is empty then). It may ring for `ring_seconds`; `hunt_on` says after which of its failures the next entry
    is tried: UNREACHABLE, TIMEOUT, ERROR (5xx), BUSY.
    """

    trunk_id: str
    data_centre: str
    phone: str
    ring_seconds: int
    hunt_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PeerNodes:
    """The nodes of another data centre, primary first (IP addresses): calls to its trunks go there."""

    data_centre: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The part that all documents share. `id` is unique within its kind."""

    kind: ClassVar[str]

    id: str

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON of exactly the fields of this format, without the fence."""
        return hashlib.sha256(self._canonical().encode()).hexdigest()

    def to_wire(self) -> dict[str, Any]:
        """JSON-ready members, `format` included."""
        return {"format": FORMAT} | {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_wire(cls, wire: dict[str, Any]) -> Self:
        """Read what `to_wire` wrote. Raises ValueError for a missing or unknown member or another format."""
        members = dict(wire)
        if members.pop("format", None) != FORMAT:
            raise ValueError(f"this node reads documents of format {FORMAT}")
        names = {field.name for field in fields(cls)}
        if names != members.keys():
            raise ValueError(f"members differ from format {FORMAT}: {sorted(names ^ members.keys())}")
        return cls(**cls._parse(members))

    @classmethod
    def _parse(cls, members: dict[str, Any]) -> dict[str, Any]:
        return {name: tuple(value) if isinstance(value, list) else value for name, value in members.items()}

    def _canonical(self) -> str:
        return json.dumps(self.to_wire(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


@dataclass(frozen=True, slots=True)
class TrunkDocument(Document):
    """One trunk as its nodes must have it: immutable facts, one whole revision, administrative status.

    `admin_status` is ENABLED, DISABLED or SYSTEM_DISABLED; `codecs` are PCMA, PCMU, G729 in order of preference;
    `strategy` is FAILOVER or ROUND_ROBIN; `source_hosts` are IP addresses; `group` is the channel group (the trunk
    itself unless several trunks share one limit). `provider_key` is what the provider's calls are told apart by,
    empty where a group has it.
    `username`, `realm` and the HA1s (hex) are empty except on registered trunks.
    """

    kind = TRUNK

    account_id: str
    trunk_kind: str
    provider: str
    provider_key: str
    admin_status: str
    group: str
    tls: bool
    channels: int
    calls_per_second: int
    codecs: tuple[str, ...]
    dtmf: str
    fax: str
    number_format: str
    privacy: str
    international: bool
    options: bool
    strategy: str
    source_hosts: tuple[str, ...]
    destinations: tuple[Destination, ...]
    challenge_invites: bool
    username: str
    realm: str
    ha1_md5: str
    ha1_sha256: str
    earlier_ha1s: tuple[EarlierHa1, ...]

    @classmethod
    def _parse(cls, members: dict[str, Any]) -> dict[str, Any]:
        parsed = Document._parse(members)
        parsed["destinations"] = tuple(Destination(**entry) for entry in members["destinations"])
        parsed["earlier_ha1s"] = tuple(EarlierHa1(**entry) for entry in members["earlier_ha1s"])
        return parsed


@dataclass(frozen=True, slots=True)
class NumberDocument(Document):
    """A number (DID) of an account and the trunk or the route that takes its calls; neither: nobody does. `id` is the
    number in E.164 with its plus.
    """

    kind = NUMBER

    account_id: str
    trunk_id: str
    route_id: str


@dataclass(frozen=True, slots=True)
class RouteDocument(Document):
    """The places where a call is tried one after the other, until somebody takes it."""

    kind = ROUTE

    account_id: str
    entries: tuple[Entry, ...]

    @classmethod
    def _parse(cls, members: dict[str, Any]) -> dict[str, Any]:
        parsed = Document._parse(members)
        parsed["entries"] = tuple(Entry(**entry | {"hunt_on": tuple(entry["hunt_on"])}) for entry in members["entries"])
        return parsed


@dataclass(frozen=True, slots=True)
class GroupDocument(Document):
    """Trunks of one account whose calls from their provider are alike: these share one limit, `channels`, follow the
    settings of `trunk_id` and are recorded as calls of `booked_on`.
    """

    kind = GROUP

    account_id: str
    provider: str
    provider_keys: tuple[str, ...]
    channels: int
    trunk_id: str
    booked_on: str


@dataclass(frozen=True, slots=True)
class NodeDocument(Document):
    """What a node must know besides trunks: the carrier's gateways, in the order in which they are tried, the realm
    that it names when it asks for a password, its own data centre, the other node there (IP address; empty without
    one), the nodes of other data centres, and where providers call from.
    """

    kind = NODE

    gateways: tuple[Destination, ...]
    realm: str
    data_centre: str
    other_node: str
    peers: tuple[PeerNodes, ...]
    provider_sources: tuple[ProviderSource, ...]

    @classmethod
    def _parse(cls, members: dict[str, Any]) -> dict[str, Any]:
        parsed = Document._parse(members)
        parsed["provider_sources"] = tuple(ProviderSource(**entry) for entry in members["provider_sources"])
        parsed["gateways"] = tuple(Destination(**entry) for entry in members["gateways"])
        parsed["peers"] = tuple(
            PeerNodes(entry["data_centre"], tuple(entry["addresses"])) for entry in members["peers"]
        )
        return parsed


KINDS: dict[str, type[Document]] = {
    cls.kind: cls for cls in (TrunkDocument, NumberDocument, RouteDocument, NodeDocument, GroupDocument)
}


def _plain(value: Any) -> Any:
    """A member without dataclasses in it; dataclasses.asdict does the same ten times slower."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if isinstance(value, Destination):
        return {"host": value.host, "port": value.port}
    if isinstance(value, ProviderSource):
        return {"provider": value.provider, "network": value.network, "key_header": value.key_header}
    if isinstance(value, EarlierHa1):
        return {"md5": value.md5, "sha256": value.sha256, "until": value.until}
    if isinstance(value, (Entry, PeerNodes)):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


# What a later format added to documents, with what it is in an older one.
_ADDED: dict[str, dict[str, Any]] = {
    TRUNK: {"realm": "", "earlier_ha1s": [], "calls_per_second": 10},
    NODE: {"realm": "", "data_centre": "", "other_node": "", "peers": [], "provider_sources": []},
    NUMBER: {"route_id": ""},
}


def upgraded(kind: str, wire: dict[str, Any]) -> dict[str, Any]:
    """A document of an older format in the present one, for the node that stored it; its hash is another then.

    Before format 3 nodes did not look at provider keys, and trunks that share a group had the same one: the portal says
    anew whose each is.
    """
    blanked = {"provider_key": ""} if kind == TRUNK and wire["format"] < _FIRST_WITH_GROUPS else {}
    return _ADDED.get(kind, {}) | wire | blanked | {"format": FORMAT}


def read_document(kind: str, wire: dict[str, Any]) -> Document:
    """The document in `wire`. Raises ValueError for an unknown kind, format or member."""
    if kind not in KINDS:
        raise ValueError(f"unknown kind of document {kind!r}")
    return KINDS[kind].from_wire(wire)
