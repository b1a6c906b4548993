"""The machine and the versions that figures were measured with."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from portal.launcher import binaries
from sbc.lab.node import kamailio_path
from sbc.lab.rtpengine import rtpengine_path


def about_this_machine(load: float) -> list[tuple[str, str]]:
    """Facts with their names; `load` is the average before the measuring began: other work shows in every figure."""
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return [
        ("Date", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"),
        ("Processor", f"{_proc('cpuinfo', 'model name')}, {os.cpu_count()} cores"),
        ("Busy already", f"load {load:.1f} before the measuring"),
        ("Memory", f"{int(_proc('meminfo', 'MemTotal').split()[0]) / 2**20:.0f} GiB"),
        ("System", f"{system}, Linux {platform.release()}"),
        ("Python", platform.python_version()),
        ("PostgreSQL", _version(str(binaries.postgres()), "--version")),
        ("Valkey", _version(str(binaries.valkey()), "--version")),
        ("Kamailio", _version(kamailio_path(), "-v")),
        ("RTPengine", _version(rtpengine_path(), "--version")),
    ]


def _proc(file: str, name: str) -> str:
    for line in Path("/proc", file).read_text().splitlines():
        key, _colon, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown"


def _version(*command: str) -> str:
    """The first line; RTPengine writes it to standard error."""
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
    return run.stdout.splitlines()[0].strip()
