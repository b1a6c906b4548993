"""What every template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

THEMES = ("system", "light", "dark")
THEME_COOKIE = "theme"


def theme_of(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "system"


def portal(request: HttpRequest) -> dict[str, Any]:
    return {
        "brand": settings.BRAND,
        "support_email": settings.SUPPORT_EMAIL,
        "lab": settings.LAB,
        "memory_nodes": settings.MEMORY_NODES,
        "theme": theme_of(request),
        "themes": THEMES,
        "member": getattr(request, "member", None),
        "memberships": getattr(request, "memberships", []),
    }
