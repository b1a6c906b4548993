"""The command lines of the portal's processes: `manage.py up` and docker-compose.yml run exactly these."""

from __future__ import annotations

import sys
from collections.abc import Sequence

PYTHON = "python"
MIGRATE = (PYTHON, "manage.py", "migrate", "--noinput", "--verbosity", "0")
# Part of LAB, by itself for installations that are no lab.
CATALOGUE = (PYTHON, "manage.py", "catalogue")
COLLECTSTATIC = (PYTHON, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
LAB = (PYTHON, "manage.py", "lab")
RECONCILER = (PYTHON, "manage.py", "reconcile")
AGENT = (PYTHON, "-m", "sbc.agent")
CELERY = (PYTHON, "-m", "celery", "-A", "portal")
WORKER = (
    *CELERY,
    "worker",
    "--pool",
    "threads",
    "--concurrency",
    "8",
    "--without-gossip",
    "--without-mingle",
)


def web(address: str) -> tuple[str, ...]:
    """The web server: few processes, many threads, because pages mostly wait for the database."""
    gunicorn = (
        PYTHON,
        "-m",
        "gunicorn",
        "portal.wsgi",
        "--worker-class",
        "gthread",
        "--no-control-socket",
        "--preload",
        # The answers of a form stand in the address of the page that checks them; 4094 could be too short.
        "--limit-request-line",
        "8190",
    )
    return (*gunicorn, "--workers", "2", "--threads", "8", "--bind", address)


def beat(schedule: str) -> tuple[str, ...]:
    """The clock of the sweeps; `schedule` is the file in which it notes when it last ran what."""
    return (*CELERY, "beat", "--schedule", schedule, "--pidfile", "")


def memory_node(host: str, port: int) -> tuple[str, ...]:
    """A node that only remembers, for where Kamailio cannot be installed."""
    return (PYTHON, "-m", "sbc.memory", "--host", host, "--port", str(port))


def carrier(addresses: Sequence[str], control_port: int) -> tuple[str, ...]:
    """The lab's stand-in phone network: a gateway on each address, orders taken on the first."""
    gateways = [part for address in addresses for part in ("--address", address)]
    control = ("--control-host", addresses[0], "--control-port", str(control_port))
    return (PYTHON, "-m", "sbc.lab.carrier", *gateways, *control)


def here(command: Sequence[str]) -> list[str]:
    """The same command with the interpreter that runs us."""
    return [sys.executable if part == PYTHON else part for part in command]
