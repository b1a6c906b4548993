"""Which IP addresses can be a customer's equipment, and why others cannot (V-IP-2 to V-IP-12, V-IP-19)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.text import shorten

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def _nets(*texts: str) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)


_PRIVATE = _nets("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
_SHARED = _nets("100.64.0.0/10")
_NO_HOST = _nets("224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32", "ff00::/8")
_NOT_ON_THE_INTERNET = _nets(
    "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "::/128", "::1/128", "64:ff9b::/96",
    "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    "5f00::/16", "fe80::/10", "fec0::/10",
)  # fmt: skip
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")


@dataclass(frozen=True, slots=True)
class HostRules:
    """`own` are our addresses, `allowed` networks that pass although not on the internet (the lab's),
    `most` the number of hosts per direction, `no_ipv6_in` the name of a data centre that has no IPv6.
    """

    own: Collection[Network] = field(default=())
    allowed: Collection[Network] = field(default=())
    most: int = 3
    no_ipv6_in: str = ""


def parse_ip(text: str) -> Address:
    """Strictly one address, without port, range or short forms. Raises ValidationError V-IP-2."""
    try:
        address = ipaddress.ip_address(text.removeprefix("[").removesuffix("]") if ":" in text else text)
    except ValueError:
        raise _no_address(text) from None
    # Python takes a zone (fe80::1%eth0) behind any address; link-local ones are refused for what they are.
    if "%" in text and not address.is_link_local:
        raise _no_address(text)
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def _no_address(text: str) -> ValidationError:
    message = _('"%(text)s" is not an IP address. Enter it like 198.51.100.7')
    return ValidationError(message, code="V-IP-2", params={"text": shorten(text)})


def looks_like_ip(text: str) -> bool:
    """Digits and dots, or colons: meant as an address, right or wrong."""
    return ":" in text or bool(re.fullmatch(r"[0-9.]+|0[xX][0-9a-fA-F.xX]+", text))


def validate_host_address(address: Address, rules: HostRules) -> None:
    """Raises ValidationError V-IP-6 to V-IP-9, V-IP-12 or V-IP-18 for what cannot be a customer's."""
    if _within(address, rules.own):
        words = _("%(ip)s is our own address.") + " " + _advice(rules, _("Enter the address of your equipment"))
        raise _refusal(words, "V-IP-12", address)
    if _within(address, rules.allowed):
        return
    embedded = _embedded(address)
    public = _advice(rules, _("Enter the public IP address of your equipment"))
    if embedded is not None:
        _validate_public(embedded, public)
    _validate_public(address, public)
    if rules.no_ipv6_in and isinstance(address, IPv6Address):
        raise ValidationError(
            _("%(place)s does not support IPv6 yet. Enter an IPv4 address"),
            code="V-IP-18",
            params={"place": rules.no_ipv6_in},
        )


def _advice(rules: HostRules, usual: str) -> str:
    """What to enter instead; a lab names its own range."""
    for network in rules.allowed:
        return _("In this lab use %(first)s to %(last)s") % {"first": network[0], "last": network[-1]}
    return usual


def _validate_public(address: Address, public: str) -> None:
    if _within(address, _PRIVATE):
        raise _refusal(_("%(ip)s is a private address.") + " " + public, "V-IP-6", address)
    if _within(address, _SHARED):
        raise _refusal(_("%(ip)s is a shared carrier address.") + " " + public, "V-IP-7", address)
    if _within(address, _NO_HOST):
        raise _refusal(_("%(ip)s is not a single host address.") + " " + public, "V-IP-9", address)
    if _within(address, _NOT_ON_THE_INTERNET) or not address.is_global:
        raise _refusal(_("%(ip)s cannot be used on the internet.") + " " + public, "V-IP-8", address)


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


def _within(address: Address, networks: Collection[Network]) -> bool:
    return any(network.version == address.version and address in network for network in networks)


def _refusal(message: str, code: str, address: Address) -> ValidationError:
    return ValidationError(message, code=code, params={"ip": str(address)})
