"""The only door to an account: who is signed in, for which account, with which rights."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import Right
from accounts.models import Account, Member, User
from accounts.validators import why_not
from common.errors import Conflict
from common.links import page_before

SESSION_KEY = "account"
SAFE = {"GET", "HEAD"}


def memberships_of(user: User | AnonymousUser) -> list[Member]:
    """Every account the person belongs to, by name."""
    if not user.is_authenticated:
        return []
    return list(Member.objects.filter(user=user).select_related("account__limits", "user").order_by("account__name"))


def member_of(request: HttpRequest) -> Member | None:
    """The membership the person acts under: the account chosen in this session, else the first one."""
    memberships: list[Member] = getattr(request, "memberships", [])
    chosen = request.session.get(SESSION_KEY)
    return next((member for member in memberships if str(member.account_id) == chosen), None) or next(
        iter(memberships), None
    )


def choose_account(request: HttpRequest, account_id: UUID) -> None:
    """The account this session acts for from now on; one that the person does not belong to is passed over."""
    request.session[SESSION_KEY] = str(account_id)


def account_of(request: HttpRequest) -> Account:
    """The account the request acts for. Only inside views behind `needs`."""
    return signed_member(request).account


def signed_member(request: HttpRequest) -> Member:
    """The membership the request acts under. Raises PermissionDenied when there is none."""
    member: Member | None = getattr(request, "member", None)
    if member is None:
        raise PermissionDenied
    return member


def refuse_another_account(request: HttpRequest) -> None:
    """Raises Conflict unless the form that was sent belongs to the account the request acts for: meanwhile the person
    may have chosen another one in another tab, or left this one.
    """
    account = account_of(request)
    if request.POST.get("account") != str(account.pk):
        said = _("This page belongs to another account. You are in %(account)s now, and nothing was changed")
        raise Conflict(said % {"account": account}, back_url=reverse("team:list"))


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
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            messages.info(request, _("You were signed out. What you saved is still there"))
        # Whoever pressed a button when the session was over comes back to the page with the button.
        return redirect_to_login(request.get_full_path() if request.method in SAFE else page_before(request))
    member: Member | None = getattr(request, "member", None)
    if member is None and request.user.is_staff:
        return redirect("admin:index")
    if member is None:
        raise PermissionDenied(_("You belong to no account here. Ask your colleagues to invite you"))
    if not member.may(right):
        raise PermissionDenied(why_not(member.role, right))
    return None
