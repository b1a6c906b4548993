"""The call record: one line per ended or refused call, in the columns that sbc/kamailio/calls.cfg writes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

_NOTHING = "-"
_DELIMITER = "|"
# The only escape that db_flatstore makes: a delimiter inside a value. A per cent sign stays as it is.
_ESCAPED = "%7C"
_SECONDS_DIGITS = 10
_LONGEST_KEY = 64
_MS_COLUMNS = frozenset({"begun", "rang", "answered"})
_E164_COLUMNS = frozenset({"caller_e164", "callee_e164"})
# The last column: <route>/<entry>/<telephone number>/<its country>/<begun>/<rang>. Releases before routes wrote none.
_WAY = re.compile(r"([A-Za-z0-9._-]{1,64})/(\d{1,3})/(\d{1,20}|-)/([A-Z]{2}|-)/([\d.]+)/([\d.]+)")
_FORWARDED = "-forwarded"


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One leg of a call. The first three are acc's own: `started` and `ended` in whole seconds since the epoch,
    `seconds` to the millisecond. Then those of cdr_extra in sbc/kamailio/calls.cfg, in its order, but for the last
    three: the `route` that a call in took, its `entry` (counted from 1) that had the call last, and on the leg of a
    call that was forwarded the `number` that was called first.

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
    route: str = ""
    entry: int = 0
    number: str = ""

    @classmethod
    def from_columns(cls, columns: list[str]) -> Self:
        """From the columns of a line but for its last one. Raises ValueError when they are not a whole record.

        A line that a crash cut off has the next one behind it: the last columns of the two are a record.
        """
        columns = columns[-len(_COLUMNS) :]
        if len(columns) < len(_COLUMNS):
            raise ValueError(f"{len(columns)} of {len(_COLUMNS)} columns")
        columns[0] = columns[0][-_SECONDS_DIGITS:]
        members = {name: _value(name, text) for name, text in zip(_COLUMNS, columns, strict=True)}
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
_COLUMNS = _FIELDS[:-3]
_NUMBERS = frozenset(field.name for field in fields(CallRecord) if field.type == "int")


def read_line(line: str) -> tuple[CallRecord, ...]:
    """The call in a line of the file; when it was forwarded to a telephone number, then the call that this is, too.
    Raises ValueError when the line is not a whole record.
    """
    *columns, last = line.split(_DELIMITER)
    way = _WAY.fullmatch(last)
    if not way:
        return (CallRecord.from_columns([*columns, last]),)
    route, entry, phone, *rest = way.groups()
    call = CallRecord.from_columns(columns)
    call = replace(call, route=_value("route", route), entry=int(entry))
    return (call,) if phone == _NOTHING else (call, _forwarded(call, f"+{phone}", *rest))


def _forwarded(call: CallRecord, phone: str, country: str, begun: str, rang: str) -> CallRecord:
    """The way to a telephone number is out, and ends and sounds as the whole call does."""
    return replace(
        call,
        leg=f"{call.key[: _LONGEST_KEY - len(_FORWARDED)]}{_FORWARDED}",
        direction="outbound",
        callee=phone,
        callee_e164=phone,
        callee_country=_value("callee_country", country),
        begun=_milliseconds(begun),
        rang=_milliseconds(rang),
        number=call.callee_e164,
    )


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
