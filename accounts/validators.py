"""The rules about roles, as sentences for the page that shows a button disabled; empty means allowed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.enums import RIGHTS, Right, Role


def why_not(role: str, right: Right) -> str:
    """Which roles have the right, for somebody whose role has not."""
    if right in RIGHTS[role]:
        return ""
    roles = ", ".join(str(other.label) for other in Role if right in RIGHTS[other])
    return _("Only these roles may %(right)s: %(roles)s") % {"right": right.label, "roles": roles}


def why_not_manage(actor: str, role: str) -> str:
    """Why somebody with the role `actor` may neither give `role` nor take it away."""
    needed = Right.OWN_ACCOUNT if role == Role.OWNER else Right.MANAGE_MEMBERS
    return why_not(actor, Right.MANAGE_MEMBERS) or why_not(actor, needed)


def is_delicate(*roles: str) -> bool:
    """Whether giving or taking away any of these roles hands the account over: whoever does it proves who they are."""
    return any(Right.MANAGE_MEMBERS in RIGHTS[role] for role in roles)


def why_not_step_down(role: str, owners: int) -> str:
    """Why a member with this role can neither lose it nor leave: an account always has an owner."""
    return _("Make someone else owner first") if role == Role.OWNER and owners <= 1 else ""
