"""Documents with ordinary values, for tests and benchmarks; name only what matters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sbc.documents import Destination, NodeDocument, NumberDocument, TrunkDocument


def sample_trunk(
    trunk_id: str, sources: Sequence[str] = (), destinations: Sequence[tuple[str, int]] = (), **changes: Any
) -> TrunkDocument:
    """An enabled static trunk with ten channels, alone in its group, free to call abroad."""
    members: dict[str, Any] = {
        "account_id": "A1",
        "trunk_kind": "STATIC",
        "provider": "DIRECT",
        "provider_key": "",
        "admin_status": "ENABLED",
        "group": trunk_id,
        "tls": False,
        "channels": 10,
        "codecs": ("PCMA", "PCMU"),
        "dtmf": "RFC2833",
        "fax": "T38",
        "number_format": "E164",
        "privacy": "NONE",
        "international": True,
        "options": False,
        "strategy": "FAILOVER",
        "source_hosts": tuple(sources),
        "destinations": tuple(Destination(*destination) for destination in destinations),
        "challenge_invites": False,
        "username": "",
        "ha1_md5": "",
        "ha1_sha256": "",
    }
    return TrunkDocument(trunk_id, **(members | changes))


def sample_number(number: str, trunk_id: str) -> NumberDocument:
    """A number that belongs to a trunk."""
    return NumberDocument(number, account_id="A1", trunk_id=trunk_id)


def sample_node(*gateways: tuple[str, int]) -> NodeDocument:
    """A node's own document."""
    return NodeDocument("node", gateways=tuple(Destination(*gateway) for gateway in gateways))
