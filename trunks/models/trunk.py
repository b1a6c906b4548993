"""What of a trunk can never change, and its immutable, numbered revisions of what can."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Account, User
from addresses.models import ServiceAddress
from billing.models import Plan, Quote
from provisioning.models import DataCentre
from trunks.enums import AdminStatus, Codec, Dtmf, Fax, NumberFormat, Privacy, Provider, Strategy, TrunkKind
from trunks.validators import clean_channels, clean_codecs, clean_name, validate_audio, validate_some_host

SUBJECT = "trunk"


class Trunk(models.Model):
    """What was bought. `admin_status` is what was asked for, `wanted` the revision that the nodes shall have,
    `live` the last one that all of them were read back to have.

    `withdrawn_at`: the nodes shall not have it (deletion asked for, or creation failed); `gone_at`: they were read
    back not to have it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="trunks")
    kind = models.CharField(max_length=16, choices=TrunkKind)
    provider = models.CharField(max_length=16, choices=Provider)
    plan = models.ForeignKey(Plan, models.PROTECT)
    quote = models.OneToOneField(Quote, models.PROTECT)
    data_centre = models.ForeignKey(DataCentre, models.PROTECT, related_name="trunks")
    tls = models.BooleanField(default=False)
    service_address = models.ForeignKey(ServiceAddress, models.PROTECT, related_name="trunks", null=True, blank=True)
    generation = models.PositiveIntegerField(default=1)
    admin_status = models.CharField(max_length=16, choices=AdminStatus, default=AdminStatus.ENABLED)
    wanted = models.ForeignKey("TrunkRevision", models.PROTECT, related_name="+", null=True)
    live = models.ForeignKey("TrunkRevision", models.PROTECT, related_name="+", null=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]
        indexes = [
            models.Index(fields=["account", "created_at"], condition=Q(gone_at=None), name="trunks_of_an_account")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.wanted.name if self.wanted else str(self.pk)

    @property
    def reference(self) -> str:
        """What people say on the phone."""
        return f"TR-{self.pk.hex[:8].upper()}"


class TrunkRevision(models.Model):
    """Everything of a trunk that can change, written once. `destinations` are [host, port], port 0: SRV look-up."""

    trunk = models.ForeignKey(Trunk, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=128)
    channels = models.PositiveIntegerField()
    codecs = ArrayField(models.CharField(max_length=8, choices=Codec))
    dtmf = models.CharField(max_length=8, choices=Dtmf, default=Dtmf.RFC2833)
    fax = models.CharField(max_length=8, choices=Fax, default=Fax.NONE)
    number_format = models.CharField(max_length=16, choices=NumberFormat, default=NumberFormat.E164)
    privacy = models.CharField(max_length=24, choices=Privacy, default=Privacy.NONE)
    international = models.BooleanField(default=False)
    options = models.BooleanField(default=False)
    strategy = models.CharField(max_length=16, choices=Strategy, default=Strategy.FAILOVER)
    source_hosts = ArrayField(models.GenericIPAddressField(), default=list, blank=True)
    destinations = models.JSONField(default=list, blank=True)
    challenge_invites = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, models.PROTECT, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["trunk", "number"]
        constraints = [models.UniqueConstraint(fields=["trunk", "number"], name="revisions_are_numbered")]

    def __str__(self) -> str:
        return f"{self.name}, revision {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("a revision is written once")
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """The rules about one revision by itself; those that need other rows are the service's."""
        self.name = clean_name(self.name)
        clean_channels(str(self.channels))
        self.codecs = clean_codecs(self.codecs)
        validate_audio(self.codecs, self.dtmf, self.fax)
        validate_some_host(self.source_hosts, self.destinations)
