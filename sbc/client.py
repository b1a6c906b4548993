"""The portal's side of the node agent's HTTP interface."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import urllib3

from sbc.agent.records import CallRecord
from sbc.documents import Document, Fence, RouteDocument
from sbc.rehearsal import Rehearsal

PAGE = 1000
_REFUSALS = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.UNPROCESSABLE_ENTITY}


class NodeError(Exception):
    """A node did not do what was asked."""


class Unavailable(NodeError):
    """The node did not answer, or answered that it is busy; the same call may succeed later."""


class NotReached(Unavailable):
    """No connection was made: the node certainly did not get the call."""


class Rejected(NodeError):
    """The node understood and refuses for good; `reason` is a CamelCase code, str() a sentence."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Stale(Rejected):
    """The node holds a newer fence than the one that was sent."""


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """`boot_id` changes when the node's store was lost, not at a restart; `counts` are documents per kind."""

    boot_id: str
    counts: dict[str, int]
    kamailio: bool


@dataclass(frozen=True, slots=True)
class Held:
    """What a node really has of one document, read from Kamailio. `hash` is of the keys that were read:
    it equals the document's hash only when every key is as it should be. `present` is False after a delete.
    """

    kind: str
    id: str
    fence: Fence
    hash: str
    present: bool


@dataclass(frozen=True, slots=True)
class Registration:
    """A contact of a registered trunk. `source` is the host:port that it registered from; `since` is when this
    registration began, without a gap; times are Unix seconds.
    """

    id: str
    trunk_id: str
    contact: str
    source: str
    user_agent: str
    since: int
    refreshed_at: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a node shows to a PBX that comes over TLS. `names` are the host names and addresses that it is good for;
    times are Unix seconds; `authority` is the PEM text to trust.
    """

    subject: str
    issuer: str
    names: list[str]
    begins_at: int
    ends_at: int
    fingerprint: str
    authority: str


@dataclass(frozen=True, slots=True)
class Check:
    """What came of asking a destination with OPTIONS. Port 0 means that the host is looked up by SRV; times are Unix
    seconds, 0 for never; `code` 408 means no answer; `missed` counts questions without an answer in a row. `name` says
    why its host name is of no use to calls: "lost" (it leads nowhere) or "refused" (it leads where it may not).
    """

    trunk_id: str
    host: str
    port: int
    alive: bool | None  # None: not known yet
    code: int
    round_trip_ms: int
    answered_at: int
    tried_at: int
    missed: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Ended calls in order of their sequence numbers. A `store` that is not the one asked with: the node lost its
    records, numbering began anew, and these are the first ones.
    """

    store: str
    records: tuple[tuple[int, CallRecord], ...]


@dataclass(frozen=True, slots=True)
class Tls:
    """Paths: who must have signed the agent's certificate, and what we show to the agent."""

    authority: str
    certificate: str
    key: str


