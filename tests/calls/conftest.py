"""The scene of provisioning's tests: a customer, in-memory nodes, trunks."""

from tests.provisioning.scene import customer, engineer, new_york, node_processes, nodes, order

__all__ = ["customer", "engineer", "new_york", "node_processes", "nodes", "order"]
