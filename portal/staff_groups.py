"""The two groups of staff and exactly what each may do."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

SUPPORT = "Support"
READERS = "Support (read only)"
OURS = ("accounts", "addresses", "billing", "provisioning", "trunks", "calls", "routing")
# Not even to look at: sealed passwords.
SECRET = ("view_credential", "view_onetimesecret")
# Nobody "changes" an operation, a trunk, a plan request or adds a ledger entry by hand: these are the rights to the
# pages that do it with a reason.
SUPPORT_MAY = (
    "accounts.change_account",
    "accounts.suspend_account",
    "accounts.act_for_account",
    "accounts.add_limits",
    "accounts.change_limits",
    "billing.add_planactivation",
    "billing.delete_planactivation",
    "billing.change_planrequest",
    "billing.add_ledgerentry",
    "provisioning.change_operation",
    "routing.add_number",
    "routing.change_number",
    "trunks.change_trunk",
)


def _named(permission: str) -> Q:
    app, codename = permission.split(".")
    return Q(content_type__app_label=app, codename=codename)


_READ = Q(content_type__app_label__in=OURS, codename__startswith="view_") & ~Q(codename__in=SECRET)
GROUPS = {READERS: _READ, SUPPORT: reduce(or_, map(_named, SUPPORT_MAY), _READ)}


def make_staff_groups() -> None:
    for name in GROUPS:
        staff_group(name)


def staff_group(name: str) -> Group:
    """Made where it is missing, and with these rights, no others."""
    group, _made = Group.objects.get_or_create(name=name)
    group.permissions.set(Permission.objects.filter(GROUPS[name]))
    return group
