"""Words of numbers and routes, as stored and as shown."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

SHORTEST_RING, DEFAULT_RING, LONGEST_RING = 5, 20, 60  # seconds
MOST_ENTRIES = 10
ROUTE_NAME_LENGTH = 64


class NumberKind(models.TextChoices):
    LOCAL = "LOCAL", _("Local")
    MOBILE = "MOBILE", _("Mobile")
    NATIONAL = "NATIONAL", _("National")
    TOLL_FREE = "TOLL_FREE", _("Toll-free")


class HuntOn(models.TextChoices):
    """After what a call goes on to the next entry of its route."""

    UNREACHABLE = "UNREACHABLE", _("cannot be reached")
    TIMEOUT = "TIMEOUT", _("does not answer in time")
    ERROR = "ERROR", _("has an error (5xx)")
    BUSY = "BUSY", _("is busy")


# Busy is a human answer: a second telephone that rings after it is not what everybody expects.
HUNT_ON_BY_DEFAULT = (HuntOn.UNREACHABLE, HuntOn.TIMEOUT, HuntOn.ERROR)
