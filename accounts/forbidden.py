"""Why somebody may not, and what they can do about it."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.access import SAFE
from accounts.enums import Role


def why_forbidden(request: HttpRequest, said: str = "") -> tuple[str, str]:
    """Two sentences without their full stops, the second may be empty; `said` is what the refusing code knows."""
    of_staff = _is_staff_page(request)
    acting = getattr(request, "acting", None)
    if acting is not None and not (of_staff and request.method in SAFE):
        words = _("You are looking as a customer: nothing can be changed, and no password is shown")
        return words, _("End it first, with the button above")
    if of_staff:
        return _on_staff_page(request, said)
    return _on_customers_page(request, said)


def _is_staff_page(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.app_name == "admin"


def _on_staff_page(request: HttpRequest, said: str) -> tuple[str, str]:
    if not request.user.is_staff:
        return _("This page is for our own staff"), ""
    why = said or _("Your rights as staff do not include it")
    return why, _("Whoever looks after the staff can give you another group")


def _on_customers_page(request: HttpRequest, said: str) -> tuple[str, str]:
    member = getattr(request, "member", None)
    if member is None:
        return said or _("You belong to no account here"), ""
    why = said or _("Your role in this account does not include it")
    advice = {
        Role.OWNER: "",
        Role.ADMIN: _("An owner of the account can give you another role"),
    }
    return why, advice.get(member.role, _("An owner or admin of the account can give you another role"))
