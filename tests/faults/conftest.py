"""The scene, with processes that end when their test does."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from sbc.lab.process import Child
from tests.provisioning.processes import broker, broker_process
from tests.provisioning.scene import customer, engineer, frankfurt, new_york, node_processes, nodes, order

__all__ = [
    "broker",
    "broker_process",
    "customer",
    "engineer",
    "frankfurt",
    "new_york",
    "node_processes",
    "nodes",
    "order",
]

Ending = Callable[[Child], Child]


@pytest.fixture
def ending(transactional_db: None) -> Iterator[Ending]:
    """`ending(process)` ends it with the test, before the database is emptied."""
    children: list[Child] = []

    def with_the_test(child: Child) -> Child:
        children.append(child)
        return child

    yield with_the_test
    for child in children:
        child.kill()
