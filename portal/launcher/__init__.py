"""Starts what the portal needs on one machine: servers, SBC nodes, web, worker, beat and reconciler."""
