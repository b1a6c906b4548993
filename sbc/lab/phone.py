"""A telephone whose sessions and changes of session are chosen call by call, on either end of a call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from sbc.lab.sip import Address, Message, address_of, new_tag
from sbc.lab.tls_wire import Tls, open_tls_wire
from sbc.lab.wire import Wire, open_wire

_PATIENCE = 10
_ROUND_TRIP = 0.02  # an ACK, or an answer to BYE, that comes at once may find a node that is not done with what it sent
_OK = 200
_REFUSED = 300
Answer = str | int  # the session of a 200, or another status


@dataclass
class Leg:
    """A call as one end has it. `final` is the answer to our first INVITE (None on the end that was called), `body` the
    other side's last session.
    """

    phone: Phone
    call_id: str
    own: str  # From or To with our tag
    other: str
    target: str
    routes: list[str]
    body: str = ""
    final: Message | None = None
    ended: bool = False
    number: int = 1
    early: str = ""  # the session of a 183
    copies: int = 1
    answers: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)

    @property
    def status(self) -> int:
        """The final status; 0 for a call that came in."""
        return self.final.status if self.final else 0

    async def invite(self, body: str, acknowledge: Callable[[str], str] | None = None) -> Message:
        """An INVITE, the first or another one, to its end. `acknowledge` makes the ACK's session for a late offer."""
        self.number += 1
        branch = f"z9hG4bK{new_tag()}"
        self._send("INVITE", branch, body)
        while (answer := await self._next("INVITE")).status < _OK:
            self.early = answer.body or self.early
        self.final = self.final or answer
        self.other = answer["To"]
        if answer.status >= _REFUSED:
            self._send("ACK", branch)
            return answer
        self.body = answer.body
        await asyncio.sleep(_ROUND_TRIP)
        self.target = answer["Contact"].partition("<")[2].partition(">")[0]
        self.routes = self.routes or answer.all("Record-Route")[::-1]
        self._send("ACK", f"z9hG4bK{new_tag()}", acknowledge(answer.body) if acknowledge else "")
        return answer

    async def hang_up(self) -> Message:
        """BYE, and its answer."""
        self.number += 1
        self._send("BYE", f"z9hG4bK{new_tag()}")
        return await self._next("BYE")

    async def _next(self, method: str) -> Message:
        async with asyncio.timeout(_PATIENCE):
            while (answer := await self.answers.get()).method != method:
                pass
        return answer

    def _send(self, method: str, branch: str, body: str = "") -> None:
        local = self.phone.wire.local
        wire = self.phone.wire
        headers = [("Via", f"SIP/2.0/{wire.transport} {local};branch={branch};rport"), ("Max-Forwards", "70")]
        headers += [("Route", route) for route in self.routes]
        headers += [("From", self.own), ("To", self.other), ("Call-ID", self.call_id)]
        headers += [("CSeq", f"{self.number} {method}"), ("Contact", f"<sip:phone@{local}{wire.parameter}>")]
        headers += [("Content-Type", "application/sdp")] if body else []
        message = Message(f"{method} {self.target} SIP/2.0", headers, body)
        for _ in range(self.copies if method == "INVITE" else 1):
            wire.send(message, address_of(self.routes[0] if self.routes else self.target))


class Phone:
    """`async with Phone(address) as phone`; with `tls` it speaks TLS. `answer` is what an INVITE gets, a first one and
    a re-INVITE alike; with `early` a session goes out with a 183 before, and the answer takes `pause` seconds. `more`
    are headers of the answers to INVITEs.
    """

    def __init__(self, local: Address, tls: Tls | None = None) -> None:
        self._local, self._tls = local, tls
        self._wire: Wire | None = None
        self.answer: Callable[[Message], Answer] = lambda _invite: 486
        self.early = ""
        self.pause = 0.1
        self.more: list[tuple[str, str]] = []
        self.legs: dict[str, Leg] = {}

    async def __aenter__(self) -> Self:
        if self._tls:
            self._wire = await open_tls_wire(self._local, self._receive, self._tls)
        else:
            self._wire = await open_wire(self._local, self._receive)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.wire.close()

    @property
    def wire(self) -> Wire:
        """The open socket."""
        if self._wire is None:
            raise RuntimeError("a Phone is used with `async with`")
        return self._wire

    @property
    def _contact(self) -> str:
        return f"{self.wire.local}{self.wire.parameter}"

    async def call(
        self, node: Address, caller: str, callee: str, body: str, acknowledge: Callable[[str], str] | None = None
    ) -> Leg:
        """Place a call; returns with its final answer. Without a `body` the other side makes the offer."""
        own = f"<sip:{caller}@{self.wire.local.uri_host}>;tag={new_tag()}"
        target = f"sip:{callee}@{node}"
        leg = Leg(self, new_tag(), own, f"<{target}>", target, [])
        self.legs[leg.call_id] = leg
        await leg.invite(body, acknowledge)
        return leg

    def _receive(self, message: Message, remote: Address) -> None:
        leg = self.legs.get(message["Call-ID"])
        if message.status:
            if leg:
                leg.answers.put_nowait(message)
        elif message.method == "INVITE":
            self._invited(message, remote, leg)
        elif message.method == "ACK":
            if leg and message.body:
                leg.body = message.body
        else:
            answer = message.answer(_OK, "OK", tag=new_tag(), contact=self._contact)
            asyncio.get_running_loop().call_later(_ROUND_TRIP, self.wire.send, answer, remote)
            if leg and message.method == "BYE":
                leg.ended = True

    def _invited(self, invite: Message, remote: Address, leg: Leg | None) -> None:
        tag = leg.own.partition(";tag=")[2] if leg else new_tag()
        if self.early and not leg:
            self._reply(invite, remote, 183, tag, self.early)
            asyncio.get_running_loop().call_later(self.pause, self._answer, invite, remote, leg, tag)
        else:
            self._answer(invite, remote, leg, tag)

    def _answer(self, invite: Message, remote: Address, leg: Leg | None, tag: str) -> None:
        answer = self.answer(invite)
        status, body = (_OK, answer) if isinstance(answer, str) else (answer, "")
        reply = self._reply(invite, remote, status, tag, body)
        if not leg:
            target = invite["Contact"].partition("<")[2].partition(">")[0]
            leg = Leg(self, invite["Call-ID"], reply["To"], invite["From"], target, invite.all("Record-Route"))
            self.legs[leg.call_id] = leg
        if status == _OK:
            leg.body = invite.body or leg.body

    def _reply(self, invite: Message, remote: Address, status: int, tag: str, body: str) -> Message:
        reply = invite.answer(status, "Because", tag=tag, contact=self._contact, body=body)
        reply.headers += self.more
        self.wire.send(reply, remote)
        return reply
