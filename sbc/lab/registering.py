"""A softphone registers: tells a node where it is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from sbc.lab.digest import Login
from sbc.lab.net import LabError
from sbc.lab.sip import Address, Message, new_tag
from sbc.lab.tls_wire import Tls, open_tls_wire
from sbc.lab.wire import Wire, open_wire

_CHALLENGED = 401
_PATIENCE = 3.0


async def register(
    local: Address,
    node: Address,
    login: Login,
    *,
    expires: int = 3600,
    contact: Address | None = None,
    tls: Tls | None = None,
) -> list[Message]:
    """The node's answers, the challenge first; 0 seconds end the registration.

    `contact` is what the Contact header claims, by default the truth. With `tls` it goes over TLS. Raises LabError when
    there is no answer.
    """
    inbox: asyncio.Queue[Message] = asyncio.Queue()

    def receive(message: Message, _remote: Address) -> None:
        inbox.put_nowait(message)

    wire = await open_tls_wire(local, receive, tls) if tls else await open_wire(local, receive)
    registering = Registering(wire, inbox, node, login, contact or wire.local)
    try:
        challenge = await registering.ask(expires)
        if challenge.status != _CHALLENGED:
            return [challenge]
        return [challenge, await registering.ask(expires, challenge)]
    finally:
        wire.close()


@dataclass
class Registering:
    """One phone's REGISTER requests over an open wire."""

    wire: Wire
    inbox: asyncio.Queue[Message]
    node: Address
    login: Login
    contact: Address
    call_id: str = field(default_factory=new_tag)
    number: int = 0

    async def ask(self, expires: int, challenge: Message | None = None) -> Message:
        """One request, with the password when a challenge is answered."""
        self.wire.send(self._request(expires, challenge), self.node)
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self.inbox.get()
        except TimeoutError as error:
            raise LabError(f"{self.node} does not answer a REGISTER") from error

    def _request(self, expires: int, challenge: Message | None) -> Message:
        self.number += 1
        uri, user = f"sip:{self.node.host}", self.login.username
        headers = [
            ("Via", f"SIP/2.0/{self.wire.transport} {self.wire.local};branch=z9hG4bK{new_tag()};rport"),
            ("Max-Forwards", "70"),
            ("From", f"<sip:{user}@{self.node.host}>;tag={new_tag()}"),
            ("To", f"<sip:{user}@{self.node.host}>"),
            ("Call-ID", self.call_id),
            ("CSeq", f"{self.number} REGISTER"),
            ("Contact", f"<sip:{user}@{self.contact}{self.wire.parameter}>"),
            ("Expires", str(expires)),
            ("User-Agent", "Trunkline softphone"),
        ]
        if challenge:
            headers.append(self.login.credentials(challenge, "REGISTER", uri))
        return Message(f"REGISTER {uri} SIP/2.0", headers)
