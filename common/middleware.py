"""What every private page needs: never stored, never half a sign-in page, no odd methods, conflicts told in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.urls import reverse

from common.errors import Conflict
from common.htmx import go_to

METHODS = ("GET", "HEAD", "POST")


class PrivatePagesMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.headers.get("HX-Request") == "true" and leads_to_sign_in(response):
            response = go_to(sign_in_again(request))
        if isinstance(response, HttpResponseNotAllowed):
            response = not_allowed(request, response)
        if settings.SESSION_COOKIE_NAME in {*request.COOKIES, *response.cookies}:
            keep_private(response)
        if is_sign_out(request, response):
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Pages know no other methods: Django's and allauth's would take a PUT for a POST, and a DELETE for a GET."""
        return None if request.method in METHODS else HttpResponseNotAllowed(METHODS)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Conflict):
            return None
        return render(request, "409.html", {"conflict": exception}, status=409)


def not_allowed(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """In words, for whoever opens the address of a button: from the history, or after signing in again."""
    page = render(request, "405.html", status=refused.status_code)
    page["Allow"] = refused["Allow"]
    return page


def leads_to_sign_in(response: HttpResponseBase) -> bool:
    location = response.get("Location", "")
    return response.status_code in {301, 302, 303} and urlsplit(location).path == resolve_url(settings.LOGIN_URL)


def sign_in_again(request: HttpRequest) -> str:
    """The sign-in address that leads back to the page, not to the part of it that was asked for."""
    page = urlsplit(request.headers.get("HX-Current-URL", ""))
    path = f"{page.path}?{page.query}" if page.query else page.path
    return redirect_to_login(path or "/").url


def keep_private(response: HttpResponseBase) -> None:
    if "no-store" not in response.get("Cache-Control", ""):
        response["Cache-Control"] = "private, no-store"


def is_sign_out(request: HttpRequest, response: HttpResponseBase) -> bool:
    ended = request.method == "POST" and response.status_code in {204, 302}
    return ended and request.path == reverse("account_logout")
