"""A Valkey that may be stopped, frozen and emptied, and real workers and reconcilers that may be killed."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
from django.db import connection
from kombu import pools

from portal.celery import app
from portal.launcher import binaries
from portal.launcher.commands import CELERY, RECONCILER, here
from sbc.lab.process import PACKAGE_ROOT, Child
from tests.provisioning.scene import TOKEN


class Broker:
    """A Valkey of our own, without persistence."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port: int = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.start()

    def start(self) -> None:
        """Start it, empty."""
        options = ["--bind", "127.0.0.1", "--port", str(self._port), "--save", "", "--appendonly", "no"]
        self._child = Child([str(binaries.valkey()), *options], folder=self._folder, log="valkey.log")
        self._child.wait_until(self._answers)

    def stop(self) -> None:
        """Kill it: the port is closed from now on."""
        self._child.kill()

    def freeze(self) -> None:
        """It takes connections and answers nobody."""
        os.kill(self._child.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on."""
        os.kill(self._child.pid, signal.SIGCONT)

    def flush(self) -> None:
        """Forget everything."""
        with redis.Redis(port=self._port) as client:
            client.flushall()

    def queued(self) -> int:
        """How many nudges wait for a worker."""
        with redis.Redis(port=self._port) as client:
            return int(client.llen("trunkline:celery"))  # type: ignore[arg-type]

    def restore(self) -> None:
        """Running and empty, whatever a test did."""
        if self._child.running:
            self.thaw()
            self.flush()
        else:
            self.start()

    def _answers(self) -> bool:
        try:
            with redis.Redis(port=self._port, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


@pytest.fixture(scope="session")
def broker_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    broker = Broker(tmp_path_factory.mktemp("broker"))
    yield broker
    broker.stop()


@pytest.fixture
def broker(broker_process: Broker) -> Iterator[Broker]:
    """What this process nudges through, for one test."""
    before = app.conf.broker_url
    point_at(broker_process.url)
    broker_process.restore()
    yield broker_process
    broker_process.restore()
    point_at(before)


def point_at(url: str) -> None:
    """Let Celery in this process use another broker from now on."""
    app.conf.update(broker_url=url, broker_read_url=url, broker_write_url=url)
    pools.reset()
    app._pool = app.amqp._producer_pool = None


class Crew:
    """Starts workers and reconcilers that work on the test database and listen to our Valkey."""

    def __init__(self, folder: Path, broker: Broker) -> None:
        self.broker = broker
        self._folder = folder
        self._children: list[Child] = []

    def worker(
        self, *, failpoints: str = "", name: str = "worker", pool: str = "threads", concurrency: int = 4
    ) -> Child:
        """A Celery worker, ready to take nudges."""
        command = [*CELERY, "worker", "--pool", pool, "--concurrency", str(concurrency)]
        command += ["--without-gossip", "--without-mingle", "--hostname", f"{name}@scene", "--loglevel", "INFO"]
        child = self._start(command, name, self.broker.url, failpoints)
        child.wait_until(lambda: " ready." in child.log_tail(), seconds=60)
        return child

    def reconciler(self, *, name: str = "reconciler") -> Child:
        """`manage.py reconcile`, for which there is no broker at all."""
        return self._start(RECONCILER, name, "redis://127.0.0.1:9/0", "")

    def end(self) -> None:
        """Kill them all."""
        for child in self._children:
            child.kill()

    def _start(self, command: Sequence[str], name: str, broker_url: str, failpoints: str) -> Child:
        ours = {key: value for key, value in os.environ.items() if key.startswith(("TRUNKLINE_", "DJANGO_"))}
        environ = {
            **ours,
            "DATABASE_URL": _database_url(),
            "REDIS_URL": broker_url,
            "CELERY_BROKER_URL": broker_url,
            "TRUNKLINE_NODE_TOKEN": TOKEN,
            "TRUNKLINE_FAILPOINTS": failpoints,
        }
        arguments = [str(PACKAGE_ROOT / part) if part == "manage.py" else part for part in here(command)]
        child = Child(arguments, folder=self._folder, log=f"{name}.log", environ=environ)
        self._children.append(child)
        return child


@pytest.fixture
def crew(transactional_db: None, tmp_path: Path, broker: Broker) -> Iterator[Crew]:
    """Its processes end before the database is emptied."""
    crew = Crew(tmp_path, broker)
    yield crew
    crew.end()


def _database_url() -> str:
    """The test database of this run."""
    values = connection.settings_dict
    host = values["OPTIONS"].get("host") or values["HOST"]
    where = f"{quote(values['USER'])}:{quote(values['PASSWORD'])}@"
    if host.startswith("/"):
        return f"postgresql://{where}/{values['NAME']}?host={host}"
    return f"postgresql://{where}{host}:{values['PORT'] or 5432}/{values['NAME']}"
