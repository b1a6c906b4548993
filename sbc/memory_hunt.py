"""How the in-memory node rehearses a call: from its documents' keys and from what it was told of destinations."""

from __future__ import annotations

from typing import Any

from sbc.agent.node import ANSWERS, Answer
from sbc.agent.render import Key, parse, render
from sbc.agent.store import Store
from sbc.documents import NODE, ROUTE, NodeDocument

Members = dict[str, str]


class MemoryHunt:
    """Knows what can be known without calls: what is disabled, gone, not registered, silent, elsewhere."""

    def __init__(self, store: Store, switch: Any) -> None:
        self._store, self._switch = store, switch

    def rehearse(self, asked: dict[str, Any]) -> Answer:
        """The answer of /v1/rehearse: `route` is a document's wire form, or None for what the number leads to."""
        route = self._given(asked["route"]) if asked["route"] else self._found(asked["number"])
        if not route:
            return {"refused": "number-unassigned", "entries": []}
        count = int(route["n"])
        entries = [self._entry(route, place) for place in range(1, count + 1)]
        silent = [entry for entry in entries if entry["why"] == "destination-silent"]
        if silent and all(entry["verdict"] == "PASSED_OVER" for entry in entries):
            silent[-1].update(verdict="TRY", why="")
        return {"refused": "", "entries": entries}

    def _given(self, wire: dict[str, Any]) -> Members:
        document = parse(ROUTE, wire["id"], wire)
        return _members(render(document)[Key("route", document.id)])

    def _found(self, number: str) -> Members:
        leads_to = self._read("number", number.removeprefix("+"))
        if trunk := leads_to.get("trunk"):
            return {"n": "1", "t1": trunk}
        return self._read("route", leads_to["route"]) if "route" in leads_to else {}

    def _entry(self, route: Members, place: int) -> Answer:
        verdict, why, hops = self._judge(route, place)
        return {"position": place, "verdict": verdict, "why": why, "hops": hops}

    def _judge(self, route: Members, place: int) -> tuple[str, str, list[str]]:
        if f"p{place}" in route:
            gateways = _hops(self._read("gateways", "all"))
            return ("TRY", "", gateways) if gateways else ("PASSED_OVER", "no-gateway", [])
        trunk_id = route[f"t{place}"]
        if self._home not in {"", route.get(f"d{place}", "")} and f"d{place}" in route:
            return "ELSEWHERE", "", []
        trunk = self._read("trunk", trunk_id)
        if trunk.get("enabled") != "1":
            return "PASSED_OVER", "trunk-disabled", []
        if trunk["registered"] == "1":
            found = self._registered(trunk_id)
            return ("TRY", "", found) if found else ("PASSED_OVER", "not-registered", [])
        return self._static(trunk_id, _hops(trunk))

    def _static(self, trunk_id: str, hops: list[str]) -> tuple[str, str, list[str]]:
        answers = {hop: self._switch.get(Key(ANSWERS, f"{trunk_id}/{hop}")) or "" for hop in hops}
        alive = [hop for hop in hops if _members(answers[hop]).get("silent", "0") == "0"]
        if not hops:
            return "PASSED_OVER", "destination-unreachable", []
        return ("TRY", "", alive) if alive else ("PASSED_OVER", "destination-silent", hops)

    def _registered(self, trunk_id: str) -> list[str]:
        contacts = self._switch.registrations()
        return [contact["source"] for contact in contacts if contact["trunk_id"] == trunk_id]

    @property
    def _home(self) -> str:
        documents = [row.document for row in self._store.page(NODE, "", 1)]
        return documents[0].data_centre if documents and isinstance(documents[0], NodeDocument) else ""

    def _read(self, table: str, name: str) -> Members:
        return _members(self._switch.get(Key(table, name)) or "")


def _members(value: str) -> Members:
    """Of "n=2;t1=…;"."""
    return dict(member.split("=", 1) for member in value.split(";") if member)


def _hops(members: Members) -> list[str]:
    return [members[f"h{place}"] for place in range(1, int(members.get("n", "0")) + 1)]
