"""The number (DID), for sale or somebody's, and the orders that numbers are bought with."""

from __future__ import annotations

import uuid

from django.contrib.postgres.indexes import GinIndex, OpClass
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
AREA_LENGTH = 64


class NumberOrder(models.Model):
    """What was bought with one Pay now: its id is made before, so that a second attempt finds the first."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="number_orders")
    created_by = models.ForeignKey(User, models.PROTECT, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.account}, {self.created_at:%Y-%m-%d}"


class Number(models.Model):
    """A number that customers' callers dial. Its home data centre's nodes receive its calls.

    Without an account it is for sale, from `for_sale_at` on and where it has a rate. An account's number leads to one
    of `trunk` and `route`, or nowhere. `monthly` was agreed in `order`, in the account's currency; empty for what staff
    gave away. `action` is the status of its newest operation (buying, giving back); empty without one. `leaving_at`: it
    is being given back, or could not be activated. `country` is ISO 3166-1 alpha-2, empty for numbers of no country.
    """

    e164 = models.CharField(max_length=16, primary_key=True, validators=[E164])
    data_centre = models.ForeignKey(DataCentre, models.PROTECT, related_name="numbers")
    country = models.CharField(max_length=2, blank=True)
    area = models.CharField(max_length=AREA_LENGTH, blank=True)
    kind = models.CharField(max_length=16, choices=NumberKind, default=NumberKind.LOCAL)
    rate = models.ForeignKey(NumberRate, models.PROTECT, related_name="numbers", null=True, blank=True)
    for_sale_at = models.DateTimeField(null=True, blank=True, help_text=_("Empty: at once"))
    account = models.ForeignKey(Account, models.PROTECT, related_name="numbers", null=True, blank=True)
    trunk = models.ForeignKey(Trunk, models.PROTECT, related_name="numbers", null=True, blank=True)
    route = models.ForeignKey(Route, models.PROTECT, related_name="numbers", null=True, blank=True)
    order = models.ForeignKey(NumberOrder, models.PROTECT, related_name="numbers", null=True, editable=False)
    monthly = models.DecimalField(max_digits=12, decimal_places=2, null=True, editable=False)
    action = models.CharField(max_length=8, choices=Status, blank=True, editable=False)
    leaving_at = models.DateTimeField(null=True, editable=False)
    generation = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["e164"]
        indexes = [
            models.Index(fields=["account", "e164"], condition=Q(account__isnull=False), name="numbers_of_an_account"),
            models.Index(
                fields=["account", "data_centre"], condition=Q(account__isnull=False), name="numbers_by_place"
            ),
            models.Index(fields=["country", "area", "e164"], condition=Q(account=None), name="numbers_for_sale"),
            GinIndex(OpClass("e164", "gin_trgm_ops"), name="numbers_by_part"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(trunk=None) | Q(route=None), name="a_number_leads_to_one_place"),
        ]

    def __str__(self) -> str:
        return self.e164

    @property
    def digits(self) -> str:
        """What people type, and what ids in pages are made of."""
        return self.e164.removeprefix("+")

    @property
    def is_pending(self) -> bool:
        """It is being activated or given back."""
        return self.action == Status.PENDING


class OrderedNumber(models.Model):
    """One number of an order, written once: what was agreed, and the generation of the operation that brings it."""

    order = models.ForeignKey(NumberOrder, models.PROTECT, related_name="lines")
    number = models.ForeignKey(Number, models.PROTECT, related_name="lines")
    generation = models.PositiveIntegerField()
    monthly = models.DecimalField(max_digits=12, decimal_places=2)
    first_charge = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["number", "generation"], name="a_number_is_bought_once")]

    def __str__(self) -> str:
        return self.number_id
