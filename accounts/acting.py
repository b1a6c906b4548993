"""Support looks at the portal as a customer does: read-only, for an hour at most, with an audit line at both ends.

Nobody signs in as somebody else: the person stays who they are and gets, for this session, a membership that is never
saved and reads. That leaves the customer's list of sessions, the second factor and the audit trail true, which
swapping the user (django-hijack) would not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.access import SAFE
from accounts.enums import Role
from accounts.models import Account, Member, User
from accounts.services import record

SESSION_KEY = "acting"
LONGEST = timedelta(hours=1)
MAY_ACT = "accounts.act_for_account"
# Beside looking: the way out, and what belongs to the person.
STAYS_OPEN = {"admin:end_acting", "account_logout", "portal:theme"}


def begin_acting(request: HttpRequest, account: Account, reason: str) -> None:
    """From now on this session sees the account as its people do."""
    end_acting(request)
    request.session[SESSION_KEY] = {"account": str(account.pk), "since": timezone.now().isoformat()}
    _record("account.act_begin", account, request.user, support=reason)


def end_acting(request: HttpRequest) -> Account | None:
    """Back to what the person may do by themselves; answers the account that was looked at, if any."""
    asked = request.session.pop(SESSION_KEY, None)
    account = Account.objects.filter(pk=asked["account"]).first() if asked else None
    if account is not None:
        _record("account.act_end", account, request.user)
    return account


def _record(action: str, account: Account, person: Any, **details: str) -> None:
    about = {"subject_kind": "account", "subject_id": str(account.pk)}
    record(action, account_id=account.pk, actor=person, **about, **details)


class ActingMiddleware:
    """While somebody acts for a customer, `request.acting` is the account, and nothing can be changed anywhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        account = _acted_for(request)
        request.acting = account  # type: ignore[attr-defined]
        if account is not None:
            request.member = _reading_member(account, request.user)  # type: ignore[attr-defined]
            request.memberships = [request.member]  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.acting is None or request.method in SAFE:  # type: ignore[attr-defined]
            return
        page = request.resolver_match.view_name if request.resolver_match else ""
        if page not in STAYS_OPEN:
            raise PermissionDenied(_("You are looking as a customer: nothing can be changed. End it first"))
        if page == "account_logout":
            end_acting(request)


def _acted_for(request: HttpRequest) -> Account | None:
    """Ends by itself when the hour is over or the right was taken away."""
    asked = request.session.get(SESSION_KEY)
    if not asked or not request.user.is_authenticated:
        return None
    since = parse_datetime(asked["since"])
    in_time = since is not None and timezone.now() <= since + LONGEST
    if not in_time or not request.user.is_staff or not request.user.has_perm(MAY_ACT):
        end_acting(request)
        return None
    return Account.objects.select_related("limits").filter(pk=asked["account"]).first()


def _reading_member(account: Account, person: Any) -> Member:
    """Reads all but secrets."""
    user: User = person
    return Member(account=account, user=user, role=Role.VIEWER)
