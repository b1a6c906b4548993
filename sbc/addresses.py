"""Which IP addresses can be equipment on the internet, and what the others are."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum, auto
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Unfit(Enum):
    """Why nobody can be called at an address."""

    PRIVATE = auto()
    SHARED = auto()  # between the customers of a carrier
    NO_HOST = auto()  # multicast, broadcast
    NOT_ON_THE_INTERNET = auto()


def _nets(*texts: str) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)


_UNFIT = {
    Unfit.PRIVATE: _nets("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
    Unfit.SHARED: _nets("100.64.0.0/10"),
    Unfit.NO_HOST: _nets("224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32", "ff00::/8"),
    Unfit.NOT_ON_THE_INTERNET: _nets(
        "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "::/128", "::1/128", "64:ff9b::/96",
        "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        "5f00::/16", "fe80::/10", "fec0::/10",
    ),
}  # fmt: skip
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")


def find_unfit(address: Address) -> tuple[Address, Unfit] | None:
    """The address, or the IPv4 address inside it, and what is wrong with it; None for one that is on the internet."""
    inside = _embedded(address)
    parts: list[Address] = [inside, address] if inside else [address]
    for part in parts:
        for reason, networks in _UNFIT.items():
            if is_within(part, networks):
                return part, reason
        if not part.is_global:
            return part, Unfit.NOT_ON_THE_INTERNET
    return None


def is_within(address: Address, networks: Collection[Network]) -> bool:
    """Whether one of the networks has the address."""
    return any(network.version == address.version and address in network for network in networks)


def unmapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 one like ::ffff:192.0.2.1 means; others as they are."""
    return getattr(address, "ipv4_mapped", None) or address


def _embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address inside 6to4, NAT64, Teredo and IPv4-compatible ones."""
    if isinstance(address, IPv4Address):
        return None
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
