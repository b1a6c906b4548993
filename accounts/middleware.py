"""Puts the signed-in person's account and membership on the request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.access import member_of


class AccountMiddleware:
    """`request.member` is None for visitors and for staff without an account of their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.member = member_of(request)  # type: ignore[attr-defined]
        return self.get_response(request)
