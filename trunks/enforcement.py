"""Which settings the nodes act on already; the pages say "stored, not yet enforced" about the others."""

from __future__ import annotations

ENFORCED: dict[str, bool] = {
    "channels": True,
    "source_hosts": True,
    "destinations": True,
    "strategy": True,
    "international": True,
    "admin_status": True,
    "codecs": True,
    "dtmf": True,
    "fax": True,
    "number_format": True,
    "privacy": True,
    "tls": True,
    "options": True,
    "challenge_invites": True,
}


def is_enforced(field: str) -> bool:
    """Whether the nodes act on the field. Fields that are not about calls count as enforced."""
    return ENFORCED.get(field, True)
