"""What a document becomes in Kamailio: document -> {Key: value}, with checks that keep user text out."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from functools import singledispatch
from ipaddress import ip_network
from typing import Any, NamedTuple

from sbc.agent import values
from sbc.agent.media import media_members
from sbc.documents import (
    Destination,
    Document,
    Entry,
    GroupDocument,
    NodeDocument,
    NumberDocument,
    ProviderSource,
    RouteDocument,
    TrunkDocument,
    read_document,
)

OPTIONS = "options"
PEER = "peer"
_OF_NODE = ("carrier", "gateways", "realm", PEER, "provider_source")
ADDRESS = "address"  # not from documents: where their host names lead, which sbc/agent/lookups.py finds out
TABLES = ("source", "user", "number", "route", "provider_key", *_OF_NODE, OPTIONS, "trunk", ADDRESS)
_REALM = re.compile(r"[A-Za-z0-9.-]{1,128}")
# The header in which a trunk is told who calls, and may say so itself.
_IDENTITY = {
    "NONE": "-",  # Kamailio reads no empty member
    "REMOTE_PARTY_ID": "Remote-Party-ID",
    "ASSERTED_IDENTITY": "P-Asserted-Identity",
    "PREFERRED_IDENTITY": "P-Preferred-Identity",
}
_MAX_EARLIER = 10
_MAX_ENTRIES = 10
_LONGEST_RING = 120
_HUNT_ON = {"UNREACHABLE": "u", "TIMEOUT": "o", "ERROR": "e", "BUSY": "b"}
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
_PROVIDER_KEY = re.compile(r"[A-Za-z0-9.-]{1,253}")
_LARGEST_NETWORK = 256  # addresses: each becomes a key


class Key(NamedTuple):
    """One entry of one of Kamailio's hash tables."""

    table: str
    name: str


Facts = dict[Key, str]


def parse(kind: str, id: str, wire: Any) -> Document:
    """The document in a request for (kind, id). Raises ValueError with a sentence for the portal."""
    if not isinstance(wire, dict):
        raise ValueError("a document is an object")  # noqa: TRY004 - one kind of error for every bad document
    try:
        document = read_document(kind, wire)
        if document.id != id:
            raise ValueError(f"document {document.id!r} was sent as {id!r}")
        render(document)
    except (TypeError, AttributeError, KeyError) as error:
        raise ValueError(f"a member has the wrong type or value: {error}") from error
    return document


@singledispatch
def render(document: Document) -> Facts:
    """Everything that Kamailio must hold for it. Raises ValueError for a value that must not get there."""
    raise ValueError(f"nothing is known about documents of kind {document.kind!r}")


@render.register
def _trunk(trunk: TrunkDocument) -> Facts:
    trunk_id = values.identifier(trunk.id)
    facts = {Key("source", values.ip(host)): trunk_id for host in trunk.source_hosts}
    if trunk.provider_key:
        facts[_provider_key(trunk.provider, trunk.provider_key)] = values.joined({"trunk": trunk_id})
    if is_registered(trunk):
        facts[Key("user", values.user(trunk.username))] = values.joined(_credentials(trunk))
    hops = values.hops(trunk.destinations)
    if _is_checked(trunk):
        keys = [f"{trunk_id}/{hop}" for hop in hops.values()]
        facts |= {Key(OPTIONS, key): str(zlib.crc32(key.encode()) % 86_400) for key in keys}
    members = {
        "enabled": int(trunk.admin_status == "ENABLED"),
        "registered": int(is_registered(trunk)),
        "challenge": int(trunk.challenge_invites),
        "tls": int(trunk.tls),
        "provider": values.word(trunk.provider, "a provider"),
        "group": values.identifier(trunk.group),
        "channels": values.limit(trunk.channels),
        "rate": values.limit(trunk.calls_per_second),
        "international": int(trunk.international),
        "format": values.word(trunk.number_format, "a number format"),
        "identity": _IDENTITY[trunk.privacy],
        "rotate": int(trunk.strategy == "ROUND_ROBIN"),
        **media_members(trunk),
        "n": len(hops),
        **hops,
        "document": trunk.hash[:16],
    }
    return {**facts, Key("trunk", trunk_id): values.joined(members)}


@render.register
def _number(number: NumberDocument) -> Facts:
    leads_to = {"trunk": number.trunk_id, "route": number.route_id}
    members = {name: values.identifier(place) for name, place in leads_to.items() if place}
    if len(members) > 1:
        raise ValueError(f"{number.id} leads to a trunk and to a route")
    return {Key("number", values.digits(number.id)): values.joined(members or {"nowhere": 1})}


@render.register
def _route(route: RouteDocument) -> Facts:
    if not 1 <= len(route.entries) <= _MAX_ENTRIES:
        raise ValueError(f"{len(route.entries)} entries are no route")
    if any(entry.phone for entry in route.entries[:-1]):
        raise ValueError("only the last entry may be a telephone number")
    members: dict[str, Any] = {"n": len(route.entries)}
    for place, entry in enumerate(route.entries, start=1):
        members |= {f"{name}{place}": value for name, value in _entry(entry).items()}
    return {Key("route", values.identifier(route.id)): values.joined(members)}


