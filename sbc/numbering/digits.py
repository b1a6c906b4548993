"""Sets of digit strings as small automata without loops: read from regular expressions, united, intersected, cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from re import _parser  # type: ignore[attr-defined]  # Python's own reader of patterns; without types
from typing import Any

DIGITS = range(10)
_ZERO = ord("0")
Choice = Callable[[str, str], str]


@dataclass(slots=True, eq=False)
class State:
    """What a string that ends here is labelled with ("" when it is not in the set); the state after each next digit."""

    label: str
    after: tuple[State, ...]


NOTHING = State("", ())
NOTHING.after = (NOTHING,) * 10


class DigitSets:
    """Where sets are made. Sets that are alike are one object: what occurs often is worked on once."""

    def __init__(self) -> None:
        self._states: dict[tuple[str, tuple[State, ...]], State] = {("", NOTHING.after): NOTHING}
        self._merged: dict[tuple[Choice, State, State], State] = {}

    def read(self, pattern: str, label: str) -> State:
        """The strings that a regular expression matches as a whole. Raises ValueError for more than it can do."""
        return self._before(_parser.parse(pattern), self._state(label, NOTHING.after))

    def either(self, left: State, right: State) -> State:
        """What is in one of them; the label of the left one counts first."""
        return self._merge(_either, left, right)

    def both(self, left: State, right: State) -> State:
        """What is in both, with the label of the right one."""
        return self._merge(_both, left, right)

    def without(self, left: State, right: State) -> State:
        """What is in the left one only."""
        return self._merge(_without, left, right)

    def _state(self, label: str, after: tuple[State, ...]) -> State:
        return self._states.setdefault((label, after), State(label, after))

    def _merge(self, choose: Choice, left: State, right: State) -> State:
        if right is NOTHING:
            return left if choose("x", "") else NOTHING
        if left is NOTHING:
            return right if choose("", "x") else NOTHING
        key = (choose, left, right)
        if key not in self._merged:
            after = tuple(self._merge(choose, *pair) for pair in zip(left.after, right.after, strict=True))
            self._merged[key] = self._state(choose(left.label, right.label), after)
        return self._merged[key]

    def _before(self, items: Sequence[Any], then: State) -> State:
        """A parsed pattern, followed by what is known already: it is read from its end."""
        for name, value in reversed(items):
            match str(name), value:
                case "LITERAL" | "IN", _:
                    digits = _digits([(name, value)] if str(name) == "LITERAL" else value)
                    then = self._state("", tuple(then if digit in digits else NOTHING for digit in DIGITS))
                case "SUBPATTERN", (*_, inner):
                    then = self._before(inner, then)
                case "BRANCH", (_, branches):
                    then = self._any(branches, then)
                case "MAX_REPEAT", (least, most, inner) if most < _parser.MAXREPEAT:
                    then = self._repeated(inner, least, most, then)
                case _:
                    raise ValueError(f"{name} in a pattern of digits")
        return then

    def _any(self, branches: Sequence[Sequence[Any]], then: State) -> State:
        found = NOTHING
        for branch in branches:
            found = self.either(found, self._before(branch, then))
        return found

    def _repeated(self, inner: Sequence[Any], least: int, most: int, then: State) -> State:
        found = then
        for count in reversed(range(most)):
            found = self._before(inner, found)
            if count >= least:
                found = self.either(found, then)
        return found


def _digits(members: Sequence[tuple[Any, Any]]) -> set[int]:
    r"""The digits of a class such as [1-35] or \d."""
    found = set[int]()
    for name, value in members:
        match str(name), value:
            case "LITERAL", code:
                found.add(code - _ZERO)
            case "RANGE", (first, last):
                found.update(range(first - _ZERO, last - _ZERO + 1))
            case "CATEGORY", kind if str(kind) == "CATEGORY_DIGIT":
                found.update(DIGITS)
            case _:
                raise ValueError(f"{name} in a class of digits")
    return found


def _either(left: str, right: str) -> str:
    return left or right


def _both(left: str, right: str) -> str:
    return left and right


def _without(left: str, right: str) -> str:
    return "" if right else left
