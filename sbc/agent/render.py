"""What a document becomes in Kamailio: document -> {Key: value}, with checks that keep user text out."""

from __future__ import annotations

import re
from functools import singledispatch
from ipaddress import ip_address
from typing import Any, NamedTuple

from sbc.documents import Destination, Document, NodeDocument, NumberDocument, TrunkDocument, read_document

TABLES = ("source", "number", "carrier", "gateways", "trunk")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_NUMBER = re.compile(r"\+[1-9][0-9]{2,14}")
_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")
_MAX_CHANNELS = 100_000


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
    except (TypeError, AttributeError) as error:
        raise ValueError(f"a member has the wrong type: {error}") from error
    return document


@singledispatch
def render(document: Document) -> Facts:
    """Everything that Kamailio must hold for it. Raises ValueError for a value that must not get there."""
    raise ValueError(f"nothing is known about documents of kind {document.kind!r}")


@render.register
def _trunk(trunk: TrunkDocument) -> Facts:
    trunk_id = _id(trunk.id)
    facts = {Key("source", str(ip_address(host))): trunk_id for host in trunk.source_hosts}
    members = {
        "enabled": int(trunk.admin_status == "ENABLED"),
        "group": _id(trunk.group),
        "channels": _channels(trunk.channels),
        "international": int(trunk.international),
        "domestic": int(trunk.number_format == "US_NATIONAL"),
        "rotate": int(trunk.strategy == "ROUND_ROBIN"),
        **_hops(trunk.destinations),
        "document": trunk.hash[:16],
    }
    return {**facts, Key("trunk", trunk_id): _value(members)}


@render.register
def _number(number: NumberDocument) -> Facts:
    if not _NUMBER.fullmatch(number.id):
        raise ValueError(f"{number.id!r} is not a number in E.164")
    return {Key("number", number.id[1:]): _id(number.trunk_id)}


@render.register
def _node(node: NodeDocument) -> Facts:
    node_id = _id(node.id)
    carriers = {Key("carrier", str(ip_address(gateway.host))): node_id for gateway in node.gateways}
    return {**carriers, Key("gateways", "all"): _value(_hops(node.gateways))}


def _hops(destinations: tuple[Destination, ...]) -> dict[str, Any]:
    hops = {f"h{place}": _hop(destination) for place, destination in enumerate(destinations, start=1)}
    return {"n": len(hops), **hops}


def _hop(destination: Destination) -> str:
    """As in a SIP URI. Without a port Kamailio looks the host up by SRV."""
    host, port = destination.host, destination.port
    if ":" in host:
        host = f"[{ip_address(host)}]"
    elif not _HOST_NAME.fullmatch(host):
        raise ValueError(f"{host!r} is not a host")
    if not isinstance(port, int) or not 0 <= port <= 65535:  # noqa: PLR2004 - the largest port there is
        raise ValueError(f"{port!r} is not a port")
    return f"{host}:{port}" if port else host


def _value(members: dict[str, Any]) -> str:
    return "".join(f"{name}={value};" for name, value in members.items())


def _id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(f"{text!r} is not an identifier")
    return text


def _channels(channels: int) -> int:
    if type(channels) is not int or not 0 <= channels <= _MAX_CHANNELS:
        raise ValueError(f"{channels!r} is not a number of channels")
    return channels
