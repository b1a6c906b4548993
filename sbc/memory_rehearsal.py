"""What the in-memory node says of a rehearsal: what follows from its documents; it knows of no calls and no silence."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sbc.agent.render import PEER, Key
from sbc.rehearsal import ELSEWHERE, PASSED_OVER, TRY

Get = Callable[[Key], str | None]


def rehearse(get: Get, registered: set[str], number: str, route: str) -> str:
    """In the words of sbc/kamailio/rehearsal.cfg. `registered` are trunks that have a contact."""
    route = route or _route_of(get, number.removeprefix("+"))
    if not route:
        return "refused=number-unassigned"
    members = _members(route)
    places = range(1, int(members["n"]) + 1)
    return "|".join(["refused=-", *(f"{place} {_verdict(get, registered, members, place)}" for place in places)])


def _route_of(get: Get, digits: str) -> str:
    leads_to = _members(get(Key("number", digits)) or "")
    if trunk := leads_to.get("trunk"):
        return f"n=1;t1={trunk};"
    return get(Key("route", leads_to.get("route", ""))) or ""


def _verdict(get: Get, registered: set[str], route: Mapping[str, str], place: int) -> str:
    trunk_id, there, own = route.get(f"t{place}"), route.get(f"d{place}"), get(Key(PEER, "own"))
    if not trunk_id:
        return _tried(TRY, get(Key("gateways", "all")), "no-gateway")
    if there and own and there != own:
        return _tried(ELSEWHERE, get(Key(PEER, there)), "data-centre-unreachable")
    trunk = _members(get(Key("trunk", trunk_id)) or "")
    if trunk.get("enabled") != "1":
        return f"{PASSED_OVER} trunk-disabled -"
    if trunk["channels"] == "0":
        return f"{PASSED_OVER} channels-busy -"
    if trunk["registered"] == "1":
        return f"{TRY} - -" if trunk_id in registered else f"{PASSED_OVER} not-registered -"
    return _tried(TRY, get(Key("trunk", trunk_id)), "destination-unreachable")


def _tried(verdict: str, hops: str | None, nobody: str) -> str:
    members = _members(hops or "n=0;")
    found = [members[f"h{place}"] for place in range(1, int(members["n"]) + 1)]
    return f"{verdict} - {','.join(found)}" if found else f"{PASSED_OVER} {nobody} -"


def _members(value: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in value.split(";") if "=" in part)
