"""Service addresses: the places where the equipment stands (place of primary use)."""
