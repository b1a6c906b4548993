"""What the portal's processes read: the environment of one lab, and var/up.env for a second terminal."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

KEPT = ("DJANGO_SECRET_KEY", "TRUNKLINE_NODE_TOKEN")
UP_ENV = "up.env"


def kept_secrets(var: Path) -> dict[str, str]:
    """Generated once and kept, so that a restart signs nobody out; the environment's own go first."""
    path = var / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = {name: secrets.token_urlsafe(48) for name in KEPT if name not in kept}
    if missing:
        write_private(path, json.dumps(kept | missing, indent=1))
    return {name: os.environ.get(name) or (kept | missing)[name] for name in KEPT}


@contextlib.contextmanager
def up_env(var: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Leave the environment in var/up.env while we run; the settings read it."""
    path = var / UP_ENV
    write_private(path, "".join(f"{name}={value}\n" for name, value in sorted(environment.items())))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, all at once."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(path)
