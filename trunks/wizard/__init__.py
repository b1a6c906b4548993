"""The order of a trunk, one question after another."""
