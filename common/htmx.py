"""One view, two answers: the whole page, or the part htmx asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

STOP_POLLING = 286


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx will swap the answer into the page: not when it navigates (boost) or restores history."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def render_page_or_part(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    part: str,
    status: int | None = None,
) -> HttpResponse:
    """Render `template`, or only the template `part` when htmx asked."""
    response = render(request, part if wants_part(request) else template, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Boosted", "HX-History-Restore-Request"])
    return response


def go_to(url: str) -> HttpResponse:
    """Make htmx load a whole page: a plain redirect would be swapped into the middle of this one."""
    return HttpResponse(status=204, headers={"HX-Redirect": url})
