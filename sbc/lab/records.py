"""Reads the call records that a node writes to its disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One ended or refused call, in the order of cdr_extra in sbc/kamailio/calls.cfg. Times are seconds since
    the epoch; `code` is the final SIP status; `hop` is the gateway or destination that was tried last.
    """

    started: int
    ended: int
    seconds: float
    trunk: str
    direction: str
    caller: str
    callee: str
    call_id: str
    code: int
    hop: str


def read_records(folder: Path) -> list[CallRecord]:
    """All records in the folder, oldest first; within one second the order is not known."""
    lines = [line for file in folder.glob("calls_*.log") for line in file.read_text().splitlines()]
    return sorted((_record(line) for line in lines), key=lambda record: (record.ended, record.call_id))


def _record(line: str) -> CallRecord:
    started, ended, seconds, trunk, direction, caller, callee, call_id, code, hop = map(unquote, line.split("|"))
    times = int(started), int(ended), float(seconds)
    return CallRecord(*times, trunk, direction, caller, callee, call_id, int(code), hop)
