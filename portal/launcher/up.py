"""The whole portal on one machine, step by step: servers, database, nodes, web, worker, beat, reconciler."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from portal.launcher import commands
from portal.launcher.environment import kept_secrets, up_env
from portal.launcher.lab import Lab, choose_net, switch_missing
from portal.launcher.ports import check_port
from portal.launcher.processes import LaunchError, Program, dies_with_parent
from portal.launcher.servers import SERVER_URLS, named_outside, needed, service
from portal.launcher.state import REPOSITORY, State, var_folder
from portal.launcher.supervisor import ProgramService, Supervisor

HOST = "127.0.0.1"
FIRST_ERROR = 500
LABEL_WIDTH = 52


@dataclass
class Up:
    """One run of `manage.py up`."""

    port: int
    memory_nodes: bool
    out: TextIO

    def run(self) -> None:
        """Start everything, say where it is, look after it until a signal comes, stop everything."""
        check_port(HOST, self.port, "bin/up --port")
        state = State.at(var_folder())
        os.umask(0o077)
        with contextlib.ExitStack() as stack:
            stack.enter_context(state.locked())
            stack.callback(state.forget_sockets)
            supervisor = Supervisor(self.say)
            stack.callback(self._stop, supervisor)
            kept = kept_secrets(state.folder)
            lab = Lab(state, choose_net(state.folder), kept["TRUNKLINE_NODE_TOKEN"], self._simulated())
            environment = self._servers(state, supervisor) | kept | lab.environment() | self._site(state)
            stack.enter_context(up_env(state.folder, environment))
            self._adopt(environment)
            lab.write_plan()
            self._database(state)
            for part in lab.services():
                with self.step(f"SBC: {part.name}"):
                    supervisor.start(part)
            self._processes(state, supervisor)
            self._welcome(state)
            supervisor.watch()

    @staticmethod
    def _adopt(environment: dict[str, str]) -> None:
        """Every process from here on gets this environment, and nothing of a run before."""
        for name in SERVER_URLS:
            os.environ.pop(name, None)
        os.environ |= environment

    def say(self, text: str) -> None:
        """A line for the person at the terminal."""
        self.out.write(f"{text}\n")
        self.out.flush()

    @contextlib.contextmanager
    def step(self, label: str) -> Iterator[None]:
        """One progress line, with its time once it is done."""
        began = time.monotonic()
        self.out.write(f"  {label:<{LABEL_WIDTH}}")
        self.out.flush()
        try:
            yield
        except BaseException:
            self.say("stopped")
            raise
        self.say(f"{time.monotonic() - began:5.1f} s")

    def _servers(self, state: State, supervisor: Supervisor) -> dict[str, str]:
        urls = named_outside(state)
        for server in needed(state):
            with self.step(server.title):
                supervisor.start(service(server))
            urls |= server.urls()
        return urls

    def _simulated(self) -> bool:
        missing = switch_missing()
        if missing and not self.memory_nodes:
            self.say(f"  {missing}\n  Nodes are simulated in memory: everything works but real calls.")
        return self.memory_nodes or bool(missing)

    def _site(self, state: State) -> dict[str, str]:
        return {"TRUNKLINE_SITE_URL": f"http://{HOST}:{self.port}", "TRUNKLINE_VAR": str(state.folder)}

    def _database(self, state: State) -> None:
        for label, command in (
            ("Database tables", commands.MIGRATE),
            ("Style sheets and scripts", commands.COLLECTSTATIC),
            ("Demo account and data centres", commands.LAB),
        ):
            with self.step(label):
                self._finish(command, state.log("setup"))

    def _finish(self, command: Sequence[str], log: Path) -> None:
        with log.open("ab") as output:
            done = subprocess.run(
                commands.here(command),
                cwd=REPOSITORY,
                stdout=output,
                stderr=output,
                check=False,
                preexec_fn=dies_with_parent(signal.SIGTERM),
            )
        if done.returncode:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise LaunchError(f"{' '.join(command)} failed. The end of {log}:\n{tail}")

    def _processes(self, state: State, supervisor: Supervisor) -> None:
        with self.step("Web"):
            web = self._program(state, "web", commands.web(f"{HOST}:{self.port}"))
            supervisor.start(ProgramService(web, ready=self._web_answers))
        schedule = str(state.folder / "beat-schedule")
        for name, command in (
            ("worker", commands.WORKER),
            ("beat", commands.beat(schedule)),
            ("reconciler", commands.RECONCILER),
        ):
            with self.step(name.capitalize()):
                supervisor.start(ProgramService(self._program(state, name, command)))

    def _program(self, state: State, name: str, command: Sequence[str]) -> Program:
        return Program(name, commands.here(command), state.log(name), state.pid_file(name), folder=REPOSITORY)

    def _web_answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=10)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status < FIRST_ERROR
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _welcome(self, state: State) -> None:
        self.say(f"\nTrunkline is ready: {os.environ['TRUNKLINE_SITE_URL']}\n")
        sign_ins = state.folder / "demo.json"
        if sign_ins.exists():
            for entry in json.loads(sign_ins.read_text()):
                self.say(f"  {entry['role']:<20} {entry['email']:<28} {entry['password']}")
        self.say(f"\nLogs are in {state.folder / 'log'}, mail in {state.folder / 'mail'}. Ctrl-C stops everything.")

    def _stop(self, supervisor: Supervisor) -> None:
        with self.step("Stopping"):
            supervisor.stop()
