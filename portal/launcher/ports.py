"""Whether a TCP port is free, and who holds it when it is not."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from pathlib import Path

from portal.launcher.processes import LaunchError

LISTENING = "0A"
FIRST_FREE_FOR_ALL = 1024


def check_port(host: str, port: int, option: str) -> None:
    """Raise LaunchError with port, pid, program and the option that changes it when it cannot be bound."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            free = port + 1 if port >= FIRST_FREE_FOR_ALL else 8000
            other = f"Choose another port, for example: {option} {free}"
            if error.errno == errno.EADDRINUSE:
                raise LaunchError(f"Port {port} on {host} is taken by {holder(port)}. {other}") from None
            raise LaunchError(f"Port {port} on {host} cannot be used: {error.strerror}. {other}") from None


def holder(port: int) -> str:
    """The program and pid that listen on a port, as far as we may know."""
    inodes = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if any(_target(link) in inodes for link in (process / "fd").iterdir()):
                words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                return f"process {process.name} ({words[:80]})"
    return "a program of another user"


def _target(link: Path) -> str:
    with contextlib.suppress(OSError):
        return os.readlink(link)  # noqa: PTH115 -- "socket:[1]" is not a path
    return ""


def _listening_inodes(port: int) -> set[str]:
    found: set[str] = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    found.add(fields[9])
    return found
