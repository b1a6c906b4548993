"""Starts the in-memory node as a process of its own and works its switchboard."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any, Self

import httpx

from sbc.client import NodeClient
from sbc.lab.process import Child, User


class MemoryNodeProcess:
    """A running in-memory node; `start` is the way to get one."""

    def __init__(self, child: Child, url: str, token: str) -> None:
        self._child, self.url, self.token = child, url, token
        self._control = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=5)

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        name: str = "memory",
        host: str = "127.0.0.1",
        port: int = 0,
        token: str = "memory",  # noqa: S107 - guards nothing
        user: User | None = None,
    ) -> Self:
        """Start one; its log goes to `folder`. Port 0 takes a free one."""
        port = port or _free_port(host)
        environ = {"TRUNKLINE_AGENT_TOKEN": token}
        arguments = ("--host", host, "--port", str(port))
        child = Child.python("sbc.memory", *arguments, folder=folder, log=f"{name}.log", environ=environ, user=user)
        node = cls(child, f"http://{host}:{port}", token)
        child.wait_until(node._ready)
        return node

    def client(self, *, timeout: float = 2.0) -> NodeClient:
        """A new client of the node, as the portal has one."""
        return NodeClient(self.url, self.token, timeout=timeout)

    def fault(self, **faults: Any) -> None:
        """Set faults by their names in sbc.memory.Faults, or restart_empty=True; others stay as they are."""
        self._control.post("/v1/faults", json=faults).raise_for_status()

    def heal(self) -> None:
        """No fault any more."""
        self._control.delete("/v1/faults").raise_for_status()

    def journal(self) -> list[dict[str, Any]]:
        """Every write that reached the node, in order: at, method, kind, id, generation, epoch."""
        writes: list[dict[str, Any]] = self._control.get("/v1/journal").json()["writes"]
        return writes

    def lists(self) -> int:
        """How often a list of what it has was asked for."""
        count: int = self._control.get("/v1/journal").json()["lists"]
        return count

    def stop(self) -> None:
        """End the process."""
        self._control.close()
        self._child.kill()

    def _ready(self) -> bool:
        try:
            return self._control.get("/v1/faults").is_success
        except httpx.HTTPError:
            return False


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
