"""A call as pages show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from calls.models import Call
from calls.words import Result, duration_of, result_of


@dataclass(frozen=True, slots=True)
class Row:
    call: Call
    result: Result
    duration: str

    @property
    def caller(self) -> str:
        return self.call.caller_e164 or self.call.caller

    @property
    def callee(self) -> str:
        return self.call.callee_e164 or self.call.callee


def shown(calls: Iterable[Call]) -> list[Row]:
    return [Row(call, result_of(call), duration_of(call)) for call in calls]
