"""Data centres, their nodes and the carrier's gateways."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from provisioning.enums import NodeRole
from provisioning.validators import validate_source

SIP_PORT = 5060
RENEW_BEFORE = timedelta(days=30)


class DataCentre(models.Model):
    """A place where trunks can be. The ten of the product page; only open ones can be chosen."""

    code = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=64)
    place = models.CharField(max_length=64)
    country_code = models.CharField(max_length=3, help_text=_("ISO 3166-1 alpha-3"))
    is_open = models.BooleanField(default=False)
    static_address = models.GenericIPAddressField(null=True, blank=True, help_text=_("As published, static trunks"))
    registered_address = models.GenericIPAddressField(
        null=True, blank=True, help_text=_("As published, registered trunks")
    )
    supports_ipv6 = models.BooleanField(default=False)
    may_owe_backup = models.BooleanField(
        _("may owe the backup"),
        default=False,
        help_text=_("A change is done when the primary node has it; a backup node that does not answer gets it later"),
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def in_the_us(self) -> bool:
        return self.country_code == "USA"


class SbcNode(models.Model):
    """One SBC. `static_address` is what customers with static trunks safelist; the agent is reached at `agent_url`."""

    name = models.CharField(max_length=32, unique=True)
    data_centre = models.ForeignKey(DataCentre, models.PROTECT, related_name="nodes")
    role = models.CharField(max_length=8, choices=NodeRole)
    static_address = models.GenericIPAddressField()
    registered_address = models.GenericIPAddressField(null=True, blank=True)
    sip_port = models.PositiveIntegerField(default=SIP_PORT, validators=[MaxValueValidator(65535)])
    agent_url = models.URLField()
    boot_id = models.CharField(max_length=64, blank=True, editable=False)
    seen_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    retry_at = models.DateTimeField(null=True, editable=False, help_text=_("Not called before this while it fails"))
    swept_at = models.DateTimeField(null=True, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False, help_text=_("Last full comparison"))
    facts_read_at = models.DateTimeField(null=True, editable=False, help_text=_("Registrations and checks last read"))
    certificate = models.JSONField(
        default=dict,
        editable=False,
        help_text=_("What it shows over TLS, as last read: members of sbc.client.Certificate"),
    )
    last_error = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        ordering = ["data_centre", "-role"]
        verbose_name = "SBC node"
        constraints = [models.UniqueConstraint(fields=["data_centre", "role"], name="one_node_of_a_role")]

    def __str__(self) -> str:
        return self.name

    @property
    def certificate_ends_at(self) -> datetime | None:
        """None while no certificate was read."""
        return datetime.fromtimestamp(self.certificate["ends_at"], UTC) if self.certificate else None

    @property
    def certificate_is_due(self) -> bool:
        """Whether it is time to put a new one there."""
        ends_at = self.certificate_ends_at
        return ends_at is not None and ends_at < timezone.now() + RENEW_BEFORE


class ProviderSource(models.Model):
    """Where a provider's calls come from; staff keep the list. One address, or a network in the form 192.0.2.0/30."""

    provider = models.CharField(max_length=32)
    network = models.CharField(_("address or network"), max_length=64, unique=True, validators=[validate_source])

    class Meta:
        ordering = ["provider", "network"]

    def __str__(self) -> str:
        return f"{self.provider} {self.network}"


class Gateway(models.Model):
    """The carrier's side: outbound calls go to the gateways of a data centre in order of position."""

    data_centre = models.ForeignKey(DataCentre, models.PROTECT, related_name="gateways")
    name = models.CharField(max_length=64)
    host = models.GenericIPAddressField()
    port = models.PositiveIntegerField(default=SIP_PORT, validators=[MaxValueValidator(65535)])
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["data_centre", "position"]

    def __str__(self) -> str:
        return self.name
