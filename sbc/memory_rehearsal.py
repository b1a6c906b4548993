"""What the in-memory node says of a rehearsal: what its documents, contacts and OPTIONS tell; it has no calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sbc.agent.node import ANSWERS
from sbc.agent.render import PEER, Key
from sbc.rehearsal import ELSEWHERE, PASSED_OVER, TRY

_SILENT = "destination-silent"
Get = Callable[[Key], str | None]


def rehearse(get: Get, contacts: Mapping[str, list[str]], number: str, route: str) -> str:
    """In the words of sbc/kamailio/rehearsal.cfg. `contacts` are where registered trunks are."""
    route = route or _route_of(get, number.removeprefix("+"))
    if not route:
        return "refused=number-unassigned"
    members = _members(route)
    places = range(1, int(members["n"]) + 1)
    verdicts = [_verdict(get, contacts, members, place) for place in places]
    silent = [place for place, verdict in enumerate(verdicts) if _SILENT in verdict]
    if silent and all(verdict.startswith(PASSED_OVER) for verdict in verdicts):
        verdicts[silent[-1]] = verdicts[silent[-1]].replace(f"{PASSED_OVER} {_SILENT}", f"{TRY} -")
    return "|".join(["refused=-", *(f"{place} {verdict}" for place, verdict in zip(places, verdicts, strict=True))])


def _route_of(get: Get, digits: str) -> str:
    leads_to = _members(get(Key("number", digits)) or "")
    if trunk := leads_to.get("trunk"):
        return f"n=1;t1={trunk};"
    return get(Key("route", leads_to.get("route", ""))) or ""


def _verdict(get: Get, contacts: Mapping[str, list[str]], route: Mapping[str, str], place: int) -> str:
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
        found = contacts.get(trunk_id)
        return f"{TRY} - {','.join(found)}" if found else f"{PASSED_OVER} not-registered -"
    return _answering(get, trunk_id, trunk)


def _answering(get: Get, trunk_id: str, trunk: Mapping[str, str]) -> str:
    """Destinations that OPTIONS found silent come into question only when all are."""
    hops = _hops(trunk)
    alive = [hop for hop in hops if "silent=1" not in (get(Key(ANSWERS, f"{trunk_id}/{hop}")) or "")]
    if alive:
        return f"{TRY} - {','.join(alive)}"
    return f"{PASSED_OVER} {_SILENT} {','.join(hops)}" if hops else f"{PASSED_OVER} destination-unreachable -"


def _tried(verdict: str, hops: str | None, nobody: str) -> str:
    found = _hops(_members(hops or "n=0;"))
    return f"{verdict} - {','.join(found)}" if found else f"{PASSED_OVER} {nobody} -"


def _hops(members: Mapping[str, str]) -> list[str]:
    return [members[f"h{place}"] for place in range(1, int(members["n"]) + 1)]


def _members(value: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in value.split(";") if "=" in part)
