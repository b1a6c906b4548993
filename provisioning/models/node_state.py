"""The proof of provisioning: per subject and node, what was asked and what was read back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from provisioning.models.network import SbcNode
from sbc.client import Held
from sbc.documents import Document, Fence


class NodeState(models.Model):
    """`wanted_hash` is empty when the node must not have the subject. `verified_*` is what the last read found.

    `held_generation` is the newest generation that the node may hold: that of the last write which may have arrived
    and could be given up, or what was read since. It is raised before the write is sent.
    """

    node = models.ForeignKey(SbcNode, models.PROTECT, related_name="states")
    subject_kind = models.CharField(max_length=16)
    subject_id = models.CharField(max_length=64)
    wanted_generation = models.PositiveIntegerField()
    wanted_epoch = models.PositiveIntegerField()
    wanted_hash = models.CharField(max_length=64, blank=True)
    wanted_at = models.DateTimeField(db_default=Now())
    verified = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True)
    took_ms = models.FloatField(null=True)
    last_error = models.CharField(max_length=200, blank=True)
    held_generation = models.PositiveIntegerField(default=0)

    # What `held_generation` was before the present write; None: the write does not raise it.
    held_before: int | None = None
    # The document to write, attached by `provisioning.wanted`; None asks for absence.
    document: Document | None = None

    class Meta:
        ordering = ["node__role"]
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "node"], name="one_state_per_node"),
        ]
        indexes = [
            models.Index(fields=["node", "subject_kind", "subject_id"], name="states_of_a_node"),
            models.Index(fields=["node"], condition=Q(verified=False), name="owed_by_node"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id} on {self.node_id}"

    @property
    def fence(self) -> Fence:
        return Fence(self.wanted_generation, self.wanted_epoch)

    @property
    def wants_absent(self) -> bool:
        return not self.wanted_hash

    def is_met_by(self, held: Held | None) -> bool:
        """Whether what was read from the node is what it must have."""
        present = held is not None and held.present
        if self.wants_absent or not present:
            return self.wants_absent and not present
        return held is not None and held.hash == self.wanted_hash and held.fence == self.fence
