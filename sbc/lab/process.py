"""Child processes that never outlive the launcher, whatever kills it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sbc.lab.net import LabError

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)
PACKAGE_ROOT = Path(__file__).parents[2]


def _die_with(launcher: int) -> Callable[[], None]:
    """For the child to run before it becomes the server: ask the kernel for SIGTERM when the launcher is gone."""

    def ask() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != launcher:
            os._exit(1)

    return ask


@dataclass(frozen=True, slots=True)
class User:
    """Whom a server runs as when the launcher is root."""

    uid: int
    gid: int


class Child:
    """A server in its own process group. It ends with the thread that started it."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        log: str,
        environ: Mapping[str, str] | None = None,
        user: User | None = None,
    ) -> None:
        self._log = folder / log
        # `user` and `group` take effect before preexec_fn runs, which matters: changing identity clears the request.
        identity = {"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(  # type: ignore[call-overload]
                command,
                cwd=folder,
                env={"PATH": os.defpath, "PYTHONPATH": str(PACKAGE_ROOT), **(environ or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509 - nothing in it takes a lock
                **identity,
            )
        self.pid: int = self._process.pid

    @classmethod
    def python(cls, module: str, *arguments: str, **options: object) -> Child:
        """A module of ours with the interpreter that runs the launcher."""
        return cls([sys.executable, "-m", module, *arguments], **options)  # type: ignore[arg-type]

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def wait_until(self, ready: Callable[[], bool], *, seconds: float = 60) -> None:
        """Wait until `ready` holds. Raises LabError with the end of the log if it ends or time is up."""
        limit = time.monotonic() + seconds
        while not ready():
            if not self.running or time.monotonic() > limit:
                what = "did not get ready" if self.running else "ended at once"
                raise LabError(f"{self._process.args[0]} {what}; the end of {self._log}:\n{self.log_tail()}")
            time.sleep(0.02)

    def log_tail(self, lines: int = 15) -> str:
        """The last lines it wrote."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self, *, seconds: float = 10) -> None:
        """Ask it to end and wait; kill it when it does not."""
        if self.running:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        self.kill()

    def kill(self) -> None:
        """SIGKILL for it and all of its own children."""
        self.signal(signal.SIGKILL)
        self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        """A signal for it and all of its own children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)
