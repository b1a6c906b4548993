"""The Valkey of a node pair, in which its nodes share their channel counts. It keeps nothing over a restart."""

from __future__ import annotations

import signal
import socket
from dataclasses import dataclass, field
from pathlib import Path

from sbc.lab.process import Child, User

PORT = 6379


@dataclass
class PairValkey:
    """`program` is the server's path, `address` a loopback address of its own."""

    program: Path
    address: str
    folder: Path
    user: User | None = None
    _child: Child | None = field(default=None, init=False, repr=False)

    @property
    def server(self) -> str:
        """What its nodes are told, in the words of Kamailio's ndb_redis."""
        return f"name=pair;addr={self.address};port={PORT}"

    def start(self) -> None:
        """Start it empty; returns when it takes connections."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [str(self.program), "--bind", self.address, "--port", str(PORT)]
        command += ["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"]
        self._child = Child(command, folder=self.folder, log="valkey.log", user=self.user)
        self._child.wait_until(self._listens)

    def stop(self) -> None:
        """End it in good order."""
        if self._child:
            self._child.stop()

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        if self._child:
            self._child.kill()

    def freeze(self) -> None:
        """Let it hang: it takes commands and answers none, until `thaw`."""
        if self._child:
            self._child.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """End a freeze."""
        if self._child:
            self._child.signal(signal.SIGCONT)

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._child is not None and self._child.running

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((self.address, PORT)) == 0
