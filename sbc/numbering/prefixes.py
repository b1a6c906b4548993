"""A numbering plan as prefixes, the longest of which counts: as few as say the same."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from sbc.numbering.digits import NOTHING, State


class Answer(NamedTuple):
    """What a prefix says of numbers that begin with it: `lengths` has bit n set when n further digits make a valid
    number, which is of `region` then.
    """

    region: str
    lengths: int

    def after_a_digit(self) -> Answer:
        """The same answer, seen from a prefix that is a digit longer."""
        return Answer(self.region, self.lengths >> 1) if self.lengths >> 1 else NONE

    def before_a_digit(self, label: str) -> Answer | None:
        """The same answer, seen from a prefix that is a digit shorter and by itself a number of the region `label`, or
        none (""). None when that cannot be one answer, for it is about another region.
        """
        if not label:
            return Answer(self.region, self.lengths << 1)
        return Answer(label, self.lengths << 1 | 1) if self.region in ("", label) else None


NONE = Answer("", 0)
Rows = list[tuple[str, Answer]]


class Prefixes:
    """Optimal routing table construction (Draves, King, Venkatachary, Zill 1999), with ten digits in place of two."""

    def __init__(self) -> None:
        self._best = dict[State, frozenset[Answer]]()
        self._rows = dict[tuple[State, Answer], Rows]()

    def below(self, state: State, inherited: Answer) -> Rows:
        """Prefixes and answers that must be added where `inherited` is what the next shorter prefix says."""
        key = (state, inherited)
        if key not in self._rows:
            best = self._best_for(state)
            answer = inherited if inherited in best else min(best)
            rows = [] if answer == inherited else [("", answer)]
            self._rows[key] = rows + self.below_each_digit(state, answer)
        return self._rows[key]

    def below_each_digit(self, state: State, answer: Answer) -> Rows:
        """As `below`, where the state itself is given `answer`."""
        if state is NOTHING:
            return []
        below = (self.below(after, answer.after_a_digit()) for after in state.after)
        return [(f"{digit}{rest}", found) for digit, rows in enumerate(below) for rest, found in rows]

    def _best_for(self, state: State) -> frozenset[Answer]:
        """The answers with which the fewest prefixes are needed below."""
        if state is NOTHING:
            return frozenset([NONE])
        if state not in self._best:
            votes = Counter(answer for after in state.after for answer in self._best_for(after))
            most = max(votes.values())
            found = (answer.before_a_digit(state.label) for answer, count in votes.items() if count == most)
            self._best[state] = frozenset(filter(None, found)) or frozenset([Answer(state.label, 1)])
        return self._best[state]
