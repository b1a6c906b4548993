"""One end of a stream: sends and remembers RTP packets."""

from __future__ import annotations

import asyncio
import secrets
import struct
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Self

from sbc.lab.sip import Address
from sbc.lab.sound import FRAME, decode, encode

_HEADER = struct.Struct("!BBHII")
RTCP = range(200, 208)  # the second byte of a report, which is no packet of sound
DIGITS = "0123456789*#ABCD"
_EVENT_FRAMES, _EVENT_ENDS = 8, 3
_EVENT_PACE = 0.02  # RTPengine drops events that come faster than they can be
_END = 0x80
Cipher = Callable[[bytes], bytes]


class Packet(NamedTuple):
    """`marked` is the marker bit; `time` counts samples."""

    payload: int
    marked: bool
    time: int
    data: bytes


class Stream(asyncio.DatagramProtocol):
    """Open it with `Stream.open`. With `protect` and `unprotect` the packets are SRTP; what cannot be read is
    counted in `unreadable`.
    """

    def __init__(self) -> None:
        self.received: list[Packet] = []
        self.unreadable = 0
        self.protect: Cipher | None = None
        self.unprotect: Cipher | None = None
        self.pace = 0.005  # between two frames: four times as fast as speech
        self._transport: asyncio.DatagramTransport | None = None
        self._number, self._time = secrets.randbelow(1000), secrets.randbelow(10_000)
        self.source = secrets.randbits(31)

    @classmethod
    async def open(cls, host: str) -> Self:
        """On any free port of the host."""
        loop = asyncio.get_running_loop()
        _, stream = await loop.create_datagram_endpoint(cls, local_addr=(host, 0))
        return stream

    @property
    def address(self) -> Address:
        """Where it listens."""
        if self._transport is None:
            raise RuntimeError("a Stream is opened with `open`")
        return Address(*self._transport.get_extra_info("sockname")[:2])

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self._transport = transport  # type: ignore[assignment]

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """Called by asyncio."""
        if len(data) < _HEADER.size or data[1] in RTCP:
            return
        try:
            plain = self.unprotect(data) if self.unprotect else data
        except Exception:  # noqa: BLE001 - a packet under another key, whatever the library calls that
            self.unreadable += 1
            return
        _, payload, _, time, _ = _HEADER.unpack_from(plain)
        self.received.append(Packet(payload & 127, payload > 127, time, plain[_HEADER.size :]))  # noqa: PLR2004 - 7 bits

    def close(self) -> None:
        """Give the socket back."""
        if self._transport:
            self._transport.close()

    async def say(self, remote: Address, payload: int, codec: str, samples: Iterable[float]) -> None:
        """Speak G.711."""
        data = encode(codec, samples)
        await self.send(remote, payload, [data[at : at + FRAME] for at in range(0, len(data), FRAME)])

    async def send(self, remote: Address, payload: int, frames: Iterable[bytes]) -> None:
        """Frames of 20 ms each."""
        for frame in frames:
            self.put(remote, payload, frame)
            await asyncio.sleep(self.pace)

    def put(self, remote: Address, payload: int, frame: bytes) -> None:
        """One frame of 20 ms, at once."""
        self._send(remote, payload, self._time, frame)
        self._time += FRAME

    async def press(self, remote: Address, payload: int, digits: str) -> None:
        """RFC 2833 events, with a pause after each."""
        for digit in digits:
            for frame in range(1, _EVENT_FRAMES + 1):
                self._event(remote, payload, digit, frame * FRAME, mark=frame == 1)
                await asyncio.sleep(_EVENT_PACE)
            for _ in range(_EVENT_ENDS):
                self._event(remote, payload, digit, _EVENT_FRAMES * FRAME, end=_END)
            self._time += 2 * _EVENT_FRAMES * FRAME
            await asyncio.sleep(_EVENT_PACE * _EVENT_FRAMES)

    def sound(self, payload: int, codec: str) -> list[int]:
        """What was heard under a payload number."""
        return decode(codec, b"".join(packet.data for packet in self.received if packet.payload == payload))

    def pressed(self, payload: int) -> str:
        """The digits of the events that came, each event once."""
        events = {packet.time: DIGITS[packet.data[0]] for packet in self.received if packet.payload == payload}
        return "".join(events.values())

    def _event(
        self, remote: Address, payload: int, digit: str, length: int, *, end: int = 0, mark: bool = False
    ) -> None:
        data = struct.pack("!BBH", DIGITS.index(digit), 10 | end, length)
        self._send(remote, payload | (0x80 if mark else 0), self._time, data)

    def _send(self, remote: Address, payload: int, time: int, data: bytes) -> None:
        packet = _HEADER.pack(0x80, payload, self._number & 0xFFFF, time & 0xFFFFFFFF, self.source) + data
        self._number += 1
        if self._transport:
            self._transport.sendto(self.protect(packet) if self.protect else packet, remote)
