"""What upper apps do when a trunk is gone from its nodes, in the same transaction, and what they say of it before."""

from __future__ import annotations

from collections.abc import Callable

from trunks.models import Trunk

Farewell = Callable[[Trunk], None]
_farewells: list[Farewell] = []
# Answers sentences for whoever is about to delete the trunk.
Warner = Callable[[Trunk], list[str]]
_warners: list[Warner] = []


def register_farewell(farewell: Farewell) -> None:
    """Have `farewell` called inside the transaction that settles a deletion."""
    _farewells.append(farewell)


def depart(trunk: Trunk) -> None:
    """Tell everybody who registered."""
    for farewell in _farewells:
        farewell(trunk)


def register_warner(warner: Warner) -> None:
    """Have `warner` asked before somebody deletes a trunk."""
    _warners.append(warner)


def warnings_before(trunk: Trunk) -> list[str]:
    """What everybody who registered has to say."""
    return [sentence for warner in _warners for sentence in warner(trunk)]
