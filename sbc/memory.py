"""The in-memory node: the agent's interface and rules without Kamailio, plus faults: `python -m sbc.memory`."""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sbc.agent.certificates import Certificate
from sbc.agent.contacts import Contact
from sbc.agent.http import create_app
from sbc.agent.node import ANSWERS, FAILURES, Answer, Node
from sbc.agent.record_store import Page
from sbc.agent.render import Key, parse
from sbc.agent.store import Refused, Store
from sbc.agent.switch import SwitchUnavailable
from sbc.documents import Fence
from sbc.memory_rehearsal import rehearse

_CONTROL = ("/v1/faults", "/v1/journal", "/v1/sources")


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with the node now. `reject` maps ids or hashes of documents to the reason they are refused with."""

    down: bool = False  # 503, as if nobody listened
    busy: bool = False  # writes are stored, but Kamailio does not answer its agent: 503
    slow: float = 0  # seconds before each request is looked at
    hang: bool = False  # no answer for as long as this is set
    apply_then_drop_reply: bool = False  # writes are done, their answers cut off
    ok_but_not_applied: bool = False  # writes are answered well and forgotten
    keys_not_applied: bool = False  # writes are stored, but Kamailio does not take them: read back tells
    reject: dict[str, str] = field(default_factory=dict)
    list_empty_once: bool = False  # the next list is empty though nothing was deleted
    calls: dict[str, int] = field(default_factory=dict)  # what /v1/calls says
    registrations: list[dict[str, Any]] = field(default_factory=list)  # members of sbc.agent.contacts.Contact
    records: list[dict[str, Any]] = field(default_factory=list)  # members of sbc.agent.records.CallRecord
    record_store: str = "memory"  # another name: the records were lost, and these are new ones
    failures: dict[str, str] = field(default_factory=dict)  # "<trunk id>/<address>" -> as in users.cfg
    answers: dict[str, str] = field(default_factory=dict)  # "<trunk id>/<host:port>" -> as in options.cfg
    names: dict[str, str] = field(default_factory=dict)  # "<trunk id>/<host:port>" -> "lost" or "refused"
    certificate: dict[str, Any] = field(default_factory=dict)  # members of sbc.agent.certificates.Certificate


class MemorySwitch:
    """Hash tables in a dictionary, in place of Kamailio."""

    def __init__(self, faults: Callable[[], Faults]) -> None:
        self._faults, self._keys = faults, dict[Key, str]()

    def get(self, key: Key) -> str | None:
        """As in Switch."""
        if self._faults().busy:
            raise SwitchUnavailable("busy by a fault")
        return self._faults().answers.get(key.name) if key.table == ANSWERS else self._keys.get(key)

    def set(self, key: Key, value: str) -> None:
        """As in Switch."""
        self.get(key)
        if not self._faults().keys_not_applied:
            self._keys[key] = value

    def delete(self, key: Key) -> None:
        """As in Switch."""
        self.get(key)
        if not self._faults().keys_not_applied:
            self._keys.pop(key, None)

    def sizes(self) -> dict[str, int]:
        """As in Switch."""
        return {table: len(self.dump(table)) for table in {key.table for key in self._keys}}

    def dump(self, table: str) -> dict[str, str]:
        """As in Switch."""
        if table == FAILURES:
            return self._faults().failures
        return {key.name: value for key, value in self._keys.items() if key.table == table}

    def calls(self) -> dict[str, int]:
        """As in Switch."""
        return self._faults().calls

    def drop_contacts(self, trunk_id: str) -> None:
        """As in Switch."""
        contacts = self._faults().registrations
        contacts[:] = [contact for contact in contacts if contact["trunk_id"] != trunk_id]

    def listens_on(self) -> list[str]:
        """As in Switch; there are none."""
        return []

    def started_at(self) -> float:
        """As in Switch; long ago."""
        return 0

    def reload_certificates(self) -> None:
        """As in Switch; there are none."""

    def rehearse(self, number: str, _caller: str, route: str) -> str:
        """As in Switch; only what follows from documents."""
        registered = {contact["trunk_id"] for contact in self._faults().registrations}
        return rehearse(self.get, registered, number, route)


class MemoryContacts:
    """Registrations as they were set, in place of Kamailio's file."""

    def __init__(self, faults: Callable[[], Faults]) -> None:
        self._faults = faults

    def page(self, after: str, limit: int) -> list[Contact]:
        """As in Contacts."""
        contacts = [Contact(**members) for members in self._faults().registrations if members["id"] > after]
        return sorted(contacts, key=lambda contact: contact.id)[:limit]

    def trunk_ids(self) -> list[str]:
        """As in Contacts."""
        return [members["trunk_id"] for members in self._faults().registrations]


class MemoryCertificates:
    """A certificate as it was set, in place of files."""

    def __init__(self, faults: Callable[[], Faults]) -> None:
        self._faults = faults

    def written_at(self) -> tuple[int, ...]:
        """As in Certificates."""
        return ()

    def read(self) -> Certificate | None:
        """As in Certificates."""
        members = self._faults().certificate
        return Certificate(**members) if members else None


class MemoryRecords:
    """Ended calls as they were set, in place of the agent's file."""

    def __init__(self, faults: Callable[[], Faults]) -> None:
        self._faults = faults

    def page(self, store: str, after: int, limit: int) -> Page:
        """As in Records."""
        known = after if store == self._faults().record_store else 0
        numbered = [{"sequence": number, **record} for number, record in enumerate(self._faults().records, start=1)]
        return {"store": self._faults().record_store, "records": numbered[known : known + limit]}


