"""Reports of how a stream is received (RTCP), with made-up figures, for what a node makes of them."""

from __future__ import annotations

import asyncio
import struct
import time
from typing import Any, Self

from sbc.lab.rtp import Stream
from sbc.lab.sip import Address

_SENDER_REPORT = struct.Struct("!BBHIQIII")
_BLOCK = struct.Struct("!IBBHIIII")
_KIND = 200
_EPOCH = 2_208_988_800  # of NTP, before that of Unix
_LOST_OF_256, _JITTER_SAMPLES = 13, 40  # five percent, five milliseconds
_HELD = 1 << 12  # a sixteenth of a second between a report and the one that answers it


class Reporter(asyncio.DatagramProtocol):
    """Sits beside a stream, on the port after its own."""

    def __init__(self, source: int) -> None:
        self._heard: tuple[int, int] | None = None  # whose report came last, and what time that one said
        self._transport: asyncio.DatagramTransport | None = None
        self._source = source

    @classmethod
    async def open(cls, stream: Stream) -> Self:
        """Beside `stream`, and under the same number (SSRC)."""
        loop = asyncio.get_running_loop()
        address = (stream.address.host, stream.address.port + 1)
        _, reporter = await loop.create_datagram_endpoint(lambda: cls(stream.source), local_addr=address)
        return reporter

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self._transport = transport  # type: ignore[assignment]

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """Called by asyncio."""
        if data[1] == _KIND:
            _, _, _, source, at, *_ = _SENDER_REPORT.unpack_from(data)
            self._heard = source, at

    def close(self) -> None:
        """Give the socket back."""
        if self._transport:
            self._transport.close()

    def send(self, stream: Address) -> None:
        """A report to whoever sends to us from `stream`, about it once it has reported itself."""
        block = b""
        if self._heard:
            source, at = self._heard
            last = (at >> 16) & 0xFFFFFFFF
            block = _BLOCK.pack(source, _LOST_OF_256, 0, 2, 100, _JITTER_SAMPLES, last, _HELD)
        now = int((time.time() + _EPOCH) * (1 << 32))
        words = (_SENDER_REPORT.size + len(block)) // 4 - 1
        report = _SENDER_REPORT.pack(0x80 | bool(block), _KIND, words, self._source, now, 1000, 30, 4800) + block
        if self._transport:
            self._transport.sendto(report, (stream.host, stream.port + 1))
