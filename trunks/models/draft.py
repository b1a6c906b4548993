"""The half-finished order: raw answers per step, resumable on any device, becomes exactly one trunk."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from accounts.models import Account, User
from common.text import shorten
from trunks.models.trunk import Trunk


class TrunkDraft(models.Model):
    """`answers[step]` are the raw values as they were posted: the steps' forms stay the only readers of them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="drafts")
    created_by = models.ForeignKey(User, models.PROTECT, null=True)
    answers = models.JSONField(default=dict)
    trunk = models.OneToOneField(Trunk, models.PROTECT, related_name="draft", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-saved_at"]

    def __str__(self) -> str:
        return self.name or str(self.pk)

    @property
    def name(self) -> str:
        name: Any = self.answers.get("settings", {}).get("name", [""])
        return shorten(str(name[0] if isinstance(name, list) and name else name))

    @property
    def is_ordered(self) -> bool:
        return self.trunk_id is not None
