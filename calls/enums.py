"""The words of a call, as the nodes write them and as they are shown."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Direction(models.TextChoices):
    """Seen from the customer's equipment."""

    OUTBOUND = "outbound", _("Outbound")
    INBOUND = "inbound", _("Inbound")


class HungUp(models.TextChoices):
    """Who ended an answered call."""

    CALLER = "caller", _("The caller")
    CALLEE = "callee", _("Whoever was called")
    NODE = "node", _("We, because one side had gone")


class Ending(models.TextChoices):
    """What can be filtered by."""

    ANSWERED = "answered", _("Answered")
    FAILED = "failed", _("Not answered")
