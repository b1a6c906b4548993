"""The folder in which the servers keep data, password, sockets and pid files; one launcher at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.launcher.processes import LaunchError, Owner, service_owner

REPOSITORY = Path(__file__).resolve().parents[2]
SOCKET_PATH_LIMIT = 100
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")
PRIVATE = 0o700
LOG_LIMIT = 10_000_000
LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"


def var_folder() -> Path:
    """Where everything lives that is not in the repository."""
    return Path(os.environ.get("TRUNKLINE_VAR") or REPOSITORY / "var")


@dataclass(frozen=True)
class State:
    """Paths below one state folder, made on first use."""

    folder: Path
    owner: Owner

    @classmethod
    def at(cls, folder: Path) -> State:
        """The state kept in a folder; the folder itself can be entered, not listed, by the servers' user."""
        folder = folder.resolve()
        folder.mkdir(parents=True, exist_ok=True)
        owner = service_owner()
        if os.geteuid() == 0:
            folder.chmod(folder.stat().st_mode | 0o711)
            check_reachable(folder, owner)
        return cls(folder, owner)

    def private(self, name: str) -> Path:
        """A folder of the servers' user, closed to everybody else."""
        (self.folder / name).mkdir(exist_ok=True)
        return self.owner.own(self.folder / name, PRIVATE)

    def pid_file(self, name: str) -> Path:
        """Where a server's pid and start time are written."""
        (self.folder / "pids").mkdir(exist_ok=True)
        return self.folder / "pids" / name

    def log(self, name: str) -> Path:
        """A log file; one that has grown large makes room, so that at most two are kept."""
        (self.folder / "log").mkdir(exist_ok=True)
        path = self.folder / "log" / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        return path

    def password(self) -> str:
        """One generated password for all servers of this folder, readable by their user only."""
        path = self.folder / "server-password"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(24))
        self.owner.own(path, 0o600)
        return path.read_text().strip()

    def sockets(self) -> Path:
        """The folder of the unix sockets: here or, where that path is too long, a short private one."""
        here = self.folder / "sockets"
        if len(str(here / LONGEST_SOCKET_NAME)) < SOCKET_PATH_LIMIT and PLAIN_PATH.fullmatch(str(here)):
            return self.private("sockets")
        note = self.folder / "socket-folder"
        with contextlib.suppress(OSError):
            remembered = Path(note.read_text())
            if _is_private(remembered, self.owner):
                return remembered
        made = Path(tempfile.mkdtemp(prefix="trunkline-", dir=_short_parent()))
        note.write_text(str(self.owner.own(made, PRIVATE)))
        return made

    def forget_sockets(self) -> None:
        """Remove the short folder, if one was needed."""
        note = self.folder / "socket-folder"
        with contextlib.suppress(OSError):
            if _is_private(folder := Path(note.read_text()), self.owner):
                shutil.rmtree(folder, ignore_errors=True)
            note.unlink()

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for this launcher; the kernel lets go of it however we die."""
        with (self.folder / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                holder = lock.read().strip() or "unknown"
                raise LaunchError(
                    f"Already running: process {holder} uses {self.folder}. "
                    f"Stop it first: Ctrl-C there, or kill {holder}."
                ) from None
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            yield


def check_reachable(path: Path, owner: Owner) -> None:
    """As root: say clearly when the servers' user cannot enter one of the parent folders."""
    for folder in (path, *path.parents):
        if folder.is_dir() and folder.stat().st_uid != owner.uid and not folder.stat().st_mode & stat.S_IXOTH:
            raise LaunchError(
                f"The servers run as user {owner.name}, which cannot enter {folder}. "
                "Set TRUNKLINE_VAR to a folder it can reach, such as /var/lib/trunkline."
            )


def _is_private(folder: Path, owner: Owner) -> bool:
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == owner.uid and stat.S_IMODE(found.st_mode) == PRIVATE


def _short_parent() -> str:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return runtime if os.geteuid() != 0 and runtime and len(runtime) < SOCKET_PATH_LIMIT // 3 else "/tmp"  # noqa: S108
