"""Rules about destinations that are names: what they point to and how they are written (V-DST-4, 5, 9, 10, 11)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sbc.addresses import Address, unmapped
from trunks.validators.ip import HostRules, validate_host_address

_KINDS = {
    "V-IP-6": _("%(name)s points to %(ip)s, which is a private address"),
    "V-IP-7": _("%(name)s points to %(ip)s, which is a shared carrier address"),
    "V-IP-8": _("%(name)s points to %(ip)s, which cannot be used on the internet"),
    "V-IP-9": _("%(name)s points to %(ip)s, which is not a single host address"),
    "V-IP-12": _("%(name)s points to %(ip)s, which is our own address"),
    "V-IP-18": _("%(name)s points to %(ip)s, and this data centre does not support IPv6 yet"),
}


def validate_points_outside(name: str, addresses: Iterable[Address], rules: HostRules) -> None:
    """Raises ValidationError V-DST-10 when one of the name's addresses could not be entered itself."""
    for address in addresses:
        try:
            validate_host_address(unmapped(address), rules)
        except ValidationError as trouble:
            params = {"name": name, "ip": str(address)}
            raise ValidationError(_KINDS[str(trouble.code)], code="V-DST-10", params=params) from None


def not_found(name: str) -> str:
    """The warning V-DST-11."""
    message = _("We could not find %(name)s. Check the spelling, or continue and fix the DNS record later")
    return str(message % {"name": name})


def mixed_scripts(typed: str, ascii_name: str) -> str:
    """The warning V-DST-5, empty when every part of the name is in one alphabet."""
    if not any(len(_scripts(label)) > 1 for label in typed.split(".")):
        return ""
    message = _("%(typed)s mixes letters of different alphabets. We will send calls to %(name)s")
    return str(message % {"typed": typed, "name": ascii_name})


def _scripts(label: str) -> set[str]:
    return {unicodedata.name(char, "?").split()[0] for char in label if char.isalpha()}
