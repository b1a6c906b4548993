"""The call record: one line per ended or refused call, in the columns that sbc/kamailio/calls.cfg writes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

_NOTHING = "-"
_DELIMITER = "|"
# The only escape that db_flatstore makes: a delimiter inside a value. A per cent sign stays as it is.
_ESCAPED = "%7C"
_SECONDS_DIGITS = 10
_LONGEST_KEY = 64
_MS_COLUMNS = frozenset({"begun", "rang", "answered"})
_E164_COLUMNS = frozenset({"caller_e164", "callee_e164"})


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One leg of a call. The first three are acc's own: `started` and `ended` in whole seconds since the epoch,
    `seconds` to the millisecond. Then those of cdr_extra in sbc/kamailio/calls.cfg, in its order.

    `leg` is the node's own id of it, made when the call began: not even a Call-ID, which callers choose, is unique.
    `caller` and `callee` are as received. `code` is the final SIP status, `why` our own reason for a refusal (see
    sbc/refusals.py), `hop` the gateway or destination that was tried last, `tried` how many were. `begun`, `rang` and
    `answered` are milliseconds since the epoch, 0 for never. `hung_up`: caller, callee or node. `loss` (per cent),
    `jitter` (ms) and `mos` are ten times the value, 0 for not known. Empty text is "".
    """

    started: int
    ended: int
    seconds: float
    leg: str = ""
    trunk: str = ""
    direction: str = ""
    caller: str = ""
    callee: str = ""
    caller_e164: str = ""
    callee_e164: str = ""
    caller_country: str = ""
    callee_country: str = ""
    call_id: str = ""
    code: int = 0
    why: str = ""
    hop: str = ""
    tried: int = 0
    begun: int = 0
    rang: int = 0
    answered: int = 0
    hung_up: str = ""
    codec: str = ""
    loss: int = 0
    jitter: int = 0
    mos: int = 0

    @classmethod
    def parse(cls, line: str) -> Self:
        """From a line of the file. Raises ValueError when it is not a whole record.

        A line that a crash cut off has the next one behind it: the last columns of the two are a record.
        """
        columns = line.split(_DELIMITER)[-len(_FIELDS) :]
        if len(columns) < len(_FIELDS):
            raise ValueError(f"{len(columns)} of {len(_FIELDS)} columns")
        columns[0] = columns[0][-_SECONDS_DIGITS:]
        members = {name: _value(name, text) for name, text in zip(_FIELDS, columns, strict=True)}
        return cls(**members | {"begun": members["begun"] or 1000 * members["started"]})

    @classmethod
    def from_wire(cls, members: Mapping[str, Any]) -> Self:
        """From another version of ourselves: what it does not say is empty, what only it knows is left out."""
        return cls(**{name: members[name] for name in _FIELDS if name in members})

    def to_wire(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @property
    def key(self) -> str:
        """What no other leg on its node has, up to 64 letters. One that began when the node was out of memory may have
        no id.
        """
        known = self.leg or f"{self.direction} {self.begun} {self.call_id}"
        return known if len(known) <= _LONGEST_KEY else hashlib.sha256(known.encode()).hexdigest()

    @property
    def ended_ms(self) -> int:
        """When it ended, in milliseconds since the epoch. Kamailio says the second; of answered calls the duration says
        more, and nothing ends before it began.
        """
        if self.answered:
            return self.answered + self.duration_ms
        return max(1000 * self.ended, self.begun)

    @property
    def duration_ms(self) -> int:
        """How long the two could talk; 0 for a call that nobody answered."""
        return round(1000 * self.seconds) if self.answered else 0


_FIELDS = tuple(field.name for field in fields(CallRecord))
_NUMBERS = frozenset(field.name for field in fields(CallRecord) if field.type == "int")


def _value(name: str, text: str) -> Any:
    if name in _MS_COLUMNS:
        return _milliseconds(text)
    if name in _NUMBERS:
        return 0 if text == _NOTHING else int(text)
    if name == "seconds":
        return float(text)
    if text == _NOTHING:
        return ""
    if name in _E164_COLUMNS:
        return f"+{text.removeprefix('+')}"  # the nodes count with bare digits
    return text.replace(_ESCAPED, _DELIMITER)


def _milliseconds(text: str) -> int:
    """Kamailio's $TV(Sn) says seconds with a fraction."""
    return round(1000 * float(text)) if "." in text else 0 if text == _NOTHING else int(text)
