"""Ended calls: pulled from the nodes exactly once, searched, explained."""
