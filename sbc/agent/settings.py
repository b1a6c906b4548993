"""The agent's settings, from the environment."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Self, TypeVar

from sbc.addresses import Network

_DNS_PORT = 53
T = TypeVar("T")


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
    `name_servers` are asked for host names of destinations (none: the system's), each name again after `name_seconds`
    at the earliest; `allowed_networks` are not on the internet, and names may lead there all the same.
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
    name_servers: list[tuple[str, int]]
    name_seconds: float
    allowed_networks: list[Network]

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
        """Raises SystemExit that names what is missing, or which list nobody can read."""
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
                name_servers=_listed(environ, "TRUNKLINE_NAME_SERVERS", _name_server),
                name_seconds=float(environ.get("TRUNKLINE_AGENT_NAME_SECONDS", "60")),
                allowed_networks=_listed(environ, "TRUNKLINE_ALLOWED_NETWORKS", ipaddress.ip_network),
            )
        except KeyError as error:
            raise SystemExit(f"{error.args[0]} is not set") from error


def _tls(environ: Mapping[str, str]) -> Tls | None:
    """All three or none. Raises KeyError for the one that is missing."""
    names = [f"TRUNKLINE_AGENT_{part}" for part in ("CERTIFICATE", "KEY", "CA")]
    if not any(environ.get(name) for name in names):
        return None
    return Tls(*[Path(environ.get(name) or _missing(name)) for name in names])


def _listed(environ: Mapping[str, str], name: str, read: Callable[[str], T]) -> list[T]:
    """What is separated by commas. Raises SystemExit when a part of it cannot be read."""
    value = environ.get(name, "")
    try:
        return [read(text.strip()) for text in value.split(",") if text.strip()]
    except ValueError as error:
        raise SystemExit(f'{name} is "{value}", which cannot be read: {error}') from error


def _name_server(text: str) -> tuple[str, int]:
    """From 192.0.2.1, 192.0.2.1:5353, 2001:db8::1 or [2001:db8::1]:5353."""
    host, _, port = text.rpartition(":") if text.count(":") == 1 or "]:" in text else (text, "", "")
    return str(ipaddress.ip_address(host.strip("[]"))), int(port or _DNS_PORT)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _missing(name: str) -> NoReturn:
    """What is empty is as good as not set."""
    raise KeyError(name)
