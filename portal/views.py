"""Pages that belong to no app: errors, health, the theme."""

from __future__ import annotations

import logging
import secrets
import sys
from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.forbidden import why_forbidden
from common.context import THEME_COOKIE, THEMES, theme_of
from common.links import is_ours, page_before
from provisioning.selectors import longest_wait

logger = logging.getLogger(__name__)
LONGEST_WAIT = timedelta(minutes=2)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open longer than its session. htmx reloads the page, which carries a new token."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "403_csrf.html", {"back_url": page_before(request)}, status=403)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme in a cookie and go back."""
    target = request.POST.get("next", "")
    response = HttpResponseRedirect(target if is_ours(request, target) else "/")
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        age = timedelta(days=365)
        response.set_cookie(THEME_COOKIE, chosen, max_age=age, httponly=True, secure=settings.HTTPS, samesite="Lax")
    return response


def bare(request: HttpRequest, template: str, status: int, reference: str = "") -> HttpResponse:
    """A page that needs neither database nor session."""
    context = {
        "brand": settings.BRAND,
        "support_email": settings.SUPPORT_EMAIL,
        "theme": theme_of(request),
        "reference": reference,
    }
    return HttpResponse(loader.render_to_string(template, context), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return bare(request, "400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What is true of whoever asked: a customer, a member without the right, staff, staff who look as a customer."""
    why, advice = why_forbidden(request, str(exception))
    return render(request, "403.html", {"why": why, "advice": advice}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with a reference that is also in the log; 503 while the database is away."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = bare(request, "503.html", 503)
        response["Retry-After"] = "30"
        return response
    reference = secrets.token_hex(4)
    logger.error("A page failed, reference %s: %s", reference, request.path)
    return bare(request, "500.html", 500, reference)


@never_cache
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Says nothing about anything else."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers, and changes are worked on: nothing due has been left alone for long."""
    try:
        wait = longest_wait()
    except (OperationalError, InterfaceError):
        return JsonResponse({"status": "no database"}, status=503)
    late = wait > LONGEST_WAIT
    status = "changes are not worked on" if late else "ok"
    return JsonResponse({"status": status, "longest_wait_s": wait.total_seconds()}, status=503 if late else 200)
