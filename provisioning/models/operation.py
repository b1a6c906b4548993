"""The operation: one change of one subject. The row is the job."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from provisioning.enums import OperationKind, Status, Step


class Operation(models.Model):
    """Written by `provisioning.operations` (accepting) and `provisioning.lease` and `provisioning.settling` (working);
    `provisioning.reconciling` makes it due or late; nobody else changes it. All times are the database's.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_kind = models.CharField(max_length=16)
    subject_id = models.CharField(max_length=64)
    subject_name = models.CharField(max_length=128, help_text=_("As it was called when this was asked for"))
    account = models.ForeignKey(Account, models.PROTECT, related_name="operations", null=True)
    kind = models.CharField(max_length=16, choices=OperationKind)
    status = models.CharField(max_length=8, choices=Status, default=Status.PENDING)
    step = models.CharField(max_length=16, choices=Step, default=Step.CLAIM)
    undoing = models.BooleanField(default=False, help_text=_("Given up; the nodes are being put back"))
    reason = models.CharField(max_length=32, blank=True, help_text=_("One CamelCase word"))
    message = models.TextField(blank=True, help_text=_("A sentence for people"))
    generation = models.PositiveIntegerField()

    lease_owner = models.CharField(max_length=64, blank=True)
    lease_epoch = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    attempt = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    deadline_at = models.DateTimeField(null=True, help_text=_("Empty: never gives up"))

    requested_by = models.ForeignKey(User, models.PROTECT, null=True)
    requested_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    # Set by a claim: the deadline has passed.
    is_late = False

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"],
                condition=Q(status=Status.PENDING),
                name="one_pending_operation_per_subject",
            ),
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "generation"], name="one_operation_per_generation"
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(status=Status.PENDING), name="pending_by_due"),
            models.Index(fields=["subject_kind", "subject_id", "-requested_at"]),
            models.Index(fields=["finished_at"], name="operations_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind} {self.subject_id}"

    @property
    def is_pending(self) -> bool:
        return self.status == Status.PENDING

    @property
    def label(self) -> str:
        """How the action status is shown: "Pending: creating", "Applied", …"""
        if self.is_pending:
            return str(_("Pending: %(kind)s") % {"kind": self.get_kind_display()})
        return self.get_status_display()
