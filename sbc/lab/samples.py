"""Documents with ordinary values, for tests and benchmarks; name only what matters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sbc.agent.records import CallRecord
from sbc.documents import (
    Destination,
    Entry,
    GroupDocument,
    NodeDocument,
    NumberDocument,
    PeerNodes,
    ProviderSource,
    RouteDocument,
    TrunkDocument,
)
from sbc.lab.digest import md5

REALM = "sip.example.com"
DATA_CENTRE = "NEW_YORK"


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
        "calls_per_second": 1000,
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
        "realm": "",
        "earlier_ha1s": (),
    }
    return TrunkDocument(trunk_id, **(members | changes))


def sample_number(number: str, trunk_id: str = "", *, route_id: str = "") -> NumberDocument:
    """A number that leads to a trunk or a route."""
    return NumberDocument(number, account_id="A1", trunk_id=trunk_id, route_id=route_id)


def sample_entry(trunk_id: str = "", **changes: Any) -> Entry:
    """An entry of a route: a trunk in the lab's data centre that rings for 20 seconds, busy is final."""
    members: dict[str, Any] = {
        "trunk_id": trunk_id,
        "data_centre": DATA_CENTRE if trunk_id else "",
        "phone": "",
        "ring_seconds": 20,
        "hunt_on": ("UNREACHABLE", "TIMEOUT", "ERROR"),
    }
    return Entry(**(members | changes))


def sample_route(route_id: str, *entries: Entry) -> RouteDocument:
    """A route with these entries."""
    return RouteDocument(route_id, account_id="A1", entries=entries)


def sample_registered(trunk_id: str, password: str, **changes: Any) -> TrunkDocument:
    """An enabled registered trunk in the lab's realm; its user name is its id."""
    members: dict[str, Any] = {"trunk_kind": "REGISTERED", "username": trunk_id, "realm": REALM} | changes
    members |= {"ha1_md5": ha1(members["username"], password), "ha1_sha256": "0" * 64}
    return sample_trunk(trunk_id, **members)


def ha1(username: str, password: str) -> str:
    """The MD5 HA1 of a password in the lab's realm."""
    return md5(f"{username}:{REALM}:{password}")


def sample_node(
    *gateways: tuple[str, int],
    other_node: str = "",
    peers: Sequence[PeerNodes] = (),
    provider_sources: Sequence[ProviderSource] = (),
    data_centre: str = DATA_CENTRE,
) -> NodeDocument:
    """A node's own document."""
    return NodeDocument(
        "node",
        gateways=tuple(Destination(*gateway) for gateway in gateways),
        realm=REALM,
        data_centre=data_centre,
        other_node=other_node,
        peers=tuple(peers),
        provider_sources=tuple(provider_sources),
    )


def sample_group(group_id: str, provider_key: str, channels: int, trunk_id: str, booked_on: str = "") -> GroupDocument:
    """Trunks of Freshworks that share one limit; calls are booked on the one that they follow unless told."""
    return GroupDocument(group_id, "A1", "FRESHWORKS", (provider_key,), channels, trunk_id, booked_on or trunk_id)


def sample_contact(trunk_id: str, **changes: Any) -> dict[str, Any]:
    """A registration as an in-memory node is told of it: `fault(registrations=[sample_contact("T1")])`."""
    members = {
        "id": f"uloc-{trunk_id}",
        "trunk_id": trunk_id,
        "contact": f"sip:{trunk_id}@192.0.2.5:5060",
        "source": "192.0.2.5:5060",
        "user_agent": "Sample PBX",
        "since": 1_700_000_000,
        "refreshed_at": 1_700_000_600,
        "expires_at": 1_700_004_200,
    }
    return members | changes


def sample_record(call_id: str, **changes: Any) -> dict[str, Any]:
    """A call that was answered, as an in-memory node is told of it: `fault(records=[sample_record("1@pbx")])`."""
    begun = 1_700_000_000_000
    members = {
        "started": begun // 1000 + 3,
        "ended": begun // 1000 + 65,
        "seconds": 62.5,
        "leg": f"leg of {call_id}",
        "trunk": "T1",
        "direction": "outbound",
        "caller": "13125550100",
        "callee": "442071838750",
        "caller_e164": "+13125550100",
        "callee_e164": "+442071838750",
        "caller_country": "US",
        "callee_country": "GB",
        "call_id": call_id,
        "code": 200,
        "hop": "192.0.2.9:5060",
        "tried": 1,
        "begun": begun,
        "rang": begun + 900,
        "answered": begun + 2500,
        "hung_up": "caller",
        "codec": "PCMA",
        "loss": 2,
        "jitter": 41,
        "mos": 43,
    }
    return members | changes


def sample_line(call_id: str, forwarded: str = "-/-/0/0", **changes: Any) -> str:
    """The same call as Kamailio writes it. `forwarded` is what the last column says of a telephone number: its digits,
    its country, when it was called and when it rang.
    """
    *values, route, entry, _number = CallRecord(**sample_record(call_id, **changes)).to_wire().values()
    columns = [str(value).replace("|", "%7C") if value != "" else "-" for value in values]
    return "|".join([*columns, f"{route or '-'}/{entry}/{forwarded}"]) + "\n"


def sample_certificate(**changes: Any) -> dict[str, Any]:
    """A node's certificate as an in-memory node is told of it: `fault(certificate=sample_certificate())`."""
    members = {
        "subject": "CN=ny1.sip.example.com",
        "issuer": "CN=Example authority",
        "names": ["ny1.sip.example.com", "192.0.2.10"],
        "begins_at": 1_700_000_000,
        "ends_at": 4_000_000_000,
        "fingerprint": ":".join(["AB"] * 32),
        "authority": "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n",
    }
    return members | changes


def sample_answer(**changes: int) -> str:
    """What came of OPTIONS, as an in-memory node is told of it.

    For example `fault(answers={"T1/192.0.2.9:5060": sample_answer(code=404)})`.
    """
    members = {"tried": 1_700_000_000, "answered": 1_700_000_000, "code": 200, "ms": 4, "missed": 0, "silent": 0}
    return "".join(f"{name}={number};" for name, number in (members | changes).items())
