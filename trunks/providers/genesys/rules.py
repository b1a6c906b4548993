"""Rules about a Genesys trunk's region, identifier and host name (V-GE-1 to V-GE-3); the last two may stay empty."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.text import tidy
from trunks.providers.genesys.regions import REGIONS

_IDENTIFIER = re.compile(r"[A-Za-z0-9-]{1,63}")
_FQDN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")


def clean_region(raw: str) -> str:
    """The region's code. Raises ValidationError V-GE-1."""
    if raw not in REGIONS:
        raise ValidationError(_("Select your Genesys Cloud region"), code="V-GE-1")
    return raw


def clean_identifier(raw: str) -> str:
    """The identifier, in lower case as host names are compared. Raises ValidationError V-GE-2."""
    identifier = tidy(raw)
    if identifier and not _IDENTIFIER.fullmatch(identifier):
        message = _("Enter the inbound SIP termination identifier from Genesys. Use letters, digits and hyphens")
        raise ValidationError(message, code="V-GE-2")
    return identifier.lower()


def clean_fqdn(raw: str) -> str:
    """The host name in lower case without a final dot. Raises ValidationError V-GE-3."""
    fqdn = tidy(raw).lower().rstrip(".")
    if fqdn and not _FQDN.fullmatch(fqdn):
        raise ValidationError(_("Enter the outbound SIP termination FQDN from Genesys"), code="V-GE-3")
    return fqdn
