"""Calls: pulled from nodes, listed, explained."""
