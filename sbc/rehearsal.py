"""A rehearsal: what a node would do with a call to a number now, entry by entry of its route."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

TRY, PASSED_OVER, ELSEWHERE = "TRY", "PASSED_OVER", "ELSEWHERE"
_NOTHING = "-"


@dataclass(frozen=True, slots=True)
class RehearsedEntry:
    """An entry, `position` counted from 1, as if none before it had taken the call.

    TRY: it would be sent to `hops`, in this order, until one takes it; a name is there as often as it has addresses,
    the contacts of a registered trunk ring at once. PASSED_OVER: `why` is a word of sbc/refusals.py, or
    "destination-silent". ELSEWHERE: the nodes at `hops` would be asked, in this order; ask those what they would do
    with a route of this one entry.
    """

    position: int
    verdict: str
    why: str
    hops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """`refused` is the word with which the call would be refused before any entry is looked at, else empty."""

    refused: str
    entries: tuple[RehearsedEntry, ...]

    @classmethod
    def read(cls, text: str) -> Self:
        """From what sbc/kamailio/rehearsal.cfg writes. Raises ValueError."""
        head, *entries = text.split("|")
        _, _, refused = head.partition("refused=")
        found = sorted(map(_entry, entries), key=lambda entry: entry.position)
        return cls("" if refused == _NOTHING else refused, tuple(found))

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> Self:
        """Read what `to_wire` wrote."""
        entries = (RehearsedEntry(**entry | {"hops": tuple(entry["hops"])}) for entry in wire["entries"])
        return cls(wire["refused"], tuple(entries))

    def to_wire(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def _entry(text: str) -> RehearsedEntry:
    position, verdict, why, hops = (part if part != _NOTHING else "" for part in text.split(" "))
    return RehearsedEntry(int(position), verdict, why, tuple(hops.split(",")) if hops else ())
