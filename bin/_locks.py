"""Whether every pin of an .in file stands in its lock file, and every line there has hashes. No network."""

from __future__ import annotations

import re
import sys
from pathlib import Path

LOCKS = {"base": "requirements.txt"}
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?(==\S+)?", re.MULTILINE)


def normal(name: str) -> str:
    """As in PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> dict[str, str]:
    """Name to "==version", or to nothing where any version will do."""
    return {normal(name): version for name, version in PIN.findall(text)}


def problems(source: Path) -> list[str]:
    """What the lock of one .in file lacks."""
    lock = Path(LOCKS.get(source.stem, f"requirements/{source.stem}.txt"))
    text = lock.read_text()
    locked = pins(text)
    found = [
        f"{lock}: {name}{version} of {source} is not in it; run bin/lock"
        for name, version in pins(source.read_text()).items()
        if name not in locked or (version and locked[name] != version)
    ]
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text)
    return found + [f"{lock}: no hash for {b.split()[0]}" for b in blocks if PIN.match(b) and "--hash=" not in b]


if __name__ == "__main__":
    sources = sorted(Path("requirements").glob("*.in"))
    sys.exit("\n".join(line for source in sources for line in problems(source)) or 0)
