"""The scene, with a crew of real processes, and a reconciler in a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import connection

from provisioning.sweeps import sweep
from tests.provisioning.processes import broker, broker_process, crew
from tests.provisioning.scene import (
    customer,
    engineer,
    frankfurt,
    new_york,
    node_processes,
    nodes,
    order,
    order_in_frankfurt,
)

__all__ = [
    "broker",
    "broker_process",
    "crew",
    "customer",
    "engineer",
    "frankfurt",
    "new_york",
    "node_processes",
    "nodes",
    "order",
    "order_in_frankfurt",
]


@pytest.fixture
def sweeping(transactional_db: None) -> Iterator[Callable[[], None]]:
    """`sweeping()` starts what `manage.py reconcile` does, in a thread of this process."""
    stop = threading.Event()

    def sweep_on() -> None:
        while not stop.is_set():
            sweep()
            stop.wait(settings.SWEEP_SECONDS)
        connection.close()

    thread = threading.Thread(target=sweep_on)
    yield thread.start
    stop.set()
    if thread.is_alive():
        thread.join()
