"""The two servers: how each is set up, started, asked whether it is ready, and reached."""

from __future__ import annotations

import os
import signal
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path

import psycopg
import redis
from psycopg import sql
from psycopg.conninfo import make_conninfo

from portal.launcher import binaries
from portal.launcher.processes import LaunchError, Program
from portal.launcher.state import State, check_reachable

DATABASE = USER = "trunkline"
C_LOCALE = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}


class Embedded(ABC):
    """A server of ours, its data below a state folder."""

    name: str
    title: str

    def __init__(self, state: State, durable: bool = True) -> None:
        """A server that is not durable skips every wait for the disk: for tests only."""
        self.state = state
        self.durable = durable
        self.password = state.password()

    @abstractmethod
    def prepare(self) -> None:
        """Make what the server needs before its first start."""

    @abstractmethod
    def program(self) -> Program:
        """How to run it."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it takes connections, found by connecting."""

    @abstractmethod
    def urls(self) -> dict[str, str]:
        """Environment variables with which the portal reaches it."""

    def _program(self, argv: list[str], stop_signal: signal.Signals, stop_seconds: float) -> Program:
        return Program(
            name=self.name,
            argv=argv,
            log=self.state.log(self.name),
            pid_file=self.state.pid_file(self.name),
            owner=self.state.owner,
            environment=C_LOCALE,
            stop_signal=stop_signal,
            stop_seconds=stop_seconds,
        )


class Postgres(Embedded):
    """PostgreSQL with scram-sha-256 on a unix socket."""

    name = "postgres"
    title = "PostgreSQL"

    @property
    def data(self) -> Path:
        """The cluster's folder."""
        return self.state.folder / "postgres"

    def prepare(self) -> None:
        """initdb, once; a half-made cluster is made again."""
        initdb = binaries.postgres("initdb")
        check_reachable(initdb, self.state.owner)
        done = self.data / "PG_VERSION"
        if (self.data / "global/pg_control").exists() and done.exists():
            self._check_version(done.read_text().strip())
            return
        argv = [initdb, "-D", self.state.private("postgres"), "-U", USER, "-A", "scram-sha-256", "-E", "UTF8"]
        argv += ["--pwfile", self.state.folder / "server-password", "--locale=C.UTF-8"]
        as_root = os.geteuid() == 0
        made = subprocess.run(
            [str(part) for part in argv] + ([] if self.durable else ["--no-sync"]),
            cwd="/",
            env=C_LOCALE,
            user=self.state.owner.uid if as_root else None,
            group=self.state.owner.gid if as_root else None,
            extra_groups=[] if as_root else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise LaunchError(f"initdb failed:\n{made.stdout}{made.stderr}")

    def _check_version(self, kept: str) -> None:
        shown = subprocess.run([binaries.postgres(), "--version"], capture_output=True, text=True, check=True).stdout
        if kept not in shown.replace(".", " ").split():
            raise LaunchError(
                f"{self.data} was made by PostgreSQL {kept}, but {shown.strip()} is installed. "
                "Move that folder away to start afresh, or set TRUNKLINE_POSTGRES_BIN."
            )

    def program(self) -> Program:
        """SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for its clients."""
        settings = ["listen_addresses=", "unix_socket_permissions=0700", "max_connections=200"]
        if not self.durable:
            settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        argv = [str(binaries.postgres()), "-D", str(self.data), "-k", str(self.state.sockets())]
        for setting in settings:
            argv += ["-c", setting]
        return self._program(argv, signal.SIGINT, 30)

    def is_ready(self) -> bool:
        """Connect, and create the database if this is the first time."""
        where = make_conninfo(
            host=str(self.state.sockets()),
            user=USER,
            password=self.password,
            dbname="postgres",
            connect_timeout=5,
        )
        try:
            with psycopg.connect(where, autocommit=True) as connection:
                known = connection.execute("select 1 from pg_database where datname = %s", [DATABASE])
                if not known.fetchone():
                    connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))
        except psycopg.OperationalError as error:
            if "authentication failed" in str(error):
                kept = self.state.folder / "server-password"
                raise LaunchError(f"PostgreSQL refuses the password in {kept}.") from None
            return False
        return True

    def urls(self) -> dict[str, str]:
        """A URL that libpq, psycopg and django-environ all read."""
        return {"DATABASE_URL": f"postgresql://{USER}:{self.password}@/{DATABASE}?host={self.state.sockets()}"}


class Valkey(Embedded):
    """Valkey with a password on a unix socket; it never drops a key and writes everything down."""

    name = "valkey"
    title = "Valkey"

    @property
    def socket(self) -> Path:
        """Its unix socket."""
        return self.state.sockets() / "valkey.sock"

    def prepare(self) -> None:
        """Write its configuration: the password must not show in the process list."""
        check_reachable(binaries.valkey(), self.state.owner)
        settings = {
            "port": "0",
            "unixsocket": self.socket,
            "unixsocketperm": "700",
            "requirepass": self.password,
            "dir": self.state.private("valkey"),
            "appendonly": "yes" if self.durable else "no",
            "save": '""',
            "maxmemory-policy": "noeviction",
        }
        conf = self.state.folder / "valkey.conf"
        conf.touch(mode=0o600)
        conf.write_text("".join(f"{key} {value}\n" for key, value in settings.items()))
        self.state.owner.own(conf, 0o600)

    def program(self) -> Program:
        """In the foreground, with the configuration file."""
        argv = [str(binaries.valkey()), str(self.state.folder / "valkey.conf")]
        return self._program(argv, signal.SIGTERM, 10)

    def is_ready(self) -> bool:
        """Ping with the password."""
        client = redis.Redis(unix_socket_path=str(self.socket), password=self.password, socket_timeout=5)
        try:
            return bool(client.ping())
        except (redis.ConnectionError, redis.TimeoutError):
            return False
        finally:
            client.close()

    def urls(self) -> dict[str, str]:
        """Cache and broker in two databases, in the spellings of redis-py and of Celery."""
        return {
            "REDIS_URL": f"unix://:{self.password}@{self.socket}?db=0",
            "CELERY_BROKER_URL": f"redis+socket://:{self.password}@{self.socket}?virtual_host=1",
        }
