"""The embedded servers: kept data, passwords, no orphan, one launcher at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from portal.launcher import processes
from portal.launcher.embedded import Postgres, Valkey
from portal.launcher.processes import LaunchError, started_at, wait_until
from portal.launcher.servers import running, throwaway_state
from portal.launcher.state import State, var_folder

SERVER_NAMES = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL")
WAIT = "import signal, sys, time; signal.signal(2, signal.SIG_DFL); print('started', flush=True); time.sleep(60)"


@pytest.fixture(autouse=True)
def no_servers_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SERVER_NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Not tmp_path: as root the servers' own user must be able to enter every folder above it."""
    var = var_folder()
    var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=var, prefix="launcher-") as made:
        Path(made).chmod(0o711)
        monkeypatch.setenv("TRUNKLINE_VAR", made)
        yield Path(made)


def launch(code: str, *options: str) -> subprocess.Popen[str]:
    argv = [sys.executable, "-m", "portal.launcher.servers", *options, "--", sys.executable, "-c", code]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def pids_of(folder: Path) -> dict[int, int]:
    """Pid and start time of both servers and of all their children."""
    roots = [int(file.read_text().split()[0]) for file in (folder / "pids").iterdir()]
    children = [
        int(child) for root in roots for child in Path(f"/proc/{root}/task/{root}/children").read_text().split()
    ]
    return {pid: started_at(pid) for pid in roots + children}


def all_gone(pids: dict[int, int], seconds: float = 5) -> bool:
    """Now or within a moment: a server's children may end after it."""
    until = time.monotonic() + seconds
    while any(started_at(pid) == since for pid, since in pids.items()):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def test_data_is_kept_over_a_restart(folder: Path) -> None:
    with running(State.at(folder)) as urls:
        with psycopg.connect(urls["DATABASE_URL"]) as connection:
            connection.execute("create table kept as select 42 as answer")
        redis.Redis.from_url(urls["REDIS_URL"]).set("kept", "yes")
        first = pids_of(folder)
    assert all_gone(first)
    with running(State.at(folder)) as urls:
        with psycopg.connect(urls["DATABASE_URL"]) as connection:
            assert connection.execute("select answer from kept").fetchone() == (42,)
        assert redis.Redis.from_url(urls["REDIS_URL"]).get("kept") == b"yes"


def test_a_wrong_or_missing_password_is_refused(folder: Path) -> None:
    with running(State.at(folder), durable=False) as urls:
        password = State.at(folder).password()
        for wrong in ("wrong", ""):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(urls["DATABASE_URL"].replace(password, wrong))
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(urls["REDIS_URL"].replace(password, "wrong")).ping()
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(unix_socket_path=str(Valkey(State.at(folder)).socket)).ping()
        psycopg.connect(urls["DATABASE_URL"]).close()
        assert redis.Redis.from_url(urls["REDIS_URL"]).ping()


def test_secrets_are_private_and_not_in_the_process_list(folder: Path) -> None:
    with running(State.at(folder), durable=False):
        assert (folder / "server-password").stat().st_mode & 0o077 == 0
        assert (folder / "valkey.conf").stat().st_mode & 0o077 == 0
        password = State.at(folder).password().encode()
        for pid in pids_of(folder):
            assert password not in Path(f"/proc/{pid}/cmdline").read_bytes()


def test_servers_never_run_as_root(folder: Path) -> None:
    with running(State.at(folder), durable=False):
        owners = {Path(f"/proc/{pid}").stat().st_uid for pid in pids_of(folder)}
    assert owners == {processes.service_owner().uid}
    assert 0 not in owners


def test_kill_9_of_the_launcher_leaves_no_process(folder: Path) -> None:
    launcher = launch(WAIT, "--state", str(folder))
    assert launcher.stdout is not None
    assert launcher.stdout.readline() == "started\n"
    command = Path(f"/proc/{launcher.pid}/task/{launcher.pid}/children").read_text().split()
    pids = pids_of(folder) | {int(pid): started_at(int(pid)) for pid in command}
    assert len(pids) > 5
    launcher.send_signal(signal.SIGKILL)
    launcher.communicate()
    wait_until(lambda: all_gone(pids), 20)
    with running(State.at(folder), durable=False) as urls:
        psycopg.connect(urls["DATABASE_URL"]).close()


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_in_order(folder: Path, sent: signal.Signals) -> None:
    launcher = launch(WAIT)
    assert launcher.stdout is not None
    launcher.stdout.readline()
    (thrown_away,) = folder.glob("servers-*")
    pids = pids_of(thrown_away)
    launcher.send_signal(sent)
    _, errors = launcher.communicate(timeout=30)
    assert launcher.returncode == 128 + sent, errors
    assert all_gone(pids)
    assert not thrown_away.exists()


def test_the_commands_exit_code_is_ours(folder: Path) -> None:
    launcher = launch("import sys; sys.exit(7)")
    launcher.communicate(timeout=60)
    assert launcher.returncode == 7


def test_a_second_launcher_is_told_who_has_the_folder(folder: Path) -> None:
    state = State.at(folder)
    with state.locked(), pytest.raises(LaunchError, match=f"process {os.getpid()} uses"), running(state):
        pass


def test_servers_named_from_outside_are_used_as_they_are(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    monkeypatch.setenv("REDIS_URL", "redis://somewhere")
    with running(State.at(folder), durable=False) as urls:
        assert urls == {}
        assert not (folder / "pids").exists() or not list((folder / "pids").iterdir())


def test_urls_left_by_our_own_earlier_run_are_not_taken_for_outside_ones(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = State.at(folder)
    for name, value in (Postgres(kept).urls() | Valkey(kept).urls()).items():
        monkeypatch.setenv(name, value)
    with running(kept, durable=False) as urls:
        psycopg.connect(urls["DATABASE_URL"]).close()


def test_a_long_path_gets_a_short_private_socket_folder(folder: Path) -> None:
    long = folder / ("long" * 25)
    with running(State.at(long), durable=False) as urls:
        psycopg.connect(urls["DATABASE_URL"]).close()
        sockets = State.at(long).sockets()
        assert len(str(sockets)) < 60
        assert sockets.stat().st_mode & 0o777 == 0o700
    assert not sockets.exists()


def test_only_a_pid_file_that_matches_ends_a_process(folder: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", WAIT], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    other.stdout.readline()
    program = Postgres(State.at(folder)).program()
    program.pid_file.write_text(f"{other.pid} {started_at(other.pid) + 1}\n")
    program.end_stray()
    assert other.poll() is None
    program.pid_file.write_text(f"{other.pid} {started_at(other.pid)}\n")
    program.end_stray()
    assert other.wait(10) == -signal.SIGINT


def test_what_a_killed_launcher_left_is_cleared_away(folder: Path) -> None:
    left = folder / "servers-left"
    (left / "pids").mkdir(parents=True)
    with throwaway_state() as fresh:
        assert not left.exists()
        with throwaway_state() as second:
            assert fresh.folder != second.folder
    assert not fresh.folder.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user run the servers")
def test_a_folder_the_servers_cannot_enter_is_named(folder: Path) -> None:
    (folder / "closed").mkdir(mode=0o700)
    with pytest.raises(LaunchError, match=r"cannot enter .*closed"):
        State.at(folder / "closed" / "state")
