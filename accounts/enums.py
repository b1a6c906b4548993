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


class Right(models.TextChoices):
    SEE_TRUNKS = "SEE_TRUNKS", _("see trunks")
    CHANGE_TRUNKS = "CHANGE_TRUNKS", _("order and change trunks")
    CHANGE_ADDRESSES = "CHANGE_ADDRESSES", _("change service addresses")
    SEE_MONEY = "SEE_MONEY", _("see prices paid and the balance")


_READ = frozenset({Right.SEE_TRUNKS})
_ENGINEER = _READ | {Right.CHANGE_TRUNKS, Right.CHANGE_ADDRESSES, Right.SEE_MONEY}

RIGHTS: dict[str, frozenset[Right]] = {
    Role.OWNER: _ENGINEER,
    Role.ADMIN: _ENGINEER,
    Role.ENGINEER: _ENGINEER,
    Role.BILLING: _READ | {Right.SEE_MONEY},
    Role.VIEWER: _READ,
}
