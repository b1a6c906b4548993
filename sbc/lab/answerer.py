"""The other end of a call: listens, and answers, rejects or rings as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Self

from sbc.lab.sip import Address, Message, answer_to, new_tag
from sbc.lab.tls_wire import Tls, open_tls_wire
from sbc.lab.wire import CallTrace, Wire, open_wire

_OK = 200
_REASONS = {404: "Not Found", 480: "Temporarily Unavailable", 486: "Busy Here", 487: "Request Terminated",
            488: "Not Acceptable Here", 500: "Server Internal Error", 503: "Service Unavailable",
            580: "Precondition Failure", 600: "Busy Everywhere", 603: "Decline"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reaction:
    """What to do with a call: ring for a while, then answer with `status`.

    Status 0 rings until the caller gives up; `silent` does not answer at all; `hang_up_after` so many seconds ends the
    call, 0 leaves that to the caller.
    """

    status: int = _OK
    ring_seconds: float = 0.1
    silent: bool = False
    hang_up_after: float = 0


class Answerer:
    """`async with Answerer(address) as phone`: `decide` sees the INVITE; by default all are answered.

    `contact` is what the Contact header claims, by default the truth. With `tls` it speaks TLS only.
    """

    def __init__(
        self,
        local: Address,
        decide: Callable[[Message], Reaction] = lambda _invite: Reaction(),
        *,
        contact: Address | None = None,
        tls: Tls | None = None,
    ) -> None:
        self._address, self._decide, self._contact, self._tls = local, decide, contact, tls
        self._wire: Wire | None = None
        self._answers: dict[str, Message] = {}  # the last answer to each INVITE by its Call-ID
        self._ringing: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        if self._tls:
            self._wire = await open_tls_wire(self._address, self._receive, self._tls)
        else:
            self._wire = await open_wire(self._address, self._receive)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._ringing.values():
            task.cancel()
        self.wire.close()

    @property
    def wire(self) -> Wire:
        """The open socket."""
        if self._wire is None:
            raise RuntimeError("an Answerer is used with `async with`")
        return self._wire

    def trace(self, call_id: str) -> CallTrace:
        """What was seen of a call here."""
        last = self._answers.get(call_id)
        _, status, reason = last.first.split(" ", 2) if last else ("", "0", "")
        return CallTrace(call_id, int(status), reason, self.wire.of_call(call_id))

    def calls(self) -> list[str]:
        """Call-IDs in the order in which they came."""
        return list(self._answers)

    def _receive(self, message: Message, remote: Address) -> None:
        """Called for every message; answers to us are of no interest."""
        if message.status or message.method == "ACK":
            return
        if message.method == "INVITE":
            self._invited(message, remote)
            return
        self._reply(message, remote, _OK)
        if message.method == "CANCEL":
            self._cancelled(message["Call-ID"], remote)

    def _invited(self, invite: Message, remote: Address) -> None:
        call_id = invite["Call-ID"]
        if call_id in self._answers and ";tag=" not in invite["To"]:
            self.wire.send(self._answers[call_id], remote)  # a retransmission
            return
        reaction = self._decide(invite)
        if reaction.silent:
            return
        self._answers[call_id] = self._reply(invite, remote, 180)
        task = asyncio.get_running_loop().create_task(self._ring(invite, remote, reaction))
        self._ringing[call_id] = task
        task.add_done_callback(lambda _: self._ringing.pop(call_id, None))

    async def _ring(self, invite: Message, remote: Address, reaction: Reaction) -> None:
        call_id = invite["Call-ID"]
        try:
            await asyncio.sleep(reaction.ring_seconds if reaction.status else 3600)
        except asyncio.CancelledError:
            self._answers[call_id] = self._reply(invite, remote, 487)
            return
        self._answers[call_id] = self._reply(invite, remote, reaction.status)
        if reaction.hang_up_after:
            await asyncio.sleep(reaction.hang_up_after)
            self._hang_up(invite, remote)

    def _hang_up(self, invite: Message, remote: Address) -> None:
        """A BYE to whatever Contact the caller named, by way of the node that brought the call."""
        target = invite["Contact"].partition("<")[2].partition(">")[0]
        headers = [
            ("Via", f"SIP/2.0/{self.wire.transport} {self.wire.local};branch=z9hG4bK{new_tag()};rport"),
            ("Max-Forwards", "70"),
        ]
        headers += [("Route", route) for route in invite.all("Record-Route")]
        headers += [("From", self._answers[invite["Call-ID"]]["To"]), ("To", invite["From"])]
        headers += [("Call-ID", invite["Call-ID"]), ("CSeq", "1 BYE")]
        self.wire.send(Message(f"BYE {target} SIP/2.0", headers), remote)

    def _cancelled(self, call_id: str, remote: Address) -> None:
        if call_id in self._ringing:
            self._ringing[call_id].cancel()

    def _reply(self, request: Message, remote: Address, status: int) -> Message:
        """Send an answer; the same Call-ID always gets the same tag."""
        body = answer_to(request.body, self.wire.local) if status == _OK and request.method == "INVITE" else ""
        reason = _REASONS.get(status) or ("Ringing" if status == 180 else HTTPStatus(status).phrase)  # noqa: PLR2004
        tag = self._tag(request["Call-ID"])
        contact = f"{self._contact or self.wire.local}{self.wire.parameter}"
        answer = request.answer(status, reason, tag=tag, contact=contact, body=body)
        self.wire.send(answer, remote)
        return answer

    def _tag(self, call_id: str) -> str:
        last = self._answers.get(call_id)
        return last["To"].partition(";tag=")[2] if last else new_tag()