@dataclass(frozen=True, slots=True)
class FailedSignIn:
    """How often somebody at an address failed to sign in as a trunk's user within a day; `last_at` in Unix seconds."""

    trunk_id: str
    source: str
    count: int
    last_at: int


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed sign-ins, the latest first; the node has `left_off` more, which are older."""

    latest: tuple[FailedSignIn, ...]
    left_off: int


class NodeClient:
    """One node's agent. Every method raises Unavailable or Rejected.

    `timeout` is in seconds, for connecting and for each wait. An https URL needs `tls`; its host must be among the
    names of the agent's certificate.
    """

    def __init__(self, url: str, token: str, *, timeout: float = 2.0, tls: Tls | None = None) -> None:
        secured: dict[str, Any] = {}
        if tls and url.startswith("https:"):
            secured = {"ca_certs": tls.authority, "cert_file": tls.certificate, "key_file": tls.key}
        self._http = urllib3.connection_from_url(
            url,
            maxsize=16,
            headers={"Authorization": f"Bearer {token}"},
            timeout=urllib3.Timeout(connect=timeout, read=timeout),
            retries=False,
            **secured,
        )

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def put(self, document: Document, fence: Fence) -> Held:
        """Store and apply the document; answers what was read back."""
        return _held(self._call("PUT", _path(document.kind, document.id), json=_fenced(fence, document.to_wire())))

    def delete(self, kind: str, id: str, fence: Fence) -> Held:
        """Remove the document and leave a tombstone; deleting what is not there succeeds."""
        return _held(self._call("DELETE", _path(kind, id), json=_fenced(fence, None)))

    def read(self, kind: str, id: str) -> Held | None:
        """What the node has in Kamailio at this moment; None if it never heard of it."""
        answer = self._call("GET", _path(kind, id))
        return _held(answer) if answer["known"] else None

    def list(self, kind: str) -> Iterator[Held]:
        """Everything of a kind that the node has, tombstones left out, in order of id."""
        return map(_held, self._pages("documents", f"documents/{kind}"))

    def status(self) -> NodeStatus:
        """How the node is."""
        answer = self._call("GET", "/v1/status")
        return NodeStatus(answer["boot_id"], answer["counts"], answer["kamailio"])

    def calls(self) -> dict[str, int]:
        """Calls up at this moment per channel group; groups without a call are left out."""
        groups: dict[str, int] = self._call("GET", "/v1/calls")["groups"]
        return groups

    def registrations(self) -> Iterator[Registration]:
        """Every live contact of every registered trunk."""
        return (Registration(**members) for members in self._pages("registrations"))

    def certificate(self) -> Certificate | None:
        """What the node shows over TLS; None when it cannot say."""
        answer = self._call("GET", "/v1/certificate")
        return Certificate(**answer) if answer else None

    def checks(self) -> Iterator[Check]:
        """Every destination that the node asks with OPTIONS."""
        return map(_check, self._pages("checks"))

    def records(self, store: str, after: int, limit: int = PAGE) -> RecordPage:
        """Ended calls after a cursor. Asking with it tells the node that everything up to it is safe here."""
        query = urlencode({"store": store, "after": after, "limit": limit})
        page = self._call("GET", f"/v1/records?{query}")
        found = ((members["sequence"], CallRecord.from_wire(members)) for members in page["records"])
        return RecordPage(page["store"], tuple(found))

    def failures(self) -> Failures:
        """The latest failed sign-ins per trunk and address."""
        answer = self._call("GET", f"/v1/failures?limit={PAGE}")
        return Failures(tuple(map(_failed_sign_in, answer["failures"])), answer["left_off"])

    def rehearse(self, number: str, caller: str, route: RouteDocument | None = None) -> Rehearsal:
        """What the node would do with a call to the number (E.164) now; with a route, as if the number led to that one,
        which need not be saved. `caller` is digits with or without a plus, empty when withheld.
        """
        question = {"number": number, "caller": caller, "route": route.to_wire() if route else None}
        return Rehearsal.from_wire(self._call("POST", "/v1/rehearse", json=question))

    def _pages(self, name: str, path: str = "") -> Iterator[dict[str, Any]]:
        """Everything of a list that has pages in order of id."""
        after = ""
        while True:
            query = urlencode({"after": after, "limit": PAGE})
            page = self._call("GET", f"/v1/{path or name}?{query}")[name]
            yield from page
            if len(page) < PAGE:
                return
            after = page[-1]["id"]

    def _call(self, method: str, path: str, json: Any = None) -> dict[str, Any]:
        try:
            response = self._http.request(method, path, json=json)
            body: dict[str, Any] = response.json()
        except urllib3.exceptions.ConnectTimeoutError as error:
            raise NotReached(f"no connection to the node: {type(error).__name__}") from error
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise Unavailable(f"no usable answer from the node: {type(error).__name__}") from error
        if response.status < HTTPStatus.BAD_REQUEST:
            return body
        reason, message = body.get("reason", "NodeError"), body.get("message", f"HTTP {response.status}")
        if response.status == HTTPStatus.CONFLICT:
            raise Stale(reason, message)
        if response.status in _REFUSALS:
            raise Rejected(reason, message)
        raise Unavailable(message)


def _path(kind: str, id: str) -> str:
    return f"/v1/documents/{kind}/{quote(id, safe='+')}"


def _fenced(fence: Fence, wire: dict[str, Any] | None) -> dict[str, Any]:
    return {"generation": fence.generation, "epoch": fence.epoch, "document": wire}


def _held(answer: dict[str, Any]) -> Held:
    fence = Fence(answer["generation"], answer["epoch"])
    return Held(answer["kind"], answer["id"], fence, answer["hash"], answer["present"])


def _check(answer: dict[str, Any]) -> Check:
    trunk_id, _, hop = answer["id"].partition("/")
    host, _, port = hop.rpartition(":") if not hop.endswith("]") and ":" in hop else (hop, "", "0")
    name = answer.get("name", "")  # an older agent says nothing of names
    alive = False if answer["silent"] or name else True if answer["answered"] else None
    counts = answer["code"], answer["ms"], answer["answered"], answer["tried"], answer["missed"]
    return Check(trunk_id, host.strip("[]"), int(port), alive, *counts, name)


def _failed_sign_in(answer: dict[str, Any]) -> FailedSignIn:
    trunk_id, _, source = answer["id"].partition("/")
    return FailedSignIn(trunk_id, source, answer["n"], answer["last"])
