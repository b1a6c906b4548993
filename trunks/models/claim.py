"""Who may call us from which address: one live owner per data centre and source address."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q

from provisioning.models import DataCentre
from trunks.models.trunk import Trunk

CONSTRAINT = "one_owner_of_a_source_host"


class HostClaim(models.Model):
    """Normalised before it is written (an IPv4-mapped address would be another value). Ended by `released_at`."""

    trunk = models.ForeignKey(Trunk, models.PROTECT, related_name="claims")
    data_centre = models.ForeignKey(DataCentre, models.PROTECT)
    address = models.GenericIPAddressField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["address"], name="claims_by_address")]
        constraints = [
            ExclusionConstraint(
                name=CONSTRAINT,
                # The address comes first: it narrows the index down to a few rows, a data centre does not.
                expressions=[(OpClass("address", "inet_ops"), "&&"), (F("data_centre"), "=")],
                condition=Q(released_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.address} in {self.data_centre_id}"
