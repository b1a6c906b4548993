"""The number (DID)."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from provisioning.models import DataCentre
from trunks.models import Trunk

E164 = RegexValidator(r"^\+[1-9][0-9]{6,14}\Z", _("Enter the number with + and country code, like +13124441212"))


class Number(models.Model):
    """A number that customers' callers dial. Its home data centre's nodes receive its calls. Filled by staff until
    numbers are sold.
    """

    e164 = models.CharField(max_length=16, primary_key=True, validators=[E164])
    data_centre = models.ForeignKey(DataCentre, models.PROTECT, related_name="numbers")
    account = models.ForeignKey(Account, models.PROTECT, related_name="numbers", null=True, blank=True)
    trunk = models.ForeignKey(Trunk, models.PROTECT, related_name="numbers", null=True, blank=True)
    generation = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["e164"]

    def __str__(self) -> str:
        return self.e164
