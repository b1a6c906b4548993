"""RTPengine as a part of a node: how it is started, and what it says of its sessions."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import threading
from collections.abc import Sequence
from typing import Any, Self

from sbc.lab.net import LabError
from sbc.lab.sip import Address

MEDIA_CONTROL_PORT = 2223
FIRST_PORT, LAST_PORT = 20000, 29999
_SILENT_SECONDS = 120  # a session in which nobody sent anything
_HELD_SECONDS = 4 * 3600  # one on hold, where silence is meant


def rtpengine_path() -> str:
    """Where RTPengine is. Raises LabError when it is not installed."""
    found = shutil.which("rtpengine", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")
    if not found:
        raise LabError("RTPengine is not installed: apt-get install rtpengine-daemon")
    return found


def rtpengine_command(
    address: str, control: str, also: Sequence[str] = (), ports: tuple[int, int] = (FIRST_PORT, LAST_PORT)
) -> list[str]:
    """In the foreground, in user space, with its media on `address` and `also`; Kamailio speaks to it on `control`."""
    return [
        rtpengine_path(),
        "--foreground",
        "--log-stderr",
        "--log-level=4",
        "--config-file=none",
        "--table=-1",
        *(f"--interface={at}" for at in (address, *also)),
        f"--listen-ng={control}:{MEDIA_CONTROL_PORT}",
        f"--port-min={ports[0]}",
        f"--port-max={ports[1]}",
        f"--timeout={_SILENT_SECONDS}",
        f"--silent-timeout={_HELD_SECONDS}",
        "--delete-delay=0",
        "--endpoint-learning=heuristic",
        "--num-threads=2",
    ]


class MediaControl:
    """Asks a running RTPengine over its control socket. Raises LabError when it does not answer."""

    def __init__(self, address: str, *, timeout: float = 1.0) -> None:
        self._remote = Address(address, MEDIA_CONTROL_PORT)
        self._timeout = timeout

    def sessions(self) -> list[str]:
        """The Call-IDs of all sessions that it holds."""
        return [str(call_id) for call_id in self.ask("list", limit=100_000)["calls"]]

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """One command of its control protocol (bencode over UDP), with the answer."""
        cookie = secrets.token_hex(6).encode()
        request = _encoded({"command": command, **arguments})
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
            connection.settimeout(self._timeout)
            try:
                connection.connect(self._remote)
                connection.send(cookie + b" " + request)
                answer = connection.recv(1 << 16)
            except OSError as error:
                raise LabError(f"RTPengine does not answer: {error}") from error
        decoded, _ = _decoded(answer.partition(b" ")[2], 0)
        return dict(decoded)


class CarelessRelay:
    """Speaks RTPengine's control protocol and leaves every session as it is. `with CarelessRelay(address):`"""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, MEDIA_CONTROL_PORT))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            data, remote = self._socket.recvfrom(1 << 16)
            if not data:
                return
            cookie, _, command = data.partition(b" ")
            asked, _ = _decoded(command, 0)
            answer = {"result": "pong" if asked["command"] == "ping" else "ok", "sdp": asked.get("sdp", "")}
            self._socket.sendto(cookie + b" " + _encoded(answer), remote)


def _encoded(value: Any) -> bytes:
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, dict):
        return b"d" + b"".join(_encoded(name) + _encoded(value[name]) for name in sorted(value)) + b"e"
    if isinstance(value, list):
        return b"l" + b"".join(map(_encoded, value)) + b"e"
    text = str(value).encode()
    return b"%d:%b" % (len(text), text)


def _decoded(data: bytes, at: int) -> tuple[Any, int]:
    """The value that begins at `at`, and where the next one begins."""
    kind = data[at : at + 1]
    if kind == b"i":
        end = data.index(b"e", at)
        return int(data[at + 1 : end]), end + 1
    if kind in b"ld":
        parts = []
        at += 1
        while data[at : at + 1] != b"e":
            part, at = _decoded(data, at)
            parts.append(part)
        return (parts if kind == b"l" else dict(zip(parts[::2], parts[1::2], strict=True))), at + 1
    colon = data.index(b":", at)
    end = colon + 1 + int(data[at:colon])
    return data[colon + 1 : end].decode(errors="replace"), end
