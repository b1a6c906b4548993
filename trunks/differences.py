"""What differs between two settings of a trunk, and how two people's changes of the same settings go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from trunks.shown import HOSTS, LABELS, values_of
from trunks.specification import TrunkSettings


@dataclass(frozen=True, slots=True)
class Value:
    """One line of a cell; `mark` says what becomes of it."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One row: what it was and what it will be. `mono` marks addresses."""

    name: str
    label: str
    old: list[Value]
    new: list[Value]

    @property
    def mono(self) -> bool:
        return self.name in HOSTS


def differences(before: TrunkSettings, after: TrunkSettings) -> list[Difference]:
    """Only what differs, in the order of the pages."""
    return [_difference(name, before, after) for name in changed(before, after)]


def changed(before: TrunkSettings, after: TrunkSettings) -> list[str]:
    """The names of the settings that differ."""
    return [name for name in LABELS if getattr(before, name) != getattr(after, name)]


def _difference(name: str, before: TrunkSettings, after: TrunkSettings) -> Difference:
    old, new = values_of(name, getattr(before, name)), values_of(name, getattr(after, name))
    if name not in HOSTS:
        return Difference(name, str(LABELS[name]), [Value(text) for text in old], [Value(text) for text in new])
    return Difference(name, str(LABELS[name]), _marked(old, new, _("removed")), _marked(new, old, _("added")))


def _marked(lines: Sequence[str], others: Sequence[str], mark: str) -> list[Value]:
    return [Value(line, "" if line in others else mark) for line in lines]


@dataclass(frozen=True, slots=True)
class Meeting:
    """One setting that two people changed, or one of them: as it is now, as I want it, and both together."""

    label: str
    mono: bool
    now: list[str]
    mine: list[str]
    together: list[str]
    disputed: bool


def meetings(base: TrunkSettings, now: TrunkSettings, mine: TrunkSettings) -> list[Meeting]:
    """What either changed since `base`; `disputed` where both did, and differently."""
    together = merged(base, now, mine)
    theirs, ours = set(changed(base, now)), set(changed(base, mine))
    return [
        Meeting(
            str(LABELS[name]),
            name in HOSTS,
            now=values_of(name, getattr(now, name)),
            mine=values_of(name, getattr(mine, name)),
            together=values_of(name, getattr(together, name)),
            disputed=name in theirs & ours and getattr(now, name) != getattr(mine, name),
        )
        for name in LABELS
        if name in theirs | ours
    ]


def merged(base: TrunkSettings, now: TrunkSettings, mine: TrunkSettings) -> TrunkSettings:
    """Now, with what I changed; hosts that I added or removed are added to, or removed from, those there are now."""
    wanted: dict[str, Any] = {
        name: _merged_hosts(getattr(base, name), getattr(now, name), getattr(mine, name))
        if name in HOSTS
        else getattr(mine, name)
        for name in changed(base, mine)
    }
    return replace(now, **wanted)


def _merged_hosts(base: list[Any], now: list[Any], mine: list[Any]) -> list[Any]:
    if now == base:
        return mine
    kept = [host for host in now if host in mine or host not in base]
    return [*kept, *(host for host in mine if host not in base and host not in kept)]
