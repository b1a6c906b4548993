"""The launcher's other parts: ports, supervisor, environment, commands and the compose file."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from portal.launcher import commands, supervisor
from portal.launcher.environment import kept_secrets, up_env
from portal.launcher.ports import check_port
from portal.launcher.processes import LaunchError, Program, wait_until
from portal.launcher.state import REPOSITORY
from portal.launcher.supervisor import ProgramService, Supervisor
from sbc.lab.node import LabNode
from sbc.lab.rtpengine import MEDIA_CONTROL_PORT, rtpengine_command

LISTEN = """
import socket
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
input()
"""
NODE_FOLDER = Path("/var/lib/trunkline/node")


def test_a_taken_port_names_port_pid_program_and_option() -> None:
    argv = [sys.executable, "-c", LISTEN]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        port = int(other.stdout.readline())
        with pytest.raises(LaunchError) as caught:
            check_port("127.0.0.1", port, "bin/up --port")
        other.kill()
    message = str(caught.value)
    assert f"Port {port} " in message
    assert f"process {other.pid} (" in message
    assert "import socket" in message
    assert f"bin/up --port {port + 1}" in message


def test_a_free_port_is_not_complained_about() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    check_port("127.0.0.1", port, "--port")


def test_secrets_are_made_once_and_the_environment_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DJANGO_SECRET_KEY", raising=False)
    monkeypatch.delenv("TRUNKLINE_NODE_TOKEN", raising=False)
    first = kept_secrets(tmp_path)
    assert kept_secrets(tmp_path) == first
    assert all(len(value) >= 50 for value in first.values())
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("DJANGO_SECRET_KEY", "mine")
    assert kept_secrets(tmp_path)["DJANGO_SECRET_KEY"] == "mine"


def test_up_env_is_private_and_gone_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "up.env"
    with up_env(tmp_path, {"A": "1", "B": "x?y=z"}):
        assert path.read_text() == "A=1\nB=x?y=z\n"
        assert path.stat().st_mode & 0o077 == 0
    assert not path.exists()


def program(tmp_path: Path, code: str) -> Program:
    return Program("tried", [sys.executable, "-c", code], tmp_path / "tried.log", tmp_path / "tried.pid")


def test_a_program_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    service = ProgramService(program(tmp_path, "raise SystemExit('no such thing')"), ready=lambda: False)
    with pytest.raises(LaunchError, match=r"(?s)tried: ended with exit code 1.*no such thing"):
        service.start()


def test_a_dead_child_is_reported_and_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "BACKOFF", (0,))
    said: list[str] = []
    watcher = Supervisor(said.append)
    service = ProgramService(program(tmp_path, "import time; time.sleep(60)"))
    watcher.start(service)
    first = service._child
    assert first is not None
    first.kill()
    wait_until(lambda: bool(watcher._look(watcher._watched[0])) or len(said) == 2, 10)
    assert said == ["tried ended with exit code -9; starting it again in 0 s", "tried is running again"]
    assert service._child is not first
    assert service.trouble() == ""
    watcher.stop()
    assert not (tmp_path / "tried.pid").exists()


def test_services_are_stopped_in_reverse_order() -> None:
    stopped: list[str] = []

    class Fake:
        def __init__(self, name: str) -> None:
            self.name = name

        def start(self) -> None:
            pass

        def trouble(self) -> str:
            return ""

        def stop(self) -> None:
            stopped.append(self.name)

    watcher = Supervisor(print)
    for name in ("database", "node", "web"):
        watcher.start(Fake(name))
    watcher.stop()
    assert stopped == ["web", "node", "database"]


def kamailio(address: str) -> list[str]:
    node = LabNode("node", address, NODE_FOLDER, 8300, "token")
    control = f"{address}:{MEDIA_CONTROL_PORT}"
    return [
        part.replace(str(REPOSITORY), "/app").replace(control, f"127.0.0.1:{MEDIA_CONTROL_PORT}")
        for part in node._command()
    ]


COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
EXPECTED = {
    "migrate": commands.MIGRATE,
    "catalogue": commands.CATALOGUE,
    "web": commands.web("0.0.0.0:8000"),
    "worker": commands.WORKER,
    "beat": commands.beat("/tmp/beat-schedule"),
    "reconciler": commands.RECONCILER,
    "node1-agent": commands.AGENT,
    "node2-agent": commands.AGENT,
}


@pytest.mark.parametrize(
    "name", [name for name in COMPOSE["services"] if name not in {"postgres", "valkey", "node-valkey"}]
)
def test_each_compose_service_runs_a_command_of_up(name: str) -> None:
    service = COMPOSE["services"][name]
    if name.endswith("-kamailio"):
        address = service["networks"]["sip"]["ipv4_address"]
        assert service["command"][1:] == kamailio(address)[1:]
    elif name.endswith("-rtpengine"):
        kamailio_service = COMPOSE["services"][name.replace("rtpengine", "kamailio")]
        address = kamailio_service["networks"]["sip"]["ipv4_address"]
        assert service["command"][1:] == rtpengine_command(address, "127.0.0.1")[1:]
    else:
        assert service["command"] == list(EXPECTED[name])


def test_every_secret_of_the_compose_file_is_required_and_in_the_example() -> None:
    text = (REPOSITORY / "docker-compose.yml").read_text()
    named = set(re.findall(r"\$\{([A-Z_]+):", text))
    example = set(re.findall(r"^([A-Z_]+)=", (REPOSITORY / "docker/example.env").read_text(), re.MULTILINE))
    assert named == example
    assert all(f"${{{name}:?" in text for name in named - {"TRUNKLINE_PORT"})


def test_the_images_default_command_is_one_of_ours() -> None:
    default = (REPOSITORY / "docker/Dockerfile.portal").read_text().rpartition("CMD ")[2]
    assert json.loads(default) == list(commands.web("0.0.0.0:8000"))
