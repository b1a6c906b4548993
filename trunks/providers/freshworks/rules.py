"""Rules about a Twilio account and its SIP domain (V-FW-1, V-FW-2)."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.text import tidy

_SID = re.compile(r"AC[0-9a-f]{32}")
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.sip\.([a-z]{2}[0-9]\.|[a-z]+\.)?twilio\.com")


def clean_account_sid(raw: str) -> str:
    """The SID. Raises ValidationError V-FW-1."""
    sid = tidy(raw)
    if not _SID.fullmatch(sid):
        message = _("Enter the Twilio Account SID. It starts with AC and has 34 characters")
        raise ValidationError(message, code="V-FW-1")
    return sid


def clean_sip_domain(raw: str) -> str:
    """The domain in lower case without a final dot. Raises ValidationError V-FW-2."""
    domain = tidy(raw).lower().removeprefix("sip:").rstrip(".")
    if not _DOMAIN.fullmatch(domain):
        message = _("Enter the Twilio SIP domain you received from Freshworks, like example.sip.us1.twilio.com")
        raise ValidationError(message, code="V-FW-2")
    return domain
