"""Pages of trunks: the list, one trunk, and what is done to it."""
