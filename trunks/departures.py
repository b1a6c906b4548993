"""What upper apps do when a trunk is gone from its nodes, in the same transaction: numbers are unassigned."""

from __future__ import annotations

from collections.abc import Callable

from trunks.models import Trunk

Farewell = Callable[[Trunk], None]
_farewells: list[Farewell] = []


def register_farewell(farewell: Farewell) -> None:
    """Have `farewell` called inside the transaction that settles a deletion."""
    _farewells.append(farewell)


def depart(trunk: Trunk) -> None:
    """Tell everybody who registered."""
    for farewell in _farewells:
        farewell(trunk)
