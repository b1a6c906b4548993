"""Child processes that never outlive their launcher: own group, parent-death signal, pid file."""

from __future__ import annotations

import contextlib
import ctypes
import grp
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
POLL_SECONDS = 0.02


class LaunchError(Exception):
    """Something could not be started; the message is for the person at the terminal."""


@dataclass(frozen=True)
class Owner:
    """The user a process runs as."""

    name: str
    uid: int
    gid: int

    def own(self, path: Path, mode: int) -> Path:
        """Give a file or folder to this user, for itself alone unless the mode says more."""
        path.chmod(mode)
        if os.geteuid() == 0 and path.stat().st_uid != self.uid:
            os.chown(path, self.uid, self.gid)
        return path


def service_owner() -> Owner:
    """Whoever started us; but as root a system user, because PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return Owner(pwd.getpwuid(os.geteuid()).pw_name, os.geteuid(), os.getegid())
    for name in ("trunkline", "nobody"):
        if name == "trunkline" and not _user_exists(name):
            useradd = [
                "useradd",
                "--system",
                "--user-group",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
            ]
            with contextlib.suppress(OSError):
                subprocess.run([*useradd, name], check=False, capture_output=True)
        if _user_exists(name):
            entry = pwd.getpwnam(name)
            return Owner(name, entry.pw_uid, grp.getgrgid(entry.pw_gid).gr_gid)
    raise LaunchError("PostgreSQL cannot run as root, and neither the user trunkline nor nobody exists.")


def _user_exists(name: str) -> bool:
    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(name))
    return False


@dataclass(frozen=True)
class Program:
    """One child: what to run, as whom, with which environment, and how to end it."""

    name: str
    argv: Sequence[str]
    log: Path
    pid_file: Path
    owner: Owner | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    folder: Path = Path("/")
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10

    def start(self) -> subprocess.Popen[bytes]:
        """Start it in its own process group; it gets the stop signal should this process die."""
        user = self.owner if self.owner and os.geteuid() == 0 else None
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                list(self.argv),
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                user=user.uid if user else None,
                group=user.gid if user else None,
                extra_groups=[] if user else None,
                preexec_fn=dies_with_parent(self.stop_signal),  # noqa: PLW1509 (started from the main thread)
            )
        self.pid_file.write_text(f"{child.pid} {started_at(child.pid)}\n")
        return child

    def stop(self, child: subprocess.Popen[bytes]) -> None:
        """Ask it to end, and insist after a while; forget its pid file."""
        if child.poll() is None:
            child.send_signal(self.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(self.stop_seconds)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        self.pid_file.unlink(missing_ok=True)

    def log_tail(self, lines: int = 15) -> str:
        """The last lines it wrote."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def end_stray(self) -> None:
        """End what an earlier launcher left behind, if the pid file proves that it is ours."""
        with contextlib.suppress(FileNotFoundError, ValueError, ProcessLookupError):
            pid, since = map(int, self.pid_file.read_text().split())
            for sent in (self.stop_signal, signal.SIGKILL):
                if started_at(pid) == since:
                    os.kill(pid, sent)
                    with contextlib.suppress(TimeoutError):
                        wait_until(lambda: started_at(pid) != since, self.stop_seconds)
        self.pid_file.unlink(missing_ok=True)


def dies_with_parent(sent: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends the child this signal when its parent dies, however it dies."""
    parent = os.getpid()

    def arrange() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(sent), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return arrange


def started_at(pid: int) -> int:
    """When a process started, in clock ticks after boot; with the pid it names one process. 0 if gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] in "ZX" else int(fields[19])


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    """Return as soon as the condition holds; raise TimeoutError when it does not in time."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(POLL_SECONDS)


@contextlib.contextmanager
def signals_as_exit(*signals: signal.Signals) -> Iterator[None]:
    """Turn signals into SystemExit, so that `finally` and `with` end everything in order."""

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    before = {one: signal.signal(one, leave) for one in signals}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
