"""Looks up host names for a person who waits: all of them together within a second, or not at all."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor, wait

from sbc.addresses import Address

SECONDS = 1.0

# Host name → its addresses; empty when it was not found.
Resolver = Callable[[Collection[str]], dict[str, list[Address]]]


def look_up(names: Collection[str]) -> dict[str, list[Address]]:
    """The addresses of every name; a name that is unknown, or whose answer takes too long, has none."""
    if not names:
        return {}
    pool = ThreadPoolExecutor(max_workers=len(names))
    asked = {name: pool.submit(_addresses, name) for name in names}
    answered = wait(asked.values(), timeout=SECONDS).done
    pool.shutdown(wait=False, cancel_futures=True)
    return {name: future.result() if future in answered else [] for name, future in asked.items()}


def _addresses(name: str) -> list[Address]:
    try:
        answers = socket.getaddrinfo(name, None, proto=socket.IPPROTO_UDP)
    except (OSError, UnicodeError):
        return []
    return [ipaddress.ip_address(str(answer[4][0])) for answer in answers]


def look_up_nothing(names: Collection[str]) -> dict[str, list[Address]]:
    """Asks nobody and knows nothing: for looking at answers again that were looked up before."""
    return {}
