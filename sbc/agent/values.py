"""What values of Kamailio's tables are made of, checked so that no user text gets there. All raise ValueError."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any

from sbc.documents import Destination

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_NUMBER = re.compile(r"\+[1-9][0-9]{2,14}")
_CALLER = re.compile(r"\+?[0-9]{1,20}")
_USER = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HA1 = re.compile(r"[0-9a-f]{32}")
_NUMERIC = re.compile(r"(.*\.)?[0-9]+")  # an address, or nothing: 127.1 would be asked of name servers
_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")
_WORD = re.compile(r"[A-Z0-9_]{1,32}")
_MAX_CALLS = 100_000


def is_address(host: str) -> bool:
    """Whether it is an IP address, or nothing; a host name otherwise."""
    return ":" in host or _NUMERIC.fullmatch(host) is not None


def joined(members: dict[str, Any]) -> str:
    """As Kamailio's {param.value} reads it."""
    return "".join(f"{name}={value};" for name, value in members.items())


def checked(pattern: re.Pattern[str], text: str, what: str) -> str:
    """The text, if it is what the pattern says."""
    if not pattern.fullmatch(text):
        raise ValueError(f"{text!r} is not {what}")
    return text


def ip(text: str) -> str:
    """As Kamailio writes it. A scope (fe80::1%eth0) is free text, and means nothing on another machine."""
    if "%" in text:
        raise ValueError(f"{text!r} has a scope")
    return str(ip_address(text))


def digits(e164: str) -> str:
    """Kamailio counts with bare digits."""
    return checked(_NUMBER, e164, "a number in E.164")[1:]


def caller(text: str) -> str:
    """Digits with or without a plus; empty for a withheld number."""
    return checked(_CALLER, text, "a caller's number") if text else text


def identifier(text: str) -> str:
    """Of a document."""
    return checked(_ID, text, "an identifier")


def word(text: str, what: str) -> str:
    """One of the documents' own words, such as FAILOVER."""
    return checked(_WORD, text, what)


def user(text: str) -> str:
    """Of a registered trunk."""
    return checked(_USER, text, "a user name")


def ha1(text: str) -> str:
    """Errors reach logs: they do not repeat what was sent as a secret."""
    if not _HA1.fullmatch(text):
        raise ValueError("an HA1 is 32 hexadecimal digits")
    return text


def time(seconds: int) -> int:
    """Unix seconds."""
    if type(seconds) is not int or not 0 <= seconds < 1 << 31:  # what Kamailio can compare
        raise ValueError(f"{seconds!r} is not a time")
    return seconds


def limit(calls: int) -> int:
    """How many calls."""
    if type(calls) is not int or not 0 <= calls <= _MAX_CALLS:
        raise ValueError(f"{calls!r} is not a number of calls")
    return calls


def hops(destinations: Iterable[Destination]) -> dict[str, str]:
    """Members h1, h2 … in order."""
    return {f"h{place}": hop(destination) for place, destination in enumerate(destinations, start=1)}


def hop(destination: Destination) -> str:
    """As in a SIP URI."""
    host, port = destination.host, destination.port
    if ":" in host:
        host = f"[{ip(host)}]"
    elif _NUMERIC.fullmatch(host):
        host = ip(host)
    elif not _HOST_NAME.fullmatch(host):
        raise ValueError(f"{host!r} is not a host")
    if not isinstance(port, int) or not 0 <= port <= 65535:  # noqa: PLR2004 - the largest port there is
        raise ValueError(f"{port!r} is not a port")
    return f"{host}:{port}" if port else host
