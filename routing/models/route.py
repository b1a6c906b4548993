"""The route: its immutable, numbered revisions and their entries."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import Account, User
from provisioning.enums import Status
from routing.enums import DEFAULT_RING, LONGEST_RING, MOST_ENTRIES, ROUTE_NAME_LENGTH, SHORTEST_RING, HuntOn
from trunks.models import Trunk

SUBJECT = "route"


class Route(models.Model):
    """Where calls are tried one after the other. What it says is in its revisions: `wanted` is the one that was asked
    for last, `live` the last one that all its nodes were read back to have.

    `name` is that of `wanted`; `action` and `changed_at` are of the newest operation; `withdrawn_at`: it is being
    deleted, or never came to be; `gone_at`: its nodes were read back not to have it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="routes")
    name = models.CharField(max_length=ROUTE_NAME_LENGTH)
    generation = models.PositiveIntegerField(default=1)
    wanted = models.ForeignKey("RouteRevision", models.PROTECT, related_name="+", null=True)
    live = models.ForeignKey("RouteRevision", models.PROTECT, related_name="+", null=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)
    action = models.CharField(max_length=8, choices=Status, default=Status.PENDING, editable=False)
    changed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["account", "name", "id"], condition=Q(gone_at=None), name="routes_by_name")]

    def __str__(self) -> str:
        return self.name


class RouteRevision(models.Model):
    """Everything of a route that can change, written once; its entries are rows of their own. `generation` is that of
    the operation that asked for it.
    """

    route = models.ForeignKey(Route, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    generation = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=ROUTE_NAME_LENGTH)
    created_by = models.ForeignKey(User, models.PROTECT, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["route", "number"]
        constraints = [models.UniqueConstraint(fields=["route", "number"], name="route_revisions_are_numbered")]

    def __str__(self) -> str:
        return f"{self.name}, revision {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("a revision is written once")
        super().save(*args, **kwargs)


class RouteEntry(models.Model):
    """One place where a call is tried: a trunk, or a phone number (E.164), which can only be the last."""

    revision = models.ForeignKey(RouteRevision, models.CASCADE, related_name="entries")
    position = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_ENTRIES)])
    trunk = models.ForeignKey(Trunk, models.PROTECT, related_name="route_entries", null=True)
    phone = models.CharField(max_length=16, blank=True)
    ring_seconds = models.PositiveSmallIntegerField(
        default=DEFAULT_RING, validators=[MinValueValidator(SHORTEST_RING), MaxValueValidator(LONGEST_RING)]
    )
    hunt_on = ArrayField(models.CharField(max_length=16, choices=HuntOn), blank=True)

    class Meta:
        ordering = ["revision", "position"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="entries_are_in_order"),
            models.CheckConstraint(condition=Q(trunk=None) ^ Q(phone=""), name="an_entry_is_a_trunk_or_a_phone_number"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.trunk or self.phone}"
