"""What lives on nodes: each kind of subject hands in how it is compiled, where it lives and how its changes end.
And chores: what else a sweep does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from provisioning.models import Operation, SbcNode
from sbc.documents import Document


class Subject(Protocol):
    """One kind of subject. Filled in by the upper apps in `AppConfig.ready()`.

    `needs_a_node`: a change without a node to write to waits for one; otherwise it is done at once.
    """

    kind: str
    needs_a_node: bool

    def lock(self, id: str) -> None:
        """Lock the rows that an ending changes, in the order account, subject. Inside a transaction."""

    def compile(self, id: str) -> Document | None:
        """What the nodes must have now; None when they must not have it."""

    def assigned_nodes(self, id: str) -> Iterable[SbcNode]:
        """The nodes that must have it."""

    def ids_on(self, node: SbcNode) -> Iterable[str]:
        """The subjects that the node must have."""

    def give_up(self, operation: Operation) -> None:
        """Take the intent back to the last good one, so that `compile` answers what the nodes return to.
        Inside the transaction that marks the operation as undoing.
        """

    def accepted(self, operation: Operation) -> None:
        """Take note of a new operation: it is the subject's newest. Inside the accepting transaction, rows locked."""

    def settled(self, operation: Operation) -> None:
        """Draw the consequences of `operation.status`. Inside the settling transaction, rows locked."""


_subjects: dict[str, Subject] = {}


def register(subject: Subject) -> None:
    """Make a kind of subject known to the engine."""
    _subjects[subject.kind] = subject


def subject_of(kind: str) -> Subject:
    """The registered subject. Raises KeyError for an unknown kind."""
    return _subjects[kind]


def kinds() -> list[str]:
    """All registered kinds."""
    return list(_subjects)


_key_headers: dict[str, str] = {}


def register_provider(code: str, key_header: str) -> None:
    """Make a provider known whose calls come from addresses of its own; `key_header` as in the node's document."""
    _key_headers[code] = key_header


def key_headers() -> dict[str, str]:
    """By provider."""
    return dict(_key_headers)


Chore = Callable[[], object]
_chores: list[Chore] = []


def register_chore(chore: Chore) -> None:
    """Have it done once in every round of the sweep, some seconds apart; quick, and safe in parallel with itself."""
    _chores.append(chore)


def chores() -> list[Chore]:
    """All registered chores."""
    return list(_chores)
