"""A node compared for staff to look at: read once for everybody who asks within some seconds, never twice at a time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.core.cache import cache
from django.utils import timezone

from provisioning.drift import Differences, differences_of
from provisioning.models import NodeState, SbcNode
from provisioning.registry import kinds
from sbc.client import Held, NodeError

SHOWN = 50
KEPT_SECONDS = 10
# Whoever asks meanwhile waits so long for the answer; a reader that died is in nobody's way any longer than this.
WAIT_SECONDS, LONGEST_SECONDS = 5, 60
PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Shown:
    """The differences of one kind: how many, and the first of them."""

    kind: str
    wanted: int
    held: int
    different_count: int
    different: list[NodeState]
    newer_count: int
    newer: list[str]
    orphan_count: int
    orphans: list[Held]
    too_many_orphans: bool
    is_right: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What a node had at a moment, or the trouble with which it could not be read."""

    read_at: datetime
    found: list[Shown]
    trouble: str = ""

    @property
    def is_right(self) -> bool:
        return all(shown.is_right for shown in self.found)


def look_at(node: SbcNode) -> Look | None:
    """None while somebody else's reading takes long."""
    key = f"look:{node.pk}:{node.agent_url}"
    lock, give_up_at = f"{key}:lock", time.monotonic() + WAIT_SECONDS
    token = uuid4().hex
    while not cache.add(lock, token, LONGEST_SECONDS):
        if kept := _kept(key):
            return kept
        if time.monotonic() > give_up_at:
            return None
        time.sleep(PAUSE_SECONDS)
    try:
        return _kept(key) or _read(node, key)
    finally:
        if cache.get(lock) == token:  # else it took so long that somebody else reads by now
            cache.delete(lock)


def _kept(key: str) -> Look | None:
    look: Look | None = cache.get(key)
    return look


def _read(node: SbcNode, key: str) -> Look:
    try:
        look = Look(timezone.now(), [_shown(differences_of(node, kind)) for kind in kinds()])
    except NodeError as error:
        look = Look(timezone.now(), [], str(error))
    cache.set(key, look, KEPT_SECONDS)
    return look


def _shown(found: Differences) -> Shown:
    return Shown(
        found.kind,
        found.wanted,
        found.held,
        len(found.different),
        found.different[:SHOWN],
        len(found.newer),
        found.newer[:SHOWN],
        len(found.orphans),
        found.orphans[:SHOWN],
        found.too_many_orphans,
        found.is_right,
    )
