"""The only door to an account: who is signed in, for which account, with which rights."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect

from accounts.enums import Right
from accounts.models import Account, Member, User
from common.links import page_before

SESSION_KEY = "account"
SAFE = {"GET", "HEAD"}


def member_of(request: HttpRequest) -> Member | None:
    """The membership the person acts under: the account chosen in this session, else the first one."""
    user = request.user
    if not user.is_authenticated:
        return None
    memberships = list(
        Member.objects.filter(user=user).select_related("account__limits", "user").order_by("account__name")
    )
    chosen = request.session.get(SESSION_KEY)
    return next((member for member in memberships if str(member.account_id) == chosen), None) or next(
        iter(memberships), None
    )


def account_of(request: HttpRequest) -> Account:
    """The account the request acts for. Only inside views behind `needs`."""
    return signed_member(request).account


def signed_member(request: HttpRequest) -> Member:
    """The membership the request acts under. Raises PermissionDenied when there is none."""
    member: Member | None = getattr(request, "member", None)
    if member is None:
        raise PermissionDenied
    return member


def actor_of(request: HttpRequest) -> User:
    """The person behind the request."""
    return signed_member(request).user


def needs(right: Right) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """View decorator: visitors are sent to sign in, staff without an account to the admin, members without the
    right get 403.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            refusal = _refusal(request, right)
            return refusal if refusal is not None else view(request, *args, **kwargs)

        guarded.right = right  # type: ignore[attr-defined]
        return guarded

    return decorate


def _refusal(request: HttpRequest, right: Right) -> HttpResponseRedirect | None:
    if not request.user.is_authenticated:
        # Whoever pressed a button when the session was over comes back to the page with the button.
        return redirect_to_login(request.get_full_path() if request.method in SAFE else page_before(request))
    member: Member | None = getattr(request, "member", None)
    if member is None and request.user.is_staff:
        return redirect("admin:index")
    if member is None or not member.may(right):
        raise PermissionDenied
    return None
