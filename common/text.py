"""What people paste and do not see: harmless characters are removed, dangerous ones found."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_SPACES = re.compile(r"[^\S\r\n\v\f\u0085\u2028\u2029]+")
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def tidy(text: str) -> str:
    """Without zero-width characters; runs of spaces of any kind become one; none at the ends."""
    return _SPACES.sub(" ", text.translate(_INVISIBLE)).strip()


def has_control_characters(text: str) -> bool:
    """Line breaks, control characters, and marks that turn the reading direction."""
    return any(unicodedata.category(char) in {"Cc", "Zl", "Zp"} or char in _BIDI for char in text)


def shorten(text: str, most: int = 60) -> str:
    """The text cut for use inside a message."""
    return text if len(text) <= most else text[: most - 1] + "…"
