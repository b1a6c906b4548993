"""SIP over TLS for the lab's phones: a wire that listens, connects when it must, and remembers every message."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import ssl
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path

from sbc.lab.net import LabError
from sbc.lab.sip import Address, Message
from sbc.lab.wire import Handler, Wire

_LENGTH = re.compile(rb"^(?:content-length|l)[ \t]*:[ \t]*(\d+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Tls:
    """What a phone shows (`cert`, `key`; both empty: it only connects) and whom it believes (`trusted`).

    `node_name` is what the node's certificate must be good for, by default its address. `newest` is the newest
    version of TLS that the phone knows.
    """

    trusted: Path
    cert: Path | None = None
    key: Path | None = None
    node_name: str = ""
    newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED

    def listening(self) -> ssl.SSLContext | None:
        """For connections that come in; None when there is nothing to show."""
        if not self.cert:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        return self._of_version(context)

    def connecting(self) -> ssl.SSLContext:
        """For connections to the node, whose certificate and name are checked."""
        return self._of_version(ssl.create_default_context(cafile=str(self.trusted)))

    def _of_version(self, context: ssl.SSLContext) -> ssl.SSLContext:
        if self.newest is not ssl.TLSVersion.MAXIMUM_SUPPORTED:
            context.set_ciphers("ALL:@SECLEVEL=0")  # what old versions need
            context.minimum_version = context.maximum_version = self.newest
        return context


class TlsWire(Wire):
    """Open it with `open_tls_wire`. Messages go over the connection that there is, or over a new one."""

    transport, parameter = "TLS", ";transport=tls"

    def __init__(self, handler: Handler, tls: Tls) -> None:
        super().__init__(handler)
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._connections: dict[Address, asyncio.StreamWriter] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._sending = asyncio.Lock()
        self.opened = 0  # connections that we opened
        self.accepted = 0
        self.refused = ""  # why the last connection was not made

    async def listen(self, local: Address) -> None:
        """Port 0: listen nowhere, but come from the same port all the time."""
        self.local = local if local.port else Address(local.host, _free_port(local.host))
        context = self._tls.listening()
        if context and local.port:
            self._server = await asyncio.start_server(self._accepted, *local, ssl=context, reuse_address=True)

    def send(self, message: Message, remote: Address) -> None:
        """In the order of the calls, as soon as there is a connection."""
        self._remember("sent", remote, message, str(message))
        self._spawn(self._send(str(message).encode(), remote))

    def hang_up(self) -> None:
        """Close every connection; the next message opens another."""
        for writer in self._connections.values():
            writer.close()
        self._connections.clear()

    def close(self) -> None:
        """Give everything back."""
        for task in self._tasks:
            task.cancel()
        self.hang_up()
        if self._server:
            self._server.close()

    async def _send(self, raw: bytes, remote: Address) -> None:
        async with self._sending:
            try:
                writer = self._connections.get(remote) or await self._connect(remote)
                writer.write(raw)
                await writer.drain()
            except OSError as error:
                self.refused = str(error)

    async def _connect(self, remote: Address) -> asyncio.StreamWriter:
        local = None if self._server else self.local
        reader, writer = await asyncio.open_connection(
            *remote,
            ssl=self._tls.connecting(),
            server_hostname=self._tls.node_name or remote.host,
            local_addr=local or (self.local.host, 0),
        )
        self.opened += 1
        self._connections[remote] = writer
        self._spawn(self._read(reader, remote))
        return writer

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        remote = Address(*writer.get_extra_info("peername")[:2])
        self.accepted += 1
        self._connections[remote] = writer
        await self._read(reader, remote)

    async def _read(self, reader: asyncio.StreamReader, remote: Address) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                raw = (await _next_message(reader)).decode(errors="replace")
                message = Message.parse(raw)
                self._remember("received", remote, message, raw)
                self._handler(message, remote)
        if writer := self._connections.pop(remote, None):
            writer.close()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def open_tls_wire(local: Address, handler: Handler, tls: Tls) -> TlsWire:
    """Listen at `local` when there is a certificate to show. Raises LabError when somebody else listens there."""
    wire = TlsWire(handler, tls)
    try:
        await wire.listen(local)
    except OSError as error:
        raise LabError(f"cannot listen on {local}: {error.strerror}") from error
    return wire


async def _next_message(reader: asyncio.StreamReader) -> bytes:
    """Up to and with the body, whose length a stream has to say; empty lines before it keep a connection alive."""
    head = b""
    while not head.strip():
        head = await reader.readuntil(b"\r\n")
    head = head + await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return head + (await reader.readexactly(int(length[1])) if length else b"")


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
