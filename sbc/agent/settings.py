"""The agent's settings, from the environment."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Self


@dataclass(frozen=True, slots=True)
class Tls:
    """What the agent shows to the portal, and who must have signed what the portal shows."""

    certificate: Path
    key: Path
    authority: Path


@dataclass(frozen=True, slots=True)
class Settings:
    """`folder` is the node's directory, which is also Kamailio's working directory. `sip_names` are the host names
    and addresses by which PBXs know the node: a certificate that it has to make for itself is good for them.
    """

    name: str
    folder: Path
    host: str
    port: int
    token: str
    tls: Tls | None
    sip_names: list[str]
    rpc_socket: Path
    rpc_fifo: Path
    watch_seconds: float
    plain: bool
    records_seconds: float

    def check(self) -> None:
        """Raises SystemExit before anything secret would travel in clear."""
        if not (self.tls or self.plain or _is_loopback(self.host)):
            raise SystemExit(
                f"The agent would listen on {self.host} without TLS, and passwords of trunks would travel in clear. "
                "Set TRUNKLINE_AGENT_CERTIFICATE, TRUNKLINE_AGENT_KEY and TRUNKLINE_AGENT_CA; or, where something else "
                "encrypts, TRUNKLINE_AGENT_PLAIN=1."
            )

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
                tls=_tls(environ),
                sip_names=environ.get("TRUNKLINE_SIP_NAMES", environ["TRUNKLINE_NODE_NAME"]).split(","),
                rpc_socket=Path(environ.get("TRUNKLINE_KAMAILIO_SOCKET", folder / "rpc.sock")),
                rpc_fifo=Path(environ.get("TRUNKLINE_KAMAILIO_FIFO", folder / "rpc.fifo")),
                watch_seconds=float(environ.get("TRUNKLINE_AGENT_WATCH_SECONDS", "5")),
                plain=environ.get("TRUNKLINE_AGENT_PLAIN", "") == "1",
                records_seconds=float(environ.get("TRUNKLINE_AGENT_RECORDS_SECONDS", "1")),
            )
        except KeyError as error:
            raise SystemExit(f"{error.args[0]} is not set") from error


def _tls(environ: Mapping[str, str]) -> Tls | None:
    """All three or none. Raises KeyError for the one that is missing."""
    names = [f"TRUNKLINE_AGENT_{part}" for part in ("CERTIFICATE", "KEY", "CA")]
    if not any(environ.get(name) for name in names):
        return None
    return Tls(*[Path(environ.get(name) or _missing(name)) for name in names])


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _missing(name: str) -> NoReturn:
    """What is empty is as good as not set."""
    raise KeyError(name)
