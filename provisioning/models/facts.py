"""What nodes report about trunks, as it was last read; written by `provisioning.readings` only."""

from __future__ import annotations

from django.db import models

from provisioning.models.network import SbcNode


class Registration(models.Model):
    """A contact of a registered trunk on one node. `source` is the host:port that it registered from; `since` is when
    the registration began, without a gap.
    """

    node = models.ForeignKey(SbcNode, models.CASCADE, related_name="registrations")
    subject_id = models.CharField(max_length=64)
    contact = models.CharField(max_length=512)
    source = models.CharField(max_length=128)
    user_agent = models.CharField(max_length=255)
    since = models.DateTimeField()
    refreshed_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-refreshed_at", "contact"]
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "node", "contact"], name="one_registration_per_contact")
        ]

    def __str__(self) -> str:
        return f"{self.contact} on {self.node_id}"


class FailedSignIn(models.Model):
    """How often somebody at an address failed to sign in as a trunk's user within a day, on one node."""

    node = models.ForeignKey(SbcNode, models.CASCADE, related_name="failed_sign_ins")
    subject_id = models.CharField(max_length=64)
    source = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_at", "source"]
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "node", "source"], name="one_count_of_failures_per_source")
        ]

    def __str__(self) -> str:
        return f"{self.count} from {self.source} on {self.node_id}"


class DestinationCheck(models.Model):
    """What came of asking a destination with OPTIONS from one node, or that its name is of no use to calls. `alive` is
    None while that is not known yet; `code` is that of the answer, or a CheckCode; port 0 means that the host is looked
    up by SRV.
    """

    node = models.ForeignKey(SbcNode, models.CASCADE, related_name="destination_checks")
    subject_id = models.CharField(max_length=64)
    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField()
    alive = models.BooleanField(null=True)
    code = models.PositiveSmallIntegerField()
    round_trip_ms = models.PositiveIntegerField()
    answered_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    missed = models.PositiveIntegerField()

    class Meta:
        ordering = ["host", "port"]
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "node", "host", "port"], name="one_check_per_destination")
        ]

    def __str__(self) -> str:
        return f"{self.host}:{self.port} from {self.node_id}"


class GroupCalls(models.Model):
    """How many calls of a channel group are up on one node; a group without a call has no row."""

    node = models.ForeignKey(SbcNode, models.CASCADE, related_name="group_calls")
    subject_id = models.CharField(max_length=64)
    calls = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_id", "node"], name="one_count_per_group_and_node")]

    def __str__(self) -> str:
        return f"{self.calls} calls of {self.subject_id} on {self.node_id}"
