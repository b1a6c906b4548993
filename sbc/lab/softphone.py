"""A softphone that places a call and writes down every message."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sbc.lab.digest import Login
from sbc.lab.sip import Address, Message, address_of, new_tag, offer
from sbc.lab.tls_wire import Tls, TlsWire, open_tls_wire
from sbc.lab.wire import CallTrace, Wire, open_wire

_FIRST_RETRY, _TRIES = 0.5, 5  # RFC 3261 T1, doubled each time
_OK = 200
_FINAL = 200
_REFUSED = 300
_CHALLENGED = 407


async def call(
    local: Address,
    node: Address,
    caller: str,
    callee: str,
    *,
    hold_seconds: float = 1.0,
    cancel_after: float | None = None,
    hang_up: bool = True,
    login: Login | None = None,
    contact: Address | None = None,
    more: Sequence[tuple[str, str]] = (),
    tries: int = _TRIES,
    host: str = "",
    tls: Tls | None = None,
    break_off: float | None = None,
) -> CallTrace:
    """Place a call from `local` (port 0: any) through `node`, hold it, hang up.

    `cancel_after` gives up so long after it began to ring. With `hang_up` false the caller vanishes instead.
    The call ends early when the other side hangs up. `login` answers a challenge; `contact`
    is what the Contact header claims, by default the truth; `more` are headers of the INVITE, which is sent
    up to `tries` times; `host` is what it asks for, by default the node. With `tls` it goes over TLS; `break_off`
    closes the connection so long after the answer.
    Raises LabError when `local` is taken.
    """
    inbox: asyncio.Queue[Message] = asyncio.Queue()

    def receive(message: Message, remote: Address) -> None:
        _receive(wire, inbox, message, remote)

    wire = await open_tls_wire(local, receive, tls) if tls else await open_wire(local, receive)
    try:
        outgoing = _Outgoing(wire, inbox, node, caller, callee, contact or wire.local, login, more, tries, host)
        final = await outgoing.invite(cancel_after)
        if final is not None and _FINAL <= final.status < _REFUSED:
            if break_off is not None and isinstance(wire, TlsWire):
                asyncio.get_running_loop().call_later(break_off, wire.hang_up)
            await outgoing.hold_and_hang_up(hold_seconds, hang_up=hang_up)
        return outgoing.trace(final)
    finally:
        wire.close()


def _receive(wire: Wire, inbox: asyncio.Queue[Message], message: Message, remote: Address) -> None:
    """Requests of the other side are answered at once; a BYE and every answer go to the call."""
    if message.status or message.method == "BYE":
        inbox.put_nowait(message)
    if not message.status and message.method != "ACK":
        wire.send(message.answer(_OK, "OK", tag=new_tag(), contact=f"{wire.local}{wire.parameter}"), remote)


@dataclass
class _Outgoing:
    """One call that we place."""

    wire: Wire
    inbox: asyncio.Queue[Message]
    node: Address
    caller: str
    callee: str
    contact: Address
    login: Login | None = None
    more: Sequence[tuple[str, str]] = ()
    tries: int = _TRIES
    host: str = ""
    call_id: str = field(default_factory=new_tag)
    tag: str = field(default_factory=new_tag)
    to: str = ""
    target: str = ""
    routes: list[str] = field(default_factory=list)
    number: int = 1  # of the last request, as in CSeq

    async def invite(self, cancel_after: float | None) -> Message | None:
        """The final answer, acknowledged; None when there was no answer at all."""
        self.target = f"sip:{self.callee}@{self.host or self.node}"
        answer = await self._invite_once(cancel_after)
        if self.login and answer is not None and answer.status == _CHALLENGED:
            self.number += 1
            answer = await self._invite_once(cancel_after, self.login.credentials(answer, "INVITE", self.target))
        return answer

    async def _invite_once(self, cancel_after: float | None, *more: tuple[str, str]) -> Message | None:
        self.to = f"<{self.target}>"
        invite = self._request(
            "INVITE",
            self.number,
            f"z9hG4bK{new_tag()}",
            offer(self.wire.local, int(isinstance(self.wire, TlsWire))),
            (*self.more, *more),
        )
        answer = await self._ask(invite)
        while answer is not None and answer.status < _FINAL:
            patience = cancel_after if answer.status > 100 else None  # noqa: PLR2004 - 100 is not ringing yet
            following = await self._next("INVITE", patience)
            if following is None:
                self.wire.send(self._same_transaction(invite, "CANCEL"), self.node)
                cancel_after = None
            answer = following or answer
        if answer is not None:
            self._acknowledge(invite, answer)
        return answer

    async def hold_and_hang_up(self, seconds: float, *, hang_up: bool) -> None:
        """Until the other side says BYE or the time is over."""
        if await self._next("BYE", seconds) is None and hang_up:
            await self._ask(self._request("BYE", self.number + 1, f"z9hG4bK{new_tag()}"))

    def trace(self, final: Message | None) -> CallTrace:
        """What happened so far."""
        _, status, reason = final.first.split(" ", 2) if final else ("", "408", "No Answer")
        return CallTrace(self.call_id, int(status), reason, self.wire.of_call(self.call_id))

    def _acknowledge(self, invite: Message, answer: Message) -> None:
        self.to = answer["To"]
        if answer.status >= _REFUSED:
            self.wire.send(self._same_transaction(invite, "ACK", to=self.to), self.node)
            return
        self.target = answer["Contact"].partition("<")[2].partition(">")[0]
        self.routes = answer.all("Record-Route")[::-1]
        self.wire.send(self._request("ACK", self.number, f"z9hG4bK{new_tag()}"), self._next_hop())

    async def _ask(self, request: Message) -> Message | None:
        """Send, and send again, until the first answer."""
        wait = _FIRST_RETRY
        for _ in range(self.tries):
            self.wire.send(request, self._next_hop())
            answer = await self._next(request.method, wait)
            if answer is not None:
                return answer
            wait *= 2
        return None

    async def _next(self, method: str, seconds: float | None) -> Message | None:
        """The next message about `method`; None when the time is over."""
        try:
            async with asyncio.timeout(seconds):
                while (message := await self.inbox.get()).method != method:
                    pass
                return message
        except TimeoutError:
            return None

    def _next_hop(self) -> Address:
        return address_of(self.routes[0]) if self.routes else self.node

    def _request(
        self, method: str, number: int, branch: str, body: str = "", more: Iterable[tuple[str, str]] = ()
    ) -> Message:
        headers = [
            ("Via", f"SIP/2.0/{self.wire.transport} {self.wire.local};branch={branch};rport"),
            ("Max-Forwards", "70"),
        ]
        headers += [("Route", route) for route in self.routes]
        headers += [("From", f"<sip:{self.caller}@{self.wire.local.host}>;tag={self.tag}"), ("To", self.to)]
        headers += [("Call-ID", self.call_id), ("CSeq", f"{number} {method}")]
        headers += [
            ("Contact", f"<sip:{self.caller}@{self.contact}{self.wire.parameter}>"),
            ("User-Agent", "Trunkline softphone"),
            *more,
        ]
        if body:
            headers.append(("Content-Type", "application/sdp"))
        return Message(f"{method} {self.target} SIP/2.0", headers, body)

    def _same_transaction(self, invite: Message, method: str, *, to: str = "") -> Message:
        """A CANCEL, or the ACK of a refusal: the INVITE's own address and branch."""
        branch = invite["Via"].partition("branch=")[2].partition(";")[0]
        request = self._request(method, self.number, branch)
        return Message(
            f"{method} {invite.first.split()[1]} SIP/2.0",
            [(name, to or value if name == "To" else value) for name, value in request.headers],
        )
