"""Puts the person's accounts on the request; keeps owners and staff without a second factor at its set-up."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.access import member_of, memberships_of
from accounts.second_factor import count_factors, is_required
from common.htmx import go_to

# What stays open without the second factor: its set-up, which first asks for the password, and what is not private.
SET_UP = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "account_logout",
    "portal:theme",
    "portal:healthz",
    "portal:readyz",
}


class AccountMiddleware:
    """`request.member` is None for visitors and for staff without an account of their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.memberships = memberships_of(request.user)  # type: ignore[attr-defined]
        request.member = member_of(request)  # type: ignore[attr-defined]
        return self.get_response(request)


class SecondFactorMiddleware:
    """Templates find `request.second_factor` ("missing", "last" or "many") where one is required of the person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not request.user.is_authenticated or not is_required(
            request.user,
            request.memberships,  # type: ignore[attr-defined]
        ):
            return None
        state = {0: "missing", 1: "last"}.get(count_factors(request.user), "many")
        request.second_factor = state  # type: ignore[attr-defined]
        page = request.resolver_match.view_name if request.resolver_match else ""
        if state == "missing" and page not in SET_UP:
            return lead_to_set_up(request)
        return None


def lead_to_set_up(request: HttpRequest) -> HttpResponse:
    """To the page that says why, whole: htmx would swap it into the middle of another."""
    if request.headers.get("HX-Request") == "true":
        return go_to(reverse("mfa_index"))
    return redirect("mfa_index")


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
