"""Polling: a page asks again while something is pending and gets only the parts that have changed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from common.htmx import STOP_POLLING


@dataclass(frozen=True, slots=True)
class Part:
    """What stands inside the element `id`; the whole element goes when it is `gone`."""

    id: str
    html: str
    gone: bool = False

    @property
    def seen(self) -> str:
        """Says which version of the part a page shows."""
        return f"{self.id}.{hashlib.blake2s(self.html.encode(), digest_size=4).hexdigest()}"


def part(id: str, template: str, context: dict[str, Any]) -> Part:
    """Render a part; the whole page shows its `html`. No request: a token in it would make every version new."""
    # strip() forgets that the template has escaped everything already.
    return Part(id, mark_safe(render_to_string(template, context).strip()))  # noqa: S308


def poll_url(url: str, parts: Sequence[Part]) -> str:
    """Where the page asks next; carries what it shows already."""
    return f"{url}?{urlencode([('seen', part.seen) for part in parts])}"


def seen_ids(request: HttpRequest) -> list[str]:
    """The elements that the page shows."""
    return [seen.rpartition(".")[0] for seen in request.GET.getlist("seen")]


def answer(
    request: HttpRequest,
    parts: Sequence[Part],
    *,
    next_url: str,
    announce: str = "",
    banners: Sequence[str] = (),
    title: str = "",
) -> HttpResponse:
    """The changed parts; 204 when there are none. Without `next_url` nothing is pending: the page stops asking, and
    gets the `title` that it has from now on.
    """
    seen = set(request.GET.getlist("seen"))
    changed = [part for part in parts if part.seen not in seen]
    if next_url and not changed and not banners:
        return HttpResponse(status=204)
    context = {"parts": changed, "poll_url": next_url, "announce": announce, "new_banners": banners, "title": title}
    return render(request, "partials/polled.html", context, status=200 if next_url else STOP_POLLING)
