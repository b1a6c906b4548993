"""Runs SIPp, an independent SIP implementation, with one of our scenarios."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from pathlib import Path
from string import Template
from typing import Any

from sbc.lab.net import LabError
from sbc.lab.sip import Address

_SCENARIOS = Path(__file__).with_name("scenarios")
_media_ports = itertools.count(20000, 20)  # SIPp binds one even where no media flows
_runs = itertools.count(1)
_TRACE = ["-trace_msg", "-message_file", "messages.log"]


class Sipp:
    """One run of SIPp; `scenario` is a file in scenarios/ without its ending.

    With `remote` it calls, without it answers. `calls` are started at `rate` per second; `at_once` at most are up.
    A run succeeds when every call went as the scenario says.
    """

    def __init__(
        self,
        scenario: str,
        folder: Path,
        local: Address,
        remote: Address | None = None,
        *,
        caller: str = "13125550100",
        callee: str = "13125551234",
        status: int = 200,
        calls: int = 1,
        rate: int = 10,
        hold_ms: int = 200,
        seconds: int = 20,
        at_once: int | None = None,
        trace: bool = True,
    ) -> None:
        self._seconds = seconds
        self._folder = folder / f"sipp{next(_runs)}_{scenario}"
        self._folder.mkdir(parents=True)
        text = Template((_SCENARIOS / f"{scenario}.xml").read_text())
        values = {"caller": caller, "callee": callee, "status": status}
        (self._folder / "scenario.xml").write_text(text.substitute(values))
        command = [
            *_command(local, remote),
            *(_TRACE if trace else []),
            *(["-l", str(at_once)] if at_once else []),
            "-m",
            str(calls),
            "-r",
            str(rate),
            "-d",
            str(hold_ms),
            "-timeout",
            str(seconds),
        ]
        with (self._folder / "screen.log").open("wb") as screen:
            self._process = subprocess.Popen(
                command, cwd=self._folder, stdout=screen, stderr=screen, env={"TERM": "dumb"}
            )

    def wait(self) -> None:
        """Until all calls are over. Raises LabError with SIPp's own words when one went another way."""
        try:
            code = self._process.wait(self._seconds + 5)
        except subprocess.TimeoutExpired:
            self.stop()
            code = -1
        if code != 0:
            raise LabError(f"SIPp ended with {code}:\n{self._read('errors.log')[-2000:]}")

    def messages(self) -> str:
        """Every message sent and received."""
        return self._read("messages.log")

    def stop(self) -> None:
        """End it now; a call that is up just goes silent."""
        self._process.kill()
        self._process.wait()

    def _read(self, name: str) -> str:
        file = self._folder / name
        return file.read_text(errors="replace") if file.exists() else ""


def _command(local: Address, remote: Address | None) -> list[str]:
    """What is the same for every run; the files are in its own folder."""
    program = shutil.which("sipp")
    if not program:
        raise LabError("SIPp is not installed: apt-get install sip-tester")
    command = [program, "-sf", "scenario.xml", "-i", local.host, "-p", str(local.port), "-mp", str(next(_media_ports))]
    command += ["-nostdin", "-aa", "-timeout_error", "-trace_err", "-error_file", "errors.log"]
    return [*command, str(remote)] if remote else command


def run_sipp(scenario: str, folder: Path, local: Address, node: Address, **options: Any) -> str:
    """Call from `local` through a node, wait until it is over, answer with all messages."""
    run = Sipp(scenario, folder, local, node, **options)
    run.wait()
    return run.messages()
