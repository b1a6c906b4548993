"""`python -m portal.bench`: measures the real thing, with real servers and nodes, on this machine."""
