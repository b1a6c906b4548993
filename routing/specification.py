"""What a route shall do, checked or about to be: what pages and programs hand to the services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routing.enums import DEFAULT_RING, HUNT_ON_BY_DEFAULT

if TYPE_CHECKING:
    from routing.models import RouteRevision


@dataclass(frozen=True, slots=True)
class EntrySettings:
    """One place where a call is tried: a trunk (its id) or a phone number in E.164; the other is empty."""

    trunk_id: str = ""
    phone: str = ""
    ring_seconds: int = DEFAULT_RING
    hunt_on: tuple[str, ...] = HUNT_ON_BY_DEFAULT

    @property
    def key(self) -> str:
        """What tells it from the other entries of a route."""
        return self.trunk_id or self.phone


@dataclass(frozen=True, slots=True)
class RouteSettings:
    """Everything of a route that can change; the entries in the order in which they are tried."""

    name: str
    entries: tuple[EntrySettings, ...]

    @classmethod
    def of(cls, revision: RouteRevision) -> RouteSettings:
        """The settings that a revision has."""
        entries = (
            EntrySettings(str(entry.trunk_id or ""), entry.phone, entry.ring_seconds, tuple(entry.hunt_on))
            for entry in revision.entries.all()
        )
        return cls(revision.name, tuple(entries))

    @property
    def phone(self) -> str:
        """Where calls end when no trunk took them; empty without such an entry."""
        return next((entry.phone for entry in self.entries if entry.phone), "")

    @property
    def trunk_ids(self) -> list[str]:
        return [entry.trunk_id for entry in self.entries if entry.trunk_id]
