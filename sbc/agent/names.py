"""What host names lead to: SRV and address records, asked of name servers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Self, TypeVar

import dns.asyncresolver
import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver

from sbc.addresses import Address

log = logging.getLogger(__name__)

TRY_SECONDS = 1.0  # then a name server is asked again, or the next one
LONGEST_SECONDS = 3.0  # for all questions about one name together
MOST = 8  # addresses and SRV records of one name that count
SIP_PORT, TLS_PORT = 5060, 5061
T = TypeVar("T")
_MISSING = (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer)


class Lost(Exception):
    """The name leads nowhere, or no name server could say where."""


@dataclass(frozen=True, slots=True)
class Name:
    """A destination that is a host name. Port 0 asks for SRV records."""

    host: str
    port: int
    tls: bool

    @classmethod
    def parse(cls, key: str) -> Self:
        """From a key of Kamailio's table: host[:port][/tls]."""
        hop, _, transport = key.partition("/")
        host, _, port = hop.partition(":")
        return cls(host, int(port or 0), transport == "tls")


@dataclass(frozen=True, slots=True)
class Found:
    """Addresses and ports in the order in which they are to be tried, and for how many seconds that is good."""

    places: tuple[tuple[Address, int], ...]
    ttl: int


class NameServers:
    """Those at `servers` (address and port), or those of the system when there are none."""

    def __init__(self, servers: Sequence[tuple[str, int]] = ()) -> None:
        try:
            self._resolver = dns.asyncresolver.Resolver(configure=not servers)
        except dns.resolver.NoResolverConfiguration:
            log.exception("this machine knows no name servers: no destination that is a host name can be called")
            self._resolver = dns.asyncresolver.Resolver(configure=False)
        if servers:
            self._resolver.nameservers = [dns.nameserver.Do53Nameserver(*server) for server in servers]
        self._resolver.timeout = TRY_SECONDS

    async def look_up(self, name: Name, *, ipv6: bool = False) -> Found:
        """Raises Lost."""
        kinds = ["A", "AAAA"] if ipv6 else ["A"]
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                if name.port:
                    return await self._addresses(name.host, name.port, kinds)
                return await self._service(name, kinds)
        except (dns.exception.DNSException, OSError) as error:  # a TimeoutError is an OSError
            raise Lost(f"{name.host}: {error or type(error).__name__}") from error

    async def _service(self, name: Name, kinds: list[str]) -> Found:
        """By SRV. A name without such records is a host with the usual port."""
        try:
            answer = await self._ask(f"{'_sips._tcp' if name.tls else '_sip._udp'}.{name.host}", "SRV")
        except _MISSING:
            return await self._addresses(name.host, TLS_PORT if name.tls else SIP_PORT, kinds)
        records = [record for record in _in_turn(answer) if record.target != dns.name.root][:MOST]  # root: no service
        hosts = [self._addresses(str(record.target), record.port, kinds) for record in records]
        return _joined(await _those_found(hosts), _ttl(answer))

    async def _addresses(self, host: str, port: int, kinds: list[str]) -> Found:
        answers = await _those_found([self._ask(host, kind) for kind in kinds])
        found = [
            Found(tuple((ip_address(record.address), port) for record in _records(answer)), _ttl(answer))
            for answer in answers
        ]
        return _joined(found, found[0].ttl)

    async def _ask(self, host: str, kind: str) -> dns.resolver.Answer:
        absolute = dns.name.from_text(host)
        return await self._resolver.resolve(absolute, kind, search=False, lifetime=LONGEST_SECONDS)


async def _those_found(asked: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """All are asked at the same time. Raises what went wrong with the first one when nothing was found at all."""
    answers = await asyncio.gather(*asked, return_exceptions=True)
    found = [answer for answer in answers if not isinstance(answer, BaseException)]
    for trouble in answers:
        if isinstance(trouble, BaseException) and not found:
            raise trouble
    return found


def _joined(found: Sequence[Found], ttl: int) -> Found:
    """One after the other, good for as long as all of it is."""
    if not found:
        raise Lost("no such service")
    places = dict.fromkeys(place for part in found for place in part.places)
    return Found(tuple(places)[:MOST], min(ttl, *(part.ttl for part in found)))


def _records(answer: dns.resolver.Answer) -> list[Any]:
    return list(answer.rrset or [])


def _in_turn(answer: dns.resolver.Answer) -> list[Any]:
    """By priority; those of the same priority by chance, as often as their weight says."""
    return answer.rrset.processing_order() if answer.rrset else []


def _ttl(answer: dns.resolver.Answer) -> int:
    """The shortest on the way there, aliases included."""
    return int(answer.chaining_result.minimum_ttl)
