"""Fax machines for tests: one that speaks G.711, one that speaks T.38, and the page that they send.

They are libspandsp's, which RTPengine brings along.
"""

from __future__ import annotations

import asyncio
import ctypes
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from sbc.lab.rtp import Stream
from sbc.lab.sip import Address
from sbc.lab.sound import FRAME, decode, encode

WIDTH = 1728  # of a fax in points
_BYTES = WIDTH // 8
_COMPRESSIONS = 0x0E  # T.4 in one and two dimensions, T.6
_FRAME_SECONDS = 0.02
_UDPTL = struct.Struct("!HB")
_Ended = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
_Packet = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_uint8), ctypes.c_int, ctypes.c_int
)


def _library() -> Any:
    library = ctypes.CDLL("libspandsp.so.2")
    for name in ("fax_init", "fax_get_t30_state", "t38_terminal_init", "t38_terminal_get_t30_state"):
        getattr(library, name).restype = ctypes.c_void_p
    library.t38_terminal_get_t38_core_state.restype = ctypes.c_void_p
    return library


class Machine:
    """One end of a fax call: sends the page in `page`, or receives one into it. `result` is 0 when all went well."""

    def __init__(self, page: Path, *, sends: bool) -> None:
        self.result: int | None = None
        self._spandsp = _library()
        self._ended = _Ended(self._end)
        self._page, self._sends = str(page).encode(), sends

    def _load(self, t30: int) -> None:
        state, spandsp = ctypes.c_void_p(t30), self._spandsp
        spandsp.t30_set_phase_e_handler(state, self._ended, None)
        spandsp.t30_set_ecm_capability(state, 1)
        spandsp.t30_set_supported_compressions(state, _COMPRESSIONS)
        if self._sends:
            spandsp.t30_set_tx_file(state, self._page, -1, -1)
        else:
            spandsp.t30_set_rx_file(state, self._page, -1)

    def _end(self, _t30: int, _data: int, result: int) -> None:
        self.result = result

    async def run(self, seconds: float = 60) -> None:
        """Until the fax is over, one frame every 20 ms."""
        loop = asyncio.get_running_loop()
        at = loop.time()
        limit = at + seconds
        after = 25  # what is under way has half a second
        while after and at < limit:
            self._step()
            after -= self.result is not None
            at += _FRAME_SECONDS
            await asyncio.sleep(max(0.0, at - loop.time()))

    def _step(self) -> None:
        raise NotImplementedError


class SoundFax(Machine):
    """Speaks PCMA over a stream."""

    def __init__(self, page: Path, *, sends: bool, stream: Stream, remote: Callable[[], Address]) -> None:
        super().__init__(page, sends=sends)
        self._stream, self._remote, self._read = stream, remote, 0
        self._fax = ctypes.c_void_p(self._spandsp.fax_init(None, int(sends)))
        self._load(self._spandsp.fax_get_t30_state(self._fax))
        self._spandsp.fax_set_transmit_on_idle(self._fax, 1)

    def _step(self) -> None:
        samples = (ctypes.c_int16 * FRAME)()
        self._spandsp.fax_tx(self._fax, samples, FRAME)
        self._stream.put(self._remote(), 8, encode("PCMA", samples))
        for packet in self._stream.received[self._read :]:
            heard = decode("PCMA", packet.data)
            self._spandsp.fax_rx(self._fax, (ctypes.c_int16 * len(heard))(*heard), len(heard))
        self._read = len(self._stream.received)


class T38Fax(Machine, asyncio.DatagramProtocol):
    """Speaks T.38 over UDPTL from a socket of its own; open it with `open`."""

    def __init__(self, page: Path, *, sends: bool, remote: Callable[[], Address]) -> None:
        super().__init__(page, sends=sends)
        self._remote, self._number = remote, 0
        self._transport: asyncio.DatagramTransport | None = None
        self._packet = _Packet(self._send)
        self._fax = ctypes.c_void_p(self._spandsp.t38_terminal_init(None, int(sends), self._packet, None))
        self._core = ctypes.c_void_p(self._spandsp.t38_terminal_get_t38_core_state(self._fax))
        self._load(self._spandsp.t38_terminal_get_t30_state(self._fax))

    @classmethod
    async def open(cls, host: str, page: Path, *, sends: bool, remote: Callable[[], Address]) -> Self:
        """On any free port of the host."""
        loop = asyncio.get_running_loop()
        _, fax = await loop.create_datagram_endpoint(
            lambda: cls(page, sends=sends, remote=remote), local_addr=(host, 0)
        )
        return fax

    @property
    def address(self) -> Address:
        """Where it listens."""
        if self._transport is None:
            raise RuntimeError("a T38Fax is opened with `open`")
        return Address(*self._transport.get_extra_info("sockname")[:2])

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self._transport = transport  # type: ignore[assignment]

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """The primary packet; loopback loses none, so what is sent again is not needed."""
        number, length = _UDPTL.unpack_from(data)
        packet = data[_UDPTL.size : _UDPTL.size + length]
        self._spandsp.t38_core_rx_ifp_packet(self._core, packet, length, number)

    def _send(self, _core: int, _data: int, packet: Any, length: int, _copies: int) -> int:
        if self._transport:
            data = _UDPTL.pack(self._number & 0xFFFF, length) + bytes(packet[:length]) + b"\0\0"
            self._transport.sendto(data, self._remote())
        self._number += 1
        return 0

    def _step(self) -> None:
        self._spandsp.t38_terminal_send_timeout(self._fax, FRAME)


def write_page(file: Path, rows: list[bytes]) -> None:
    """A TIFF of one uncompressed page, 1 for black; each row has WIDTH points."""
    data = b"".join(rows)
    at = 8 + len(data)
    short, long, ratio = 3, 4, 5
    entries = [
        (256, long, WIDTH), (257, long, len(rows)), (258, short, 1), (259, short, 1), (262, short, 0), (266, short, 1),
        (273, long, 8), (277, short, 1), (278, long, len(rows)), (279, long, len(data)), (282, ratio, 0),
        (283, ratio, 8), (296, short, 2),
    ]  # fmt: skip
    ratios = at + 2 + 12 * len(entries) + 4
    directory = struct.pack("<H", len(entries))
    for tag, kind, value in entries:
        directory += struct.pack("<HHII", tag, kind, 1, ratios + value if kind == ratio else value)
    resolution = struct.pack("<IIII", 204, 1, 98, 1)
    file.write_bytes(struct.pack("<2sHI", b"II", 42, at) + data + directory + bytes(4) + resolution)


def read_page(file: Path) -> list[bytes]:
    """The rows of a TIFF's first page, 1 for black."""
    tiff = ctypes.CDLL("libtiff.so.6")
    tiff.TIFFOpen.restype = ctypes.c_void_p
    tiff.TIFFScanlineSize.restype = ctypes.c_ssize_t
    image = ctypes.c_void_p(tiff.TIFFOpen(str(file).encode(), b"r"))
    if not image:
        return []
    size = tiff.TIFFScanlineSize(image)
    rows: list[bytes] = []
    row = ctypes.create_string_buffer(size)
    while tiff.TIFFReadScanline(image, row, ctypes.c_uint32(len(rows)), 0) == 1:
        rows.append(row.raw)
    tiff.TIFFClose(image)
    return rows
