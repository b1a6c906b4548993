"""Keeps short secrets unreadable in the database: sealed with the deployment's key, which may be rotated."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal(text: str) -> str:
    """The text, readable only with one of the deployment's keys; different every time."""
    return _box(tuple(settings.SEALING_KEYS)).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed. Raises cryptography's InvalidToken when none of our keys did it."""
    return _box(tuple(settings.SEALING_KEYS)).decrypt(sealed.encode()).decode()


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    """The first key seals, all of them open. A key may be any text."""
    digests = (hashlib.sha256(f"sealing:{key}".encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
