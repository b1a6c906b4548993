"""Puts the signed-in person's account and membership on the request."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.http import HttpRequest, HttpResponse

from accounts.access import member_of


class AccountMiddleware:
    """`request.member` is None for visitors and for staff without an account of their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.member = member_of(request)  # type: ignore[attr-defined]
        return self.get_response(request)


class SometimesUserSessionsMiddleware(UserSessionsMiddleware):
    """Keeps "where you are signed in" up to date once in five minutes: noting every page costs five queries each."""

    seconds = 300
    key = "noted"

    def __call__(self, request: HttpRequest) -> Any:
        now = int(time.time()) // self.seconds
        if not request.user.is_authenticated or request.session.get(self.key) == now:
            return self.get_response(request)
        request.session[self.key] = now
        return super().__call__(request)
