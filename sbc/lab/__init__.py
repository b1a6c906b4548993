"""A lab on loopback addresses for `manage.py up`, tests, benchmarks: nodes, a carrier, a softphone."""
