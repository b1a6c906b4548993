"""The words of a trunk, as stored (the API's) and as shown."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class TrunkKind(models.TextChoices):
    STATIC = "STATIC", _("Static")
    REGISTERED = "REGISTERED", _("Registered")
    PROVIDER = "PROVIDER", _("Provider")


class AdminStatus(models.TextChoices):
    ENABLED = "ENABLED", _("Enabled")
    DISABLED = "DISABLED", _("Disabled")
    SYSTEM_DISABLED = "SYSTEM_DISABLED", _("Disabled by us")


class Cause(models.TextChoices):
    """Why a trunk was disabled by us."""

    PAYMENT = "PAYMENT", _("a payment is missing")
    SPEND_LIMIT = "SPEND_LIMIT", _("spend limit reached")
    FRAUD = "FRAUD", _("unusual calls were seen")
    RULES = "RULES", _("the terms of use were not kept")
    ACCOUNT = "ACCOUNT", _("the account is suspended")
    OTHER = "OTHER", _("see the note")


class Codec(models.TextChoices):
    PCMA = "PCMA", _("G.711a")
    PCMU = "PCMU", _("G.711µ")
    G729 = "G729", _("G.729")


class Dtmf(models.TextChoices):
    RFC2833 = "RFC2833", _("RFC 2833")
    INBAND = "INBAND", _("In-band")


class Fax(models.TextChoices):
    NONE = "NONE", _("None")
    T38 = "T38", _("T.38")
    INBAND = "INBAND", _("In-band")


class NumberFormat(models.TextChoices):
    E164 = "E164", _("E.164: +13124441212")
    INTERNATIONAL = "INTERNATIONAL", _("National: 13124441212")
    US_NATIONAL = "US_NATIONAL", _("US domestic: 3124441212")


class Privacy(models.TextChoices):
    NONE = "NONE", _("None")
    REMOTE_PARTY_ID = "REMOTE_PARTY_ID", _("Remote-Party-ID")
    ASSERTED_IDENTITY = "ASSERTED_IDENTITY", _("P-Asserted-Identity")
    PREFERRED_IDENTITY = "PREFERRED_IDENTITY", _("P-Preferred-Identity")


class Strategy(models.TextChoices):
    FAILOVER = "FAILOVER", _("Failover")
    ROUND_ROBIN = "ROUND_ROBIN", _("Round robin")


class State(models.TextChoices):
    """The three statuses of a trunk put together, the most urgent first; the order in which lists are sorted."""

    FAILED = "FAILED", _("Failed")
    SYSTEM_DISABLED = "SYSTEM_DISABLED", _("Disabled by us")
    RESET = "RESET", _("Not applied, restored")
    PENDING = "PENDING", _("Pending")
    DISABLED = "DISABLED", _("Disabled")
    LIVE = "LIVE", _("Live")
