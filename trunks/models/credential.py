"""The password of a registered trunk: its HA1s, sealed, and for a short time its clear text for one person."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import User
from trunks.models.trunk import Trunk


class Credential(models.Model):
    """One password. `until` is set when a reset replaced it and left it valid: the nodes accept it until then.

    `live_until` is the same as all nodes were last read back to have it: what a reset that fails goes back to.
    """

    trunk = models.ForeignKey(Trunk, models.CASCADE, related_name="credentials")
    sealed_ha1_md5 = models.TextField()
    sealed_ha1_sha256 = models.TextField()
    until = models.DateTimeField(null=True)
    live_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"Password of {self.trunk}, {self.made_at}"


class OneTimeSecret(models.Model):
    """The clear text of one credential, sealed, for `reader` until `expires_at` or until they say they have it; then
    `sealed` is emptied and the row stays to say when it was shown to whom.
    """

    credential = models.OneToOneField(Credential, models.CASCADE, related_name="secret")
    reader = models.ForeignKey(User, models.PROTECT)
    sealed = models.TextField(blank=True)
    expires_at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], condition=~Q(sealed=""), name="secrets_to_end")]

    def __str__(self) -> str:
        return f"Secret for {self.reader}"
