"""What of a trunk can never change, and its immutable, numbered revisions of what can."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from addresses.models import ServiceAddress
from billing.models import Plan, Quote
from provisioning.enums import Status
from provisioning.facts import TrunkRegistration, registration_of
from provisioning.models import DataCentre, NodeState
from trunks.enums import AdminStatus, Cause, Codec, Dtmf, Fax, NumberFormat, Privacy, State, Strategy, TrunkKind
from trunks.providers import Provider, provider_of
from trunks.validators import clean_channels, clean_codecs, clean_name, validate_audio, validate_some_host

SUBJECT = "trunk"
CALL_KEY_CONSTRAINT = "one_account_per_call_key"
EXCLUSIVE_CONSTRAINT = "one_trunk_per_exclusive_key"


def _urgency() -> Case:
    """The place of a trunk's state in `State`: what needs attention first. The one home of how the three statuses are
    put together; the database keeps the result.
    """
    states = list(State)
    return Case(
        When(action=Status.PENDING, then=Value(states.index(State.PENDING))),
        When(Q(withdrawn_at__isnull=False) | Q(action=Status.FAILED), then=Value(states.index(State.FAILED))),
        When(admin_status=AdminStatus.SYSTEM_DISABLED, then=Value(states.index(State.SYSTEM_DISABLED))),
        When(action=Status.RESET, then=Value(states.index(State.RESET))),
        When(admin_status=AdminStatus.DISABLED, then=Value(states.index(State.DISABLED))),
        default=Value(states.index(State.LIVE)),
    )


class Trunk(models.Model):
    """What was bought. `admin_status` is what was asked for, `wanted` the revision that the nodes shall have,
    `live` the last one that all of them were read back to have.

    `withdrawn_at`: the nodes shall not have it (deletion asked for, or creation failed); `gone_at`: they were read
    back not to have it. `claims_to_release`: it still claims what it needs no more, because a node may still have it.

    `provider_facts` are the provider's own fields, `call_key` and `exclusive_key` what follows from them while the
    trunk lives (see `trunks.providers`). `credential` is the password that the nodes shall accept, `live_credential`
    the last one that all of them were read back to accept; both None except on registered trunks.

    Kept here so that a list of any length is sorted and searched by an index: `name`, that of `wanted`; `action` and
    `changed_at`, the status of the newest operation and when it was asked for (both written by `TrunkSubject` alone);
    `urgency`, computed by the database.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="trunks")
    name = models.CharField(max_length=128)
    kind = models.CharField(max_length=16, choices=TrunkKind)
    provider = models.CharField(max_length=32)
    provider_facts = models.JSONField(default=dict, blank=True)
    call_key = models.CharField(max_length=255, null=True, blank=True)
    exclusive_key = models.CharField(max_length=255, null=True, blank=True)
    plan = models.ForeignKey(Plan, models.PROTECT)
    quote = models.OneToOneField(Quote, models.PROTECT)
    data_centre = models.ForeignKey(DataCentre, models.PROTECT, related_name="trunks")
    tls = models.BooleanField(default=False)
    service_address = models.ForeignKey(ServiceAddress, models.PROTECT, related_name="trunks", null=True, blank=True)
    generation = models.PositiveIntegerField(default=1)
    admin_status = models.CharField(max_length=16, choices=AdminStatus, default=AdminStatus.ENABLED)
    suspension = models.CharField(max_length=16, choices=Cause, blank=True, help_text=_("Why we disabled it"))
    suspension_note = models.CharField(max_length=200, blank=True, help_text=_("The customer reads it"))
    suspended_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True, help_text=_("Nobody has enabled it since"))
    username = models.CharField(max_length=64, null=True, blank=True, unique=True)
    credential = models.ForeignKey("Credential", models.PROTECT, related_name="+", null=True, blank=True)
    live_credential = models.ForeignKey("Credential", models.PROTECT, related_name="+", null=True, blank=True)
    wanted = models.ForeignKey("TrunkRevision", models.PROTECT, related_name="+", null=True)
    live = models.ForeignKey("TrunkRevision", models.PROTECT, related_name="+", null=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)
    claims_to_release = models.BooleanField(default=False, editable=False)
    action = models.CharField(max_length=8, choices=Status, default=Status.PENDING, editable=False)
    changed_at = models.DateTimeField(db_default=Now(), editable=False)
    urgency = models.GeneratedField(
        expression=_urgency(), output_field=models.PositiveSmallIntegerField(), db_persist=True
    )

    class Meta:
        ordering = ["created_at"]
        indexes = [
            models.Index(fields=["account", "created_at"], condition=Q(gone_at=None), name="trunks_of_an_account"),
            models.Index(
                fields=["account", "urgency", "name", "id"], condition=Q(gone_at=None), name="trunks_by_urgency"
            ),
            models.Index(fields=["account", "name", "id"], condition=Q(gone_at=None), name="trunks_by_name"),
            models.Index(
                fields=["account", "data_centre", "name", "id"], condition=Q(gone_at=None), name="trunks_by_place"
            ),
            models.Index(fields=["account", "changed_at", "id"], condition=Q(gone_at=None), name="trunks_by_change"),
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="trunks_by_part_of_name"),
            models.Index(fields=["id"], condition=Q(claims_to_release=True), name="trunks_with_claims_to_release"),
            models.Index(
                fields=["account", "name"],
                condition=Q(gone_at=None, released_at__isnull=False),
                name="trunks_released",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["exclusive_key"], name=EXCLUSIVE_CONSTRAINT),
            ExclusionConstraint(
                name=CALL_KEY_CONSTRAINT,
                expressions=[
                    (F("data_centre"), "="),
                    (F("provider"), "="),
                    (F("call_key"), "="),
                    (F("account"), "<>"),
                ],
                condition=Q(call_key__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def connects(self) -> Provider:
        """Whom it connects."""
        return provider_of(self.provider)

    @property
    def registers(self) -> bool:
        """Whether the PBX signs in with a user name and a password."""
        return self.kind == TrunkKind.REGISTERED

    @cached_property
    def node_states(self) -> list[NodeState]:
        """The proof of provisioning, primary first; read once."""
        states = NodeState.objects.filter(subject_kind=SUBJECT, subject_id=str(self.pk))
        return list(states.select_related("node").order_by("-node__role"))

    @cached_property
    def registration(self) -> TrunkRegistration:
        """Who is registered, as its nodes said last; read once."""
        return registration_of(str(self.pk), self.node_states)

    @property
    def never_came(self) -> bool:
        """It was never live and will not be."""
        return self.withdrawn_at is not None and self.live_id is None

    @property
    def reference(self) -> str:
        """What people say on the phone."""
        return f"TR-{self.pk.hex[:8].upper()}"


class TrunkRevision(models.Model):
    """Everything of a trunk that can change, written once. `destinations` are [host, port], port 0: SRV look-up.

    `generation` is that of the operation that asked for it, `quote` the price of its channels.
    """

    trunk = models.ForeignKey(Trunk, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    generation = models.PositiveIntegerField(default=1)
    quote = models.ForeignKey(Quote, models.PROTECT, related_name="+")
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
        # What staff search for, among 100,000 trunks.
        indexes = [GinIndex(OpClass("destinations", "jsonb_path_ops"), name="revisions_by_destination")]

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
        if self.trunk_id is None or self.trunk.kind == TrunkKind.STATIC:
            validate_some_host(self.source_hosts, self.destinations)
