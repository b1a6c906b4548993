"""The scene for every test here."""

from tests.provisioning.processes import broker, broker_process
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
    "customer",
    "engineer",
    "frankfurt",
    "new_york",
    "node_processes",
    "nodes",
    "order",
    "order_in_frankfurt",
]