class MemoryNode(Node):
    """A node whose store and switch are in memory; every write is in `journal`, whatever became of it. `lists` counts
    how often a list was begun.
    """

    def __init__(self) -> None:
        self.faults = Faults()
        self.journal: list[dict[str, Any]] = []
        self.lists = 0
        faults = lambda: self.faults  # noqa: E731
        super().__init__(Store(":memory:"), MemorySwitch(faults), MemoryContacts(faults), MemoryCertificates(faults))

    def restart_empty(self) -> None:
        """Lose everything; the boot id changes."""
        with self.lock:
            self.store, self.switch = Store(":memory:"), MemorySwitch(lambda: self.faults)

    def put(self, kind: str, id: str, fence: Fence, wire: Any) -> Answer:
        """As in Node."""
        self._write_down("PUT", kind, id, fence)
        for name in (id, parse(kind, id, wire).hash) if self.faults.reject else ():
            if name in self.faults.reject:
                raise Refused(self.faults.reject[name], f"{kind} {id} is refused by a fault")
        if self.faults.ok_but_not_applied:
            return _pretend(kind, id, fence, parse(kind, id, wire).hash)
        return super().put(kind, id, fence, wire)

    def delete(self, kind: str, id: str, fence: Fence) -> Answer:
        """As in Node."""
        self._write_down("DELETE", kind, id, fence)
        if self.faults.ok_but_not_applied:
            return _pretend(kind, id, fence, "")
        return super().delete(kind, id, fence)

    def page(self, kind: str, after: str, limit: int) -> list[Answer]:
        """As in Node."""
        self.lists += not after
        if self.faults.list_empty_once:
            self.faults = replace(self.faults, list_empty_once=False)
            return []
        return super().page(kind, after, limit)

    def checks(self, after: str, limit: int) -> list[Answer]:
        """As in Node."""
        found = super().checks(after, limit)
        return [check | {"name": self.faults.names.get(check["id"], "")} for check in found]

    def _write_down(self, method: str, kind: str, id: str, fence: Fence) -> None:
        self.journal.append({"at": time.time(), "method": method, "kind": kind, "id": id, **asdict(fence)})


class Trouble:
    """The faults that happen on the way: the node does not listen, is slow, or its answer is lost."""

    def __init__(self, app: ASGIApp, node: MemoryNode) -> None:
        self._app, self._node = app, node

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, sooner or later, or not at all."""
        if scope["type"] != "http" or scope["path"] in _CONTROL:
            await self._app(scope, receive, send)
            return
        await asyncio.sleep(self._node.faults.slow)
        while self._node.faults.hang:  # noqa: ASYNC110 - whoever clears it is in no event loop of ours
            await asyncio.sleep(0.05)
        if self._node.faults.down:
            answer = JSONResponse({"reason": "Down", "message": "the node is down"}, status_code=503)
            await answer(scope, receive, send)
        elif self._node.faults.apply_then_drop_reply and scope["method"] in ("PUT", "DELETE"):
            await self._app(scope, receive, _nowhere)
            await _half_an_answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def create_memory_app(node: MemoryNode, token: str) -> Starlette:
    """The agent's service with three more addresses: /v1/faults (GET, POST, DELETE), /v1/journal and /v1/sources (GET),
    which answer whatever is wrong with the node.
    """

    async def faults(request: Request) -> Response:
        if request.method == "POST":
            wanted = await request.json()
            if wanted.pop("restart_empty", False):
                node.restart_empty()
            node.faults = replace(node.faults, **wanted)
        elif request.method == "DELETE":
            node.faults = Faults()
        return JSONResponse(asdict(node.faults))

    async def journal(_request: Request) -> Response:
        return JSONResponse({"writes": node.journal, "lists": node.lists})

    async def sources(_request: Request) -> Response:
        return JSONResponse(node.switch.dump("source"))

    routes = [
        Route("/v1/faults", faults, methods=["GET", "POST", "DELETE"]),
        Route("/v1/journal", journal, methods=["GET"]),
        Route("/v1/sources", sources, methods=["GET"]),
    ]
    records = MemoryRecords(lambda: node.faults)
    return create_app(node, token, records=records, routes=routes, inside=[Middleware(Trouble, node=node)])


def _pretend(kind: str, id: str, fence: Fence, hash: str) -> Answer:
    return {"kind": kind, "id": id, **asdict(fence), "hash": hash, "present": bool(hash)}


async def _nowhere(_message: Message) -> None:
    """Where a lost answer goes."""


async def _half_an_answer(scope: Scope, receive: Receive, send: Send) -> None:
    """The connection breaks in the middle: what arrives is not JSON."""
    await Response('{"kind": "tr', media_type="application/json")(scope, receive, send)


def main() -> None:
    """Serve until a signal comes. The token is read from TRUNKLINE_AGENT_TOKEN."""
    parser = argparse.ArgumentParser(prog="python -m sbc.memory", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    app = create_memory_app(MemoryNode(), os.environ["TRUNKLINE_AGENT_TOKEN"])
    # Connections are kept: one that is closed while a request is on its way would look like a fault.
    quiet: Any = {"log_level": "warning", "access_log": False, "timeout_keep_alive": 600}
    uvicorn.run(app, host=options.host, port=options.port, **quiet)


if __name__ == "__main__":
    main()
