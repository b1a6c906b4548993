"""Before something delicate: whether the person proved lately who they are, and the way to prove it again."""

from __future__ import annotations

import time
from datetime import timedelta

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

LATELY = timedelta(minutes=15)


def proved_lately(request: HttpRequest) -> bool:
    """Signed in, or asked for the password again, within the last minutes of this session."""
    if not request.user.is_authenticated:
        return False
    records = get_authentication_records(request, request.user)
    return any(time.time() - record["at"] < LATELY.total_seconds() for record in records)


def insist_on_proof(request: HttpRequest) -> None:
    """For a form that is worth keeping. Raises ReauthenticationRequired: allauth keeps the answers, asks for the
    password or the second factor, and then calls the view with them.
    """
    if not proved_lately(request):
        raise ReauthenticationRequired


def prove_first(next_url: str) -> HttpResponse:
    """Ask for the password or the second factor, then go on at `next_url`."""
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': next_url})}")
