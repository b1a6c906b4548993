"""The rule about addresses that providers call from."""

from __future__ import annotations

from ipaddress import ip_network

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_ADDRESSES = 256


def validate_source(text: str) -> None:
    """Raises ValidationError for anything but an address or a small network: nodes look for each address by itself."""
    try:
        network = ip_network(text)
    except ValueError:
        message = _("Enter an address, or a network like 192.0.2.0/30 that begins with its first address")
        raise ValidationError(message) from None
    if network.num_addresses > MOST_ADDRESSES:
        raise ValidationError(_("Enter smaller networks, of 256 addresses at most"))
