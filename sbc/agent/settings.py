"""The agent's settings, from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Self


@dataclass(frozen=True, slots=True)
class Settings:
    """`folder` is the node's directory, which is also Kamailio's working directory."""

    name: str
    folder: Path
    host: str
    port: int
    token: str
    rpc_socket: Path
    rpc_fifo: Path
    watch_seconds: float
    records_seconds: float

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Raises SystemExit that names what is missing."""
        try:
            folder = Path(environ["TRUNKLINE_NODE_STATE"])
            return cls(
                name=environ["TRUNKLINE_NODE_NAME"],
                folder=folder,
                host=environ.get("TRUNKLINE_AGENT_HOST", "127.0.0.1"),
                port=int(environ.get("TRUNKLINE_AGENT_PORT", "8300")),
                token=environ["TRUNKLINE_AGENT_TOKEN"] or _missing("TRUNKLINE_AGENT_TOKEN"),
                rpc_socket=Path(environ.get("TRUNKLINE_KAMAILIO_SOCKET", folder / "rpc.sock")),
                rpc_fifo=Path(environ.get("TRUNKLINE_KAMAILIO_FIFO", folder / "rpc.fifo")),
                watch_seconds=float(environ.get("TRUNKLINE_AGENT_WATCH_SECONDS", "5")),
                records_seconds=float(environ.get("TRUNKLINE_AGENT_RECORDS_SECONDS", "1")),
            )
        except KeyError as error:
            raise SystemExit(f"{error.args[0]} is not set") from error


def _missing(name: str) -> NoReturn:
    """An empty token would let nobody in and say nowhere why."""
    raise KeyError(name)
