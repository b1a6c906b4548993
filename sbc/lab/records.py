"""Reads the call records that a node has written to its disk and its agent has not cleared away."""

from __future__ import annotations

from pathlib import Path

from sbc.agent.records import CallRecord, read_line

__all__ = ["CallRecord", "read_records"]


def read_records(folder: Path) -> list[CallRecord]:
    """All whole records in the folder, oldest first; within one second the order is not known."""
    files = [file.read_text(errors="replace") for file in folder.glob("calls_*.*")]
    lines = [line for text in files for line in text.split("\n")[:-1]]
    records = [record for line in lines for record in read_line(line)]
    return sorted(records, key=lambda record: (record.ended, record.call_id))
