"""The number (DID), for sale or somebody's, and the order that numbers were bought with."""

from __future__ import annotations

import uuid

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from billing.models import NumberRate
from provisioning.enums import Status
from provisioning.models import DataCentre
from routing.enums import NumberKind
from routing.models.route import Route
from trunks.models import Trunk

E164 = RegexValidator(r"^\+[1-9][0-9]{6,14}\Z", _("Enter the number with + and country code, like +13124441212"))
SUBJECT = "number"


class NumberOrder(models.Model):
    """What was bought with one Pay now: its id is made before, so that a second attempt finds the first."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="number_orders")
    created_by = models.ForeignKey(User, models.PROTECT, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.account}, {self.created_at:%Y-%m-%d}"


class Number(models.Model):
    """A number that customers' callers dial. Its home data centre's nodes receive its calls.

    Without an account it is for sale, from `for_sale_at` on and where it has a rate. An account's number leads to one
    of `trunk` and `route`, or nowhere. `monthly` and `first_charge` were agreed in `order`, in the account's currency;
    empty for what staff gave away. `action` is the status of its newest operation (buying, giving back); empty without
    one. `leaving_at`: it is being given back. `country` is ISO 3166-1 alpha-2, empty for numbers of no country.
    """

    e164 = models.CharField(max_length=16, primary_key=True, validators=[E164])
    data_centre = models.ForeignKey(DataCentre, models.PROTECT, related_name="numbers")
    country = models.CharField(max_length=2, blank=True)
    area = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=16, choices=NumberKind, default=NumberKind.LOCAL)
    rate = models.ForeignKey(NumberRate, models.PROTECT, related_name="numbers", null=True, blank=True)
    for_sale_at = models.DateTimeField(null=True, blank=True, help_text=_("Empty: at once"))
    account = models.ForeignKey(Account, models.PROTECT, related_name="numbers", null=True, blank=True)
    trunk = models.ForeignKey(Trunk, models.PROTECT, related_name="numbers", null=True, blank=True)
    route = models.ForeignKey(Route, models.PROTECT, related_name="numbers", null=True, blank=True)
    order = models.ForeignKey(NumberOrder, models.PROTECT, related_name="numbers", null=True, editable=False)
    monthly = models.DecimalField(max_digits=12, decimal_places=2, null=True, editable=False)
    first_charge = models.DecimalField(max_digits=12, decimal_places=2, null=True, editable=False)
    action = models.CharField(max_length=8, choices=Status, blank=True, editable=False)
    leaving_at = models.DateTimeField(null=True, editable=False)
    generation = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["e164"]
        indexes = [
            models.Index(fields=["account", "e164"], condition=Q(account__isnull=False), name="numbers_of_an_account"),
            models.Index(fields=["country", "area", "e164"], condition=Q(account=None), name="numbers_for_sale"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(trunk=None) | Q(route=None), name="a_number_leads_to_one_place"),
        ]

    def __str__(self) -> str:
        return self.e164