def _entry(entry: Entry) -> dict[str, Any]:
    """Members without their place: t a trunk and d its data centre, or p a phone number; r seconds to ring; u, o, e
    and b whether the call goes on when it is unreachable, timed out, in error, busy.
    """
    if bool(entry.trunk_id) == bool(entry.phone):
        raise ValueError("an entry is a trunk or a phone number")
    if type(entry.ring_seconds) is not int or not 1 <= entry.ring_seconds <= _LONGEST_RING:
        raise ValueError(f"{entry.ring_seconds!r} is no time to ring")
    if not set(entry.hunt_on) <= _HUNT_ON.keys():
        raise ValueError(f"{entry.hunt_on!r} are no reasons to go on")
    if entry.phone:
        leads_to = {"p": values.digits(entry.phone)}
    else:
        leads_to = {"t": values.identifier(entry.trunk_id), "d": values.word(entry.data_centre, "a data centre")}
    reasons = {letter: int(reason in entry.hunt_on) for reason, letter in _HUNT_ON.items()}
    return {**leads_to, "r": entry.ring_seconds, **reasons}


@render.register
def _group(group: GroupDocument) -> Facts:
    members = {
        "trunk": values.identifier(group.trunk_id),
        "booked": values.identifier(group.booked_on),
        "group": values.identifier(group.id),
        "channels": values.limit(group.channels),
    }
    return {_provider_key(group.provider, key): values.joined(members) for key in group.provider_keys}


@render.register
def _node(node: NodeDocument) -> Facts:
    node_id = values.identifier(node.id)
    carriers = {Key("carrier", values.ip(gateway.host)): node_id for gateway in node.gateways}
    hops = values.hops(node.gateways)
    facts = {**carriers, Key("gateways", "all"): values.joined({"n": len(hops), **hops})}
    if node.realm:
        facts[Key("realm", "all")] = values.checked(_REALM, node.realm, "a realm")
    facts |= _peers(node)
    for source in node.provider_sources:
        facts |= _provider_source(source)
    return facts


def _peers(node: NodeDocument) -> Facts:
    """Who the other nodes are, by their addresses; where they are called, by data centre. "pair" is the other node of
    our own one, whose name is "own".
    """
    facts = {Key(PEER, "own"): values.word(node.data_centre, "a data centre")} if node.data_centre else {}
    nodes = {peer.data_centre: peer.addresses for peer in node.peers}
    if node.other_node:
        facts[Key(PEER, "pair")] = _nodes([node.other_node])
        facts[Key(PEER, values.ip(node.other_node))] = node.data_centre or "-"
    for data_centre, addresses in nodes.items():
        facts[Key(PEER, values.word(data_centre, "a data centre"))] = _nodes(addresses)
        facts |= {Key(PEER, values.ip(address)): data_centre for address in addresses}
    return facts


def _nodes(addresses: Iterable[str]) -> str:
    hops = values.hops([Destination(values.ip(address), 0) for address in addresses])
    return values.joined({"n": len(hops), **hops})


def _provider_source(source: ProviderSource) -> Facts:
    """One key per address, so that a call is recognised by one look-up."""
    network = ip_network(source.network)
    if network.num_addresses > _LARGEST_NETWORK:
        raise ValueError(f"{source.network!r} has more than {_LARGEST_NETWORK} addresses")
    header = values.checked(_HEADER, source.key_header, "a header") if source.key_header else "-"
    value = values.joined({"provider": values.word(source.provider, "a provider"), "header": header})
    return {Key("provider_source", str(address)): value for address in network}


def _provider_key(provider: str, key: str) -> Key:
    """In lower case, for host names are compared so."""
    known_by = values.checked(_PROVIDER_KEY, key, "a key of a provider").lower()
    return Key("provider_key", f"{values.word(provider, 'a provider')}/{known_by}")


def is_registered(trunk: TrunkDocument) -> bool:
    """Whether the trunk's equipment tells by REGISTER where it is."""
    return trunk.trunk_kind == "REGISTERED"


def passwords(document: Document, now: float) -> set[str]:
    """The MD5 HA1s that let somebody register at this moment (Unix seconds)."""
    if not isinstance(document, TrunkDocument) or not is_registered(document):
        return set()
    return {document.ha1_md5} | {old.md5 for old in document.earlier_ha1s if old.until > now}


def _credentials(trunk: TrunkDocument) -> dict[str, Any]:
    """The node lets an earlier HA1 (e1, e2 …) pass until its own time (u1, u2 …). A document has all there ever were:
    those that end last are enough.
    """
    earlier = sorted(((values.time(old.until), values.ha1(old.md5)) for old in trunk.earlier_ha1s), reverse=True)
    kept = earlier[:_MAX_EARLIER]
    members: dict[str, Any] = {"trunk": values.identifier(trunk.id), "ha1": values.ha1(trunk.ha1_md5), "n": len(kept)}
    for place, (until, ha1) in enumerate(kept, start=1):
        members |= {f"e{place}": ha1, f"u{place}": until}
    return members


def _is_checked(trunk: TrunkDocument) -> bool:
    """Whether the node asks the destinations with OPTIONS."""
    return trunk.options and trunk.admin_status == "ENABLED" and not is_registered(trunk)


def names_of(document: Document | None) -> dict[str, str]:
    """Destinations that are host names, as hops, and what they are called in the table of addresses."""
    if not isinstance(document, TrunkDocument):
        return {}
    named = [destination for destination in document.destinations if not values.is_address(destination.host)]
    return {values.hop(destination): values.hop(destination) + "/tls" * document.tls for destination in named}
