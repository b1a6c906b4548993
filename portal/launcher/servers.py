"""PostgreSQL and Valkey for one command: `python -m portal.launcher.servers [--state DIR] -- COMMAND ARGS…`.

With --state the data is kept; without, it is thrown away at the end. A server that DATABASE_URL or REDIS_URL
names is used as it is.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from portal.launcher.embedded import Embedded, Postgres, Valkey
from portal.launcher.processes import LaunchError, dies_with_parent, signals_as_exit
from portal.launcher.state import State, var_folder
from portal.launcher.supervisor import ProgramService, Supervisor

THROWAWAY = "servers-"
SERVER_URLS = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL")


def named_outside(state: State) -> dict[str, str]:
    """The servers that the environment names; a URL with our own password is only left over in var/up.env."""
    found = {name: os.environ.get(name, "") for name in SERVER_URLS}
    return {name: url for name, url in found.items() if url and state.password() not in url}


def needed(state: State, *, durable: bool = True) -> list[Embedded]:
    """The servers that we must run ourselves."""
    outside = named_outside(state)
    servers: dict[str, Embedded] = {"DATABASE_URL": Postgres(state, durable), "REDIS_URL": Valkey(state, durable)}
    return [server for name, server in servers.items() if name not in outside]


def service(server: Embedded) -> ProgramService:
    """The server as something to start, watch and stop."""
    return ProgramService(server.program(), ready=server.is_ready, prepare=server.prepare)


@contextlib.contextmanager
def running(state: State, *, durable: bool = True) -> Iterator[dict[str, str]]:
    """Run the servers for the length of a `with`; gives the environment variables that reach them."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(state.locked())
        stack.callback(state.forget_sockets)
        urls: dict[str, str] = {}
        supervisor = Supervisor(print)
        stack.callback(supervisor.stop)
        for server in needed(state, durable=durable):
            supervisor.start(service(server))
            urls |= server.urls()
        yield urls


@contextlib.contextmanager
def throwaway_state() -> Iterator[State]:
    """A fresh state folder, removed at the end; also removes those of launchers that were killed."""
    var = var_folder()
    var.mkdir(parents=True, exist_ok=True)
    for left in var.glob(f"{THROWAWAY}*"):
        with contextlib.suppress(LaunchError, OSError):
            _remove_abandoned(State.at(left))
    folder = Path(tempfile.mkdtemp(prefix=THROWAWAY, dir=var))
    try:
        yield State.at(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned(state: State) -> None:
    with state.locked():
        for server in (Postgres(state), Valkey(state)):
            server.program().end_stray()
        state.forget_sockets()
        shutil.rmtree(state.folder, ignore_errors=True)


def run_command(argv: list[str], urls: Mapping[str, str]) -> int:
    """Run a command in the foreground; it gets Ctrl-C from the terminal itself, and our SIGTERM from us."""
    child = subprocess.Popen(
        argv,
        env=os.environ | urls,
        preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509 (started from the main thread)
    )
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return child.wait()
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m portal.launcher.servers", description=__doc__)
    parser.add_argument("--state", type=Path, help="keep the data in this folder")
    parser.add_argument("command", nargs="+", help="what to run, after --")
    arguments = parser.parse_args()
    with signals_as_exit(signal.SIGTERM, signal.SIGHUP), contextlib.ExitStack() as stack:
        kept = arguments.state is not None
        state = State.at(arguments.state) if kept else stack.enter_context(throwaway_state())
        code = run_command(arguments.command, stack.enter_context(running(state, durable=kept)))
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LaunchError as error:
        sys.exit(f"{error}")
