"""Whom a trunk connects: one folder per provider here, found by itself. To add one, copy a folder."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from trunks.providers.base import Facts, Preset, PresetLine, Provider
from trunks.providers.questions import Question

__all__ = ["Facts", "Preset", "PresetLine", "Provider", "Question", "all_providers", "provider_of"]


@cache
def all_providers() -> dict[str, Provider]:
    """By code, in the order in which they are offered."""
    folders = [name for _finder, name, is_package in pkgutil.iter_modules(__path__) if is_package]
    found: list[Provider] = [import_module(f"{__name__}.{name}").PROVIDER for name in folders]
    return {provider.code: provider for provider in sorted(found, key=lambda provider: provider.position)}


def provider_of(code: str) -> Provider:
    """The provider. Raises KeyError for an unknown code."""
    return all_providers()[code]
