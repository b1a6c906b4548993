"""Which IP addresses can be a customer's equipment, and why others cannot (V-IP-2 to V-IP-12, V-IP-19)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from ipaddress import IPv6Address

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.text import shorten
from sbc.addresses import Address, Network, Unfit, find_unfit, is_within, unmapped

_UNFIT = {
    Unfit.PRIVATE: ("V-IP-6", gettext_lazy("%(ip)s is a private address.")),
    Unfit.SHARED: ("V-IP-7", gettext_lazy("%(ip)s is a shared carrier address.")),
    Unfit.NO_HOST: ("V-IP-9", gettext_lazy("%(ip)s is not a single host address.")),
    Unfit.NOT_ON_THE_INTERNET: ("V-IP-8", gettext_lazy("%(ip)s cannot be used on the internet.")),
}


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
    return unmapped(address)


def _no_address(text: str) -> ValidationError:
    message = _('"%(text)s" is not an IP address. Enter it like 198.51.100.7')
    return ValidationError(message, code="V-IP-2", params={"text": shorten(text)})


def looks_like_ip(text: str) -> bool:
    """Digits and dots, or colons: meant as an address, right or wrong."""
    return ":" in text or bool(re.fullmatch(r"[0-9.]+|0[xX][0-9a-fA-F.xX]+", text))


def validate_host_address(address: Address, rules: HostRules) -> None:
    """Raises ValidationError V-IP-6 to V-IP-9, V-IP-12 or V-IP-18 for what cannot be a customer's."""
    if is_within(address, rules.own):
        words = _("%(ip)s is our own address.") + " " + _advice(rules, _("Enter the address of your equipment"))
        raise _refusal(words, "V-IP-12", address)
    if is_within(address, rules.allowed):
        return
    if unfit := find_unfit(address):
        part, reason = unfit
        code, trouble = _UNFIT[reason]
        advice = _advice(rules, _("Enter the public IP address of your equipment"))
        raise _refusal(f"{trouble} {advice}", code, part)
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


def _refusal(message: str, code: str, address: Address) -> ValidationError:
    return ValidationError(message, code=code, params={"ip": str(address)})
