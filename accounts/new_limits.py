"""What upper apps do when staff changed an account's limits, in the same transaction: nodes are told."""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import Account

Listener = Callable[[Account], None]
_listeners: list[Listener] = []


def register_listener(listener: Listener) -> None:
    """Have `listener` called inside the transaction that changes limits."""
    _listeners.append(listener)


def tell_new_limits(account: Account) -> None:
    """Tell everybody who registered."""
    for listener in _listeners:
        listener(account)
