"""A UDP socket that remembers every message it sent and received."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from sbc.lab.net import LabError
from sbc.lab.sip import Address, Message

_REMEMBERED = 5000
Handler = Callable[[Message, Address], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """One message on the wire. `at` is seconds since the epoch, `direction` is "sent" or "received"."""

    at: float
    direction: str
    local: str
    remote: str
    call_id: str
    first_line: str
    raw: str


@dataclass(slots=True)
class CallTrace:
    """How a call went. `status` is the final SIP status, 408 when nobody answered at all."""

    call_id: str
    status: int
    reason: str
    seen: list[Seen] = field(default_factory=list)

    @property
    def answered(self) -> bool:
        """Whether the call was up."""
        return 200 <= self.status < 300  # noqa: PLR2004 - SIP's class of success

    def to_wire(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)

    @classmethod
    def from_wire(cls, wire: dict[str, Any]) -> Self:
        """Read what `to_wire` wrote."""
        return cls(**{**wire, "seen": [Seen(**seen) for seen in wire["seen"]]})


class Wire(asyncio.DatagramProtocol):
    """Open it with `open_wire`; `handler` gets every message that is SIP.

    `transport` is what a Via says, `parameter` what a URI that leads here ends with.
    """

    transport, parameter = "UDP", ""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._transport: asyncio.DatagramTransport | None = None
        self.local = Address("", 0)
        self.seen: deque[Seen] = deque(maxlen=_REMEMBERED)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self._transport = transport  # type: ignore[assignment]
        self.local = Address(*transport.get_extra_info("sockname")[:2])

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """Called by asyncio."""
        try:
            message = Message.parse(data.decode(errors="replace"))
        except ValueError:
            return  # keep-alive bytes and noise
        remote = Address(addr[0], addr[1])
        self._remember("received", remote, message, data.decode(errors="replace"))
        self._handler(message, remote)

    def send(self, message: Message, remote: Address) -> None:
        """Send and remember."""
        raw = str(message)
        self._remember("sent", remote, message, raw)
        if self._transport:
            self._transport.sendto(raw.encode(), remote)

    def of_call(self, call_id: str) -> list[Seen]:
        """What belongs to one call, in order."""
        return [seen for seen in self.seen if seen.call_id == call_id]

    def close(self) -> None:
        """Give the socket back."""
        if self._transport:
            self._transport.close()

    def _remember(self, direction: str, remote: Address, message: Message, raw: str) -> None:
        first, call_id = message.first, message["Call-ID"]
        self.seen.append(Seen(time.time(), direction, str(self.local), str(remote), call_id, first, raw))


async def open_wire(local: Address, handler: Handler) -> Wire:
    """Bind to `local` (port 0: any). Raises LabError when somebody else listens there."""
    try:
        loop = asyncio.get_running_loop()
        _, wire = await loop.create_datagram_endpoint(lambda: Wire(handler), local_addr=local)
    except OSError as error:
        raise LabError(f"cannot listen on {local}: {error.strerror}") from error
    return wire
