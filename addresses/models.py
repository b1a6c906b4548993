"""The service address."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import models
from django.db.models.functions import Lower

from accounts.models import Account
from addresses.countries import country_choices, in_order, regions_of
from addresses.validators import clean_address


class ServiceAddress(models.Model):
    """`country_code` is ISO 3166-1 alpha-3, `region_code` ISO 3166-2 (USA, US-NY)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="addresses")
    name = models.CharField(max_length=64)
    street = models.CharField(max_length=100)
    suite = models.CharField(max_length=50, blank=True)
    city = models.CharField(max_length=64)
    region_code = models.CharField(max_length=10, blank=True)
    post_code = models.CharField(max_length=16, blank=True)
    country_code = models.CharField(max_length=3)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "service addresses"
        constraints = [models.UniqueConstraint("account", Lower("name"), name="one_address_of_a_name")]

    def __str__(self) -> str:
        return self.name

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """`clean` says everything about the texts, in our words."""
        texts = {field.name for field in self._meta.fields if isinstance(field, models.CharField)}
        super().clean_fields({*(exclude or ()), *texts})

    def clean(self) -> None:
        clean_address(self)

    @property
    def country(self) -> str:
        """Its name."""
        return dict(country_choices()).get(self.country_code, self.country_code)

    @property
    def region(self) -> str:
        """Its name; empty where addresses do not name one."""
        return regions_of(self.country_code).get(self.region_code, "")

    @property
    def line(self) -> str:
        """In one line, in the order of its country: "Chausseestr. 1, 10115 Berlin"."""
        return ", ".join([*filter(None, [self.street, self.suite]), self.place])

    @property
    def place(self) -> str:
        """City, region and post code in one line, in the order of its country: "Chicago, IL 60606"."""
        return in_order(self.country_code, self.city, self.region_code, self.post_code)

    @property
    def in_the_us(self) -> bool:
        return self.country_code == "USA"
