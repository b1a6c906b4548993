"""Which part of the portal used the processors: CPU seconds of a process and everything below it, by part."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

# The first word that is found in a command line names the part.
PARTS = {
    "gunicorn": "web",
    "worker": "worker",
    "reconcile": "reconciler",
    "postgres": "PostgreSQL",
    "valkey": "Valkey",
    "sbc.agent": "agents",
    "rtpengine": "RTPengine",
    "kamailio": "Kamailio",
    "portal.bench": "the measuring itself",
}
OTHERS = "others"
TICKS = os.sysconf("SC_CLK_TCK")


def used_below(root: int) -> Counter[str]:
    """CPU seconds so far of the processes that descend from `root`, itself included."""
    parents, seconds = _processes()
    used: Counter[str] = Counter()
    for pid, spent in seconds.items():
        if _descends(pid, root, parents):
            used[_part(pid)] += spent  # type: ignore[assignment]
    return used


def _processes() -> tuple[dict[int, int], dict[int, float]]:
    parents, seconds = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(folder.name)
        parents[pid], seconds[pid] = int(fields[1]), (int(fields[11]) + int(fields[12])) / TICKS
    return parents, seconds


def _descends(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid not in (0, 1, root):
        pid = parents.get(pid, 0)
    return pid == root


def _part(pid: int) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return OTHERS
    return next((part for word, part in PARTS.items() if word in command), OTHERS)
