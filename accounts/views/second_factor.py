"""Turning a second factor off: allauth's pages, which here never take the last one of somebody who needs one.

Around the views and not in the middleware: allauth holds a POST back until the password is confirmed and then calls
the view itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.totp.views import deactivate_totp
from allauth.mfa.webauthn.views import remove_webauthn
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.second_factor import must_keep


def _unless_last(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return view(request, *args, **kwargs)
        with transaction.atomic():
            if not must_keep(request.user):
                return view(request, *args, **kwargs)
        messages.error(request, _("Add another second factor first. Owners and staff always need one"))
        return redirect("mfa_index")

    return guarded


turn_app_off = _unless_last(deactivate_totp)
remove_key = _unless_last(remove_webauthn)
