"""Rules about the trunk's name and its number of channels (V-NAME, V-CH)."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.text import has_control_characters, tidy

NAME_LENGTH = 128
MOST_CHANNELS = 1000


def clean_name(raw: str) -> str:
    """The tidy name. Raises ValidationError V-NAME-1 to V-NAME-4."""
    name = tidy(raw)
    if not name:
        raise ValidationError(_("Enter a trunk name"), code="V-NAME-1")
    if has_control_characters(name):
        raise ValidationError(_("Trunk name must not include line breaks or control characters"), code="V-NAME-4")
    if len(name) > NAME_LENGTH:
        raise ValidationError(_("Trunk name must be 128 characters or less"), code="V-NAME-3")
    return name


def clean_channels(raw: str) -> int:
    """The number of channels; "1,000" and "1 000" are 1000. Only the digits 0 to 9 count as digits.

    Raises ValidationError V-CH-1 to V-CH-5 and V-CH-7.
    """
    text = tidy(raw).replace(",", "").replace(" ", "")
    if not text:
        raise ValidationError(_("Enter the number of channels"), code="V-CH-1")
    if re.fullmatch(r"[+-]?[0-9]+\.[0-9]+", text):
        raise ValidationError(_("Number of channels must be a whole number"), code="V-CH-4")
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise ValidationError(_("Number of channels must be a whole number, like 10"), code="V-CH-2")
    if text.startswith("-") or not text.strip("+0"):
        raise ValidationError(_("Number of channels must be 1 or more"), code="V-CH-3")
    if len(text.lstrip("+0")) > len(str(MOST_CHANNELS)) or int(text) > MOST_CHANNELS:
        raise ValidationError(_("Number of channels must be 1000 or less"), code="V-CH-5")
    return int(text)


def validate_channels_left(channels: int, left: int, present: int = 0) -> None:
    """`left` is what the account may still order; a trunk may keep or reduce its `present` channels all the same.

    Raises ValidationError V-CH-6.
    """
    if channels <= max(left, present):
        return
    if present:
        raise ValidationError(
            _("This trunk can have up to %(most)s channels. Enter %(most)s or less, or request more"),
            code="V-CH-6",
            params={"most": max(left, present)},
        )
    if left < 1:
        raise ValidationError(_("You have no channels left. Contact us to get more"), code="V-CH-6")
    raise ValidationError(
        _("You have %(left)s channels left. Enter %(left)s or less, or request more"),
        code="V-CH-6",
        params={"left": left},
    )
