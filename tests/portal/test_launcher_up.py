"""`manage.py up` as a person runs it: it starts, tells, answers a second terminal, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.launcher.processes import started_at, wait_until
from portal.launcher.state import REPOSITORY, var_folder

OURS = {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "DJANGO_SECRET_KEY", "TRUNKLINE_LAB", "TRUNKLINE_LAB_NET"}
pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]
COUNT_NODES = "from provisioning.models import SbcNode; print(SbcNode.objects.count())"


class Terminal:
    """A terminal in which `manage.py up` runs."""

    def __init__(self, folder: Path, *options: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.environment = {name: value for name, value in os.environ.items() if name not in OURS}
        self.environment |= {"TRUNKLINE_VAR": str(folder)}
        argv = [sys.executable, "manage.py", "up", "--port", str(self.port), *options]
        self.process = subprocess.Popen(
            argv,
            cwd=REPOSITORY,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""

    def until(self, words: str) -> None:
        """Read on until a line has these words."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line
            if words in line:
                return
        pytest.fail(self.output)

    def descendants(self) -> dict[int, int]:
        """Pid and start time of all processes below it."""
        found: list[int] = []
        waiting = [self.process.pid]
        while waiting:
            pid = waiting.pop()
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                waiting += map(int, task.read_text().split())
            found.append(pid)
        return {pid: started_at(pid) for pid in found}


@pytest.fixture
def folder() -> Iterator[Path]:
    var = var_folder()
    var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=var, prefix="up-") as made:
        Path(made).chmod(0o711)
        yield Path(made)


def all_gone(pids: dict[int, int]) -> bool:
    return all(started_at(pid) != since for pid, since in pids.items())


def test_up_starts_tells_and_stops(folder: Path) -> None:
    terminal = Terminal(folder, "--memory-nodes")
    terminal.until("Ctrl-C stops everything")
    assert f"Trunkline is ready: http://127.0.0.1:{terminal.port}" in terminal.output
    for entry in json.loads((folder / "demo.json").read_text()):
        assert entry["email"] in terminal.output
        assert entry["password"] in terminal.output
    with urllib.request.urlopen(f"http://127.0.0.1:{terminal.port}/accounts/login/") as page:
        assert page.status == 200
    assert (folder / "up.env").stat().st_mode & 0o077 == 0
    second = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", COUNT_NODES]
    shown = subprocess.run(
        second, check=False, cwd=REPOSITORY, env=terminal.environment, capture_output=True, text=True
    )
    assert shown.stdout.strip() == "3", shown.stderr
    pids = terminal.descendants()
    assert len(pids) > 12
    terminal.process.send_signal(signal.SIGINT)
    rest, _ = terminal.process.communicate(timeout=60)
    assert "Stopped." in rest
    assert terminal.process.returncode == 0
    assert all_gone(pids)
    assert not (folder / "up.env").exists()


def test_kill_9_leaves_no_orphan_and_the_next_start_keeps_the_data(folder: Path) -> None:
    terminal = Terminal(folder)
    terminal.until("Ctrl-C stops everything")
    sign_ins = (folder / "demo.json").read_text()
    pids = terminal.descendants()
    terminal.process.kill()
    terminal.process.communicate()
    wait_until(lambda: all_gone(pids), 30)
    again = Terminal(folder)
    again.until("Ctrl-C stops everything")
    assert (folder / "demo.json").read_text() == sign_ins
    pids = again.descendants()
    again.process.terminate()
    again.process.communicate(timeout=60)
    assert again.process.returncode == 128 + signal.SIGTERM
    assert all_gone(pids)
