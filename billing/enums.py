"""The plans of the product page and the kinds of ledger entry."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlanCode(models.TextChoices):
    METERED = "METERED", _("Metered")
    UNLIMITED = "UNLIMITED", _("Unlimited US domestic")


class EntryKind(models.TextChoices):
    CREDIT = "CREDIT", _("Credit")
    HOLD = "HOLD", _("Held")
    CAPTURE = "CAPTURE", _("Charged")
    RELEASE = "RELEASE", _("Released")


class RequestStatus(models.TextChoices):
    OPEN = "OPEN", _("Open")
    ACTIVATED = "ACTIVATED", _("Activated")
    DECLINED = "DECLINED", _("Declined")
