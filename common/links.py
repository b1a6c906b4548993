"""Addresses that come from outside and may lead back into the portal."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def is_ours(request: HttpRequest, url: str) -> bool:
    """Whether a browser that follows it stays in the portal."""
    return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())


def page_before(request: HttpRequest) -> str:
    """Where the form was, when the browser says so and it is ours; a POST's own address may answer nothing else."""
    came_from = request.headers.get("Referer", "")
    if not is_ours(request, came_from):
        return request.path
    parts = urlsplit(came_from)
    path = "/" + parts.path.lstrip("/")  # two slashes would lead to another host
    return f"{path}?{parts.query}" if parts.query else path
