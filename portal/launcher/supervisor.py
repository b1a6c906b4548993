"""Starts services in order, restarts the ones that die, stops all in reverse order."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from portal.launcher.processes import LaunchError, Program, wait_until

Say = Callable[[str], None]
WATCH_SECONDS = 0.5
STEADY_SECONDS = 60
BACKOFF = (1, 2, 4, 8, 15, 30)


class Service(Protocol):
    """Something that can be started, looked at and stopped."""

    @property
    def name(self) -> str:
        """Its name in messages."""

    def start(self) -> None:
        """Start it; return when it is ready, raise LaunchError when it will not be."""

    def trouble(self) -> str:
        """What is wrong with it, or nothing."""

    def stop(self) -> None:
        """End it, whatever state it is in."""


@dataclass
class ProgramService:
    """One program, and how to see that it is ready."""

    program: Program
    ready: Callable[[], bool] = lambda: True
    prepare: Callable[[], None] = lambda: None
    seconds: float = 60
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        """Its name in messages, also that of its log."""
        return self.program.name

    def start(self) -> None:
        """End what an earlier launcher left, then start and wait for it."""
        self.program.end_stray()
        self.prepare()
        self._child = child = self.program.start()
        try:
            wait_until(lambda: child.poll() is not None or self.ready(), self.seconds)
            trouble = self.trouble()
        except TimeoutError:
            trouble = f"not ready after {self.seconds:.0f} seconds"
        if trouble:
            self.stop()
            raise LaunchError(f"{self.name}: {trouble}. The end of {self.program.log}:\n{self.program.log_tail()}")

    def trouble(self) -> str:
        """Whether it ended."""
        if self._child is None or self._child.poll() is None:
            return ""
        return f"ended with exit code {self._child.returncode}"

    def stop(self) -> None:
        """End it and its group."""
        if self._child:
            self.program.stop(self._child)
            self._child = None


@dataclass
class _Watched:
    service: Service
    since: float
    failures: int = 0
    retry_at: float | None = None


class Supervisor:
    """Services in the order in which they were started."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._watched: list[_Watched] = []

    def start(self, service: Service) -> None:
        """Start a service and look after it from now on."""
        self._watched.append(_Watched(service, time.monotonic()))
        service.start()

    def watch(self) -> None:
        """Look after all services until an exception (Ctrl-C, a signal) ends it."""
        while True:
            for one in self._watched:
                self._look(one)
            time.sleep(WATCH_SECONDS)

    def stop(self) -> None:
        """End all, last started first."""
        while self._watched:
            self._watched.pop().service.stop()

    def _look(self, one: _Watched) -> None:
        now = time.monotonic()
        if one.retry_at is not None:
            if now >= one.retry_at:
                self._restart(one)
        elif trouble := one.service.trouble():
            one.failures = 0 if now - one.since > STEADY_SECONDS else one.failures
            self._postpone(one, trouble)

    def _postpone(self, one: _Watched, trouble: str) -> None:
        pause = BACKOFF[min(one.failures, len(BACKOFF) - 1)]
        one.failures += 1
        one.retry_at = time.monotonic() + pause
        self._say(f"{one.service.name} {trouble}; starting it again in {pause} s")

    def _restart(self, one: _Watched) -> None:
        try:
            one.service.stop()
            one.service.start()
        except LaunchError as error:
            self._postpone(one, str(error))
        else:
            one.since, one.retry_at = time.monotonic(), None
            self._say(f"{one.service.name} is running again")
