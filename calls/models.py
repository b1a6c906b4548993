"""The call, and how far each node's records were pulled. Both are written by `calls.pulling` alone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.enums import Direction, HungUp
from provisioning.models import DataCentre, SbcNode

NUMBER_LENGTH = 255


class Call(models.Model):
    """One leg of a call, as the node recorded it. `store` and `sequence` are where it stands on the node, `leg` is its
    CallRecord.key.

    `account_id` and `trunk_id` are plain: a call outlives what it went through. Both are empty when nobody knows the
    trunk; then `trunk_name` is what the node called it. `plan` and `trunk_name` are those of the moment the record was
    pulled, seconds after the call. `caller` and `callee` are as received, their E.164 forms empty when they have none.
    `why` is a key of sbc.refusals for what we refused ourselves. `loss` (per cent), `jitter` (ms) and `mos` are empty
    when the media did not pass through us.
    """

    node = models.ForeignKey(SbcNode, models.PROTECT, related_name="calls")
    store = models.CharField(max_length=64)
    sequence = models.BigIntegerField()
    leg = models.CharField(max_length=64)
    data_centre = models.ForeignKey(DataCentre, models.PROTECT, related_name="calls")
    account_id = models.UUIDField(null=True)
    trunk_id = models.UUIDField(null=True)
    trunk_name = models.CharField(max_length=128, blank=True)
    plan = models.CharField(max_length=16, blank=True)
    direction = models.CharField(max_length=8, choices=Direction)
    caller = models.CharField(max_length=NUMBER_LENGTH)
    callee = models.CharField(max_length=NUMBER_LENGTH)
    caller_e164 = models.CharField(max_length=32)
    callee_e164 = models.CharField(max_length=32)
    caller_country = models.CharField(max_length=8)
    callee_country = models.CharField(max_length=8)
    call_id = models.CharField(_("Call-ID"), max_length=255)
    code = models.PositiveSmallIntegerField()
    why = models.CharField(max_length=64)
    hop = models.CharField(max_length=255)
    tried = models.PositiveSmallIntegerField()
    begun_at = models.DateTimeField()
    rang_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField()
    duration_ms = models.BigIntegerField()
    hung_up = models.CharField(max_length=8, choices=HungUp)
    codec = models.CharField(max_length=64)
    loss = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    jitter = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    mos = models.DecimalField(max_digits=3, decimal_places=1, null=True)

    class Meta:
        ordering = ["-begun_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["node", "store", "sequence"], name="a_record_is_pulled_once"),
            # Also when a node lost its store and reads files again that it had read before.
            models.UniqueConstraint(fields=["node", "leg"], name="a_leg_is_one_call"),
        ]
        indexes = [
            models.Index(fields=["account_id", "-begun_at", "-id"], name="calls_of_an_account"),
            models.Index(fields=["trunk_id", "-begun_at", "-id"], name="calls_of_a_trunk"),
            models.Index(fields=["call_id"], name="calls_by_call_id"),
            *(
                models.Index(
                    fields=[number, "account_id"],
                    opclasses=["varchar_pattern_ops", "uuid_ops"],
                    name=f"calls_by_{number}",
                )
                for number in ("caller", "callee", "caller_e164", "callee_e164")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.caller} → {self.callee}"

    @property
    def is_outbound(self) -> bool:
        return self.direction == Direction.OUTBOUND


class NodeCursor(models.Model):
    """What was pulled of a node: everything up to `sequence` of `store`. Nobody pulls before `next_at`: somebody is at
    it, or the node did not answer `failures` times in a row.
    """

    node = models.OneToOneField(SbcNode, models.CASCADE, primary_key=True, related_name="call_cursor")
    store = models.CharField(max_length=64, blank=True)
    sequence = models.BigIntegerField(default=0)
    pulled_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.node_id} at {self.sequence}"
