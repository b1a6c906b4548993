"""The scene for every test here."""

from tests.provisioning.scene import customer, engineer, frankfurt, new_york, node_processes, nodes, order

__all__ = ["customer", "engineer", "frankfurt", "new_york", "node_processes", "nodes", "order"]
