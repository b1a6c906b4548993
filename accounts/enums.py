"""Roles of an account's people and what each may do."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OWNER = "OWNER", _("Owner")
    ADMIN = "ADMIN", _("Admin")
    ENGINEER = "ENGINEER", _("Engineer")
    BILLING = "BILLING", _("Billing")
    VIEWER = "VIEWER", _("Viewer")


class AccountCause(models.TextChoices):
    """Why we suspended an account."""

    PAYMENT = "PAYMENT", _("a payment is missing")
    FRAUD = "FRAUD", _("unusual calls were seen")
    RULES = "RULES", _("the terms of use were not kept")
    OTHER = "OTHER", _("see the note")


class Right(models.TextChoices):
    """The labels end a sentence that begins with "may". Secrets belong to CHANGE_TRUNKS: who may not change a trunk
    sees no password of it.
    """

    SEE_TRUNKS = "SEE_TRUNKS", _("see trunks, numbers, routes, calls, service addresses and the team")
    CHANGE_TRUNKS = "CHANGE_TRUNKS", _("order and change trunks, numbers and routes")
    CHANGE_ADDRESSES = "CHANGE_ADDRESSES", _("change service addresses")
    SEE_MONEY = "SEE_MONEY", _("see prices paid and the balance")
    MANAGE_MEMBERS = "MANAGE_MEMBERS", _("invite people, change roles and remove people")
    OWN_ACCOUNT = "OWN_ACCOUNT", _("make and unmake owners")


_READ = frozenset({Right.SEE_TRUNKS, Right.SEE_MONEY})
_ENGINEER = _READ | {Right.CHANGE_TRUNKS, Right.CHANGE_ADDRESSES}
_ADMIN = _ENGINEER | {Right.MANAGE_MEMBERS}

RIGHTS: dict[str, frozenset[Right]] = {
    Role.OWNER: _ADMIN | {Right.OWN_ACCOUNT},
    Role.ADMIN: _ADMIN,
    Role.ENGINEER: _ENGINEER,
    Role.BILLING: _READ,
    Role.VIEWER: _READ,
}
