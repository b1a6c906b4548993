"""A real node on a loopback address: Kamailio, RTPengine and the agent."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sbc.agent.certificates import FOLDER, prepare_certificates
from sbc.agent.store import prepare
from sbc.agent.switch import Kamailio, SwitchUnavailable
from sbc.client import NodeClient, NodeError
from sbc.lab.authority import Authority
from sbc.lab.net import SIP_PORT, TLS_PORT, LabError, LabNet
from sbc.lab.process import PACKAGE_ROOT, Child, User
from sbc.lab.records import CallRecord, read_records
from sbc.lab.rtpengine import FIRST_PORT, LAST_PORT, MEDIA_CONTROL_PORT, MediaControl, rtpengine_command

CONFIGURATION = PACKAGE_ROOT / "sbc" / "kamailio" / "kamailio.cfg"
_LONGEST_SOCKET_PATH = 100
_RUNTIME_FILES = ("rpc.sock", "rpc.fifo", "reply_*")


def kamailio_path() -> str:
    """Where Kamailio is. Raises LabError when it is not installed."""
    found = shutil.which("kamailio", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")
    if not found:
        raise LabError("Kamailio is not installed: apt-get install kamailio kamailio-{redis,sqlite,tls}-modules")
    return found


@dataclass
class LabNode:
    """One node. What it was told stays in `folder` over any number of starts.

    `folder` is absolute and short, for a unix socket lives there.
    Memory is taken as it is needed. Private memory must hold the largest table of facts at the start, for db_sqlite
    fetches it whole; 100,000 trunks fit. Of the shared memory every process takes a copy of all authorities that are
    trusted over TLS, twice while they are read again.
    Without `media` there is no RTPengine, and sound goes past the node.
    `authority` signs its certificate; without one it signs its own.
    `defines` are preprocessor defines of the configuration, such as {"KEEPALIVE_SECONDS": "30"}.
    `also_at` are addresses of IPv6 beside `address`, each with the port for SIP, such as "[::1]:5066".
    `media_ports` are the first and the last one for sound; an address that nodes share wants others for each.
    `pair_valkey` is what sbc.lab.valkey says of itself; without it the node counts calls alone.
    `name_server` (host:port) is asked for host names, by default what the machine asks; again after `name_seconds`.
    """

    name: str
    address: str
    folder: Path
    agent_port: int
    token: str
    user: User | None = None
    workers: int = 2
    memory_mb: int = 384
    private_mb: int = 128
    watch_seconds: float = 5
    media: bool = True
    defines: Mapping[str, str] = field(default_factory=dict)
    authority: Authority | None = None
    configuration: Path = CONFIGURATION
    also_at: Sequence[str] = ()
    media_ports: tuple[int, int] = (FIRST_PORT, LAST_PORT)
    pair_valkey: str = ""
    name_server: str = ""
    name_seconds: float = 60
    _kamailio: Child | None = field(default=None, init=False, repr=False)
    _agent: Child | None = field(default=None, init=False, repr=False)
    _rtpengine: Child | None = field(default=None, init=False, repr=False)

    @property
    def agent_url(self) -> str:
        """Where the agent listens."""
        return f"http://{self.address}:{self.agent_port}"

    @property
    def kamailio_pid(self) -> int:
        """The process above all of Kamailio's."""
        if self._kamailio is None:
            raise LabError(f"Kamailio of {self.name} does not run")
        return self._kamailio.pid

    @property
    def agent_pid(self) -> int:
        """The agent's process."""
        if self._agent is None:
            raise LabError(f"the agent of {self.name} does not run")
        return self._agent.pid

    def client(self, *, timeout: float = 2.0) -> NodeClient:
        """A new client of the agent."""
        return NodeClient(self.agent_url, self.token, timeout=timeout)

    def switch(self) -> Kamailio:
        """Kamailio's own tables, past the agent."""
        return Kamailio(self.folder / "rpc.sock", self.folder / "rpc.fifo")

    def sessions(self) -> list[str]:
        """The Call-IDs of the calls that RTPengine holds."""
        return MediaControl(self.address).sessions()

    def records(self) -> list[CallRecord]:
        """The calls that ended or were refused so far, oldest first."""
        return read_records(self.folder / "records")

    def start(self) -> None:
        """Start all of it; returns when calls can pass and the agent answers."""
        self.start_rtpengine()
        self.start_kamailio()
        self.start_agent()

    def stop(self) -> None:
        """End all of it in good order."""
        self.stop_agent()
        self.stop_kamailio()
        self.stop_rtpengine()

    def kill(self) -> None:
        """SIGKILL for everything, as a power cut would."""
        for child in (self._agent, self._kamailio, self._rtpengine):
            if child:
                child.kill()
        self._agent = self._kamailio = self._rtpengine = None

    def restart_kamailio(self, *, kill: bool = False) -> None:
        """Stop (or kill) Kamailio and start it again; the agent stays."""
        if kill and self._kamailio:
            self._kamailio.kill()
        self.stop_kamailio()
        self.start_kamailio()

    def start_kamailio(self) -> None:
        """Start Kamailio alone: calls pass with what the store says."""
        self._prepare()
        environ = {"TRUNKLINE_NODE_NAME": self.name}
        if self.pair_valkey:
            environ["TRUNKLINE_PAIR_VALKEY"] = self.pair_valkey
        self._kamailio = Child(self._command(), folder=self.folder, log="kamailio.log", environ=environ, user=self.user)
        self._kamailio.wait_until(self._kamailio_answers)

    def stop_kamailio(self) -> None:
        """End Kamailio alone."""
        if self._kamailio:
            self._kamailio.stop()
            self._kamailio = None

    def freeze_kamailio(self) -> None:
        """Let Kamailio hang: it takes messages and answers none, until `thaw_kamailio`."""
        if self._kamailio:
            self._kamailio.signal(signal.SIGSTOP)

    def thaw_kamailio(self) -> None:
        """End a freeze."""
        if self._kamailio:
            self._kamailio.signal(signal.SIGCONT)

    def start_rtpengine(self) -> None:
        """Start RTPengine alone."""
        if not self.media:
            return
        self._prepare()
        also = [at[1:].partition("]")[0] for at in self.also_at]
        self._rtpengine = Child(
            rtpengine_command(self.address, self.address, also, self.media_ports),
            folder=self.folder,
            log="rtpengine.log",
            user=self.user,
        )
        self._rtpengine.wait_until(self._rtpengine_answers)

    def stop_rtpengine(self, *, kill: bool = False) -> None:
        """End (or kill) RTPengine alone; calls that are up lose their sound."""
        if self._rtpengine and kill:
            self._rtpengine.kill()
        if self._rtpengine:
            self._rtpengine.stop()
            self._rtpengine = None

    def freeze_rtpengine(self) -> None:
        """Let RTPengine hang until `thaw_rtpengine`."""
        if self._rtpengine:
            self._rtpengine.signal(signal.SIGSTOP)

    def thaw_rtpengine(self) -> None:
        """End a freeze."""
        if self._rtpengine:
            self._rtpengine.signal(signal.SIGCONT)

    def start_agent(self) -> None:
        """Start the agent alone."""
        self._prepare()
        environ = {
            "TRUNKLINE_NODE_NAME": self.name,
            "TRUNKLINE_NODE_STATE": str(self.folder),
            "TRUNKLINE_AGENT_HOST": self.address,
            "TRUNKLINE_AGENT_PORT": str(self.agent_port),
            "TRUNKLINE_AGENT_TOKEN": self.token,
            "TRUNKLINE_AGENT_WATCH_SECONDS": str(self.watch_seconds),
            "TRUNKLINE_AGENT_NAME_SECONDS": str(self.name_seconds),
            "TRUNKLINE_NAME_SERVERS": self.name_server,
            "TRUNKLINE_ALLOWED_NETWORKS": str(LabNet.of(self.address).customers),
        }
        self._agent = Child.python("sbc.agent", folder=self.folder, log="agent.log", environ=environ, user=self.user)
        self._agent.wait_until(self._agent_answers)

    def stop_agent(self) -> None:
        """End the agent alone; calls go on."""
        if self._agent:
            self._agent.stop()
            self._agent = None

    def _command(self) -> list[str]:
        """In the foreground, with messages to the log and every relative path in the node's folder."""
        folder = str(self.folder)
        command = [kamailio_path(), "-DD", "-E", "-f", str(self.configuration), "-w", folder, "-Y", folder]
        # The memory manager for production: it loads the numbering plans ten times faster.
        command += ["-x", "fm", "-X", "fm"]
        command += ["-m", str(self.memory_mb), "-M", str(self.private_mb), "-n", str(self.workers)]
        for at in (f"{self.address}:{SIP_PORT}", *self.also_at):
            command += ["-l", f"udp:{at}"]
        if (self.configuration.parent / "tls.cfg").exists():  # a bare relay has none
            command += ["-l", f"tls:{self.address}:{TLS_PORT}", "-A", f"NODE_ADDRESS={self.address}"]
        if self.media:
            command += ["-A", f'MEDIA_SOCKET="udp:{self.address}:{MEDIA_CONTROL_PORT}"']
        for name, value in self.defines.items():
            command += ["-A", f"{name}={value}"]
        return command

    def _prepare(self) -> None:
        if len(str(self.folder / "rpc.sock")) > _LONGEST_SOCKET_PATH:
            raise LabError(f"{self.folder} is too long a path for a unix socket; choose a shorter state folder")
        prepare(self.folder)
        if self.authority:
            self._take_certificate(self.authority)
        prepare_certificates(self.folder, [self.name, self.address])
        if not self._kamailio:
            for pattern in _RUNTIME_FILES:
                for stale in self.folder.glob(pattern):
                    stale.unlink()
        if self.user:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, self.user.uid, self.user.gid, follow_symlinks=False)

    def _take_certificate(self, authority: Authority) -> None:
        folder = self.folder / FOLDER
        if not (folder / "cert.pem").exists():
            authority.issue(folder / "cert.pem", folder / "key.pem", self.name, self.address)
            for name in ("ca.pem", "trusted.pem"):
                (folder / name).write_bytes(authority.path.read_bytes())

    def _kamailio_answers(self) -> bool:
        try:
            return bool(self.switch().sizes())
        except SwitchUnavailable:
            return False

    def _rtpengine_answers(self) -> bool:
        try:
            self.sessions()
        except LabError:
            return False
        return True

    def _agent_answers(self) -> bool:
        client = self.client()
        try:
            client.status()
        except NodeError:
            return False
        finally:
            client.close()
        return True
