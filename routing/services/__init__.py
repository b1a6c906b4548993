"""Everything that changes numbers and routes."""

from routing.services.pointing import assign_number, lock_number, publish, unassign_numbers

__all__ = ["assign_number", "lock_number", "publish", "unassign_numbers"]
