"""Plans, prices, quotes and the append-only ledger."""

from __future__ import annotations

import uuid
from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from billing.enums import EntryKind, PlanCode, RequestStatus


class Plan(models.Model):
    """A channel plan; an account may buy it once staff activated it."""

    code = models.CharField(max_length=16, primary_key=True, choices=PlanCode)
    description = models.CharField(max_length=200)
    accounts = models.ManyToManyField(Account, through="PlanActivation", related_name="plans")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.get_code_display()


class PlanActivation(models.Model):
    plan = models.ForeignKey(Plan, models.CASCADE)
    account = models.ForeignKey(Account, models.CASCADE)
    activated_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True)
    activated_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "account"], name="a_plan_is_activated_once")]

    def __str__(self) -> str:
        return f"{self.plan} for {self.account}"


class PlanRequest(models.Model):
    """A customer asks support to activate a plan; `reason` is the answer's, and the customer reads it."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="plan_requests")
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="requests")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    note = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=16, choices=RequestStatus, default=RequestStatus.OPEN)
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "plan"],
                condition=Q(status=RequestStatus.OPEN),
                name="one_open_request_per_plan",
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan} for {self.account}"

    @property
    def is_open(self) -> bool:
        return self.status == RequestStatus.OPEN


class Price(models.Model):
    """What one channel of a plan costs for one month, per currency."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="prices")
    currency = models.CharField(max_length=3)
    per_channel = models.DecimalField(max_digits=12, decimal_places=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "currency"], name="one_price_per_currency"),
            models.CheckConstraint(condition=Q(per_channel__gte=0), name="a_price_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.plan}: {self.per_channel} {self.currency}"


class NumberRate(models.Model):
    """What numbers of one sort cost, per currency in `prices`: numbers name their rate."""

    code = models.SlugField(max_length=32, primary_key=True)
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class NumberPrice(models.Model):
    """What a number of a rate costs for one month."""

    rate = models.ForeignKey(NumberRate, models.PROTECT, related_name="prices")
    currency = models.CharField(max_length=3)
    monthly = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rate", "currency"], name="one_number_price_per_currency"),
            models.CheckConstraint(condition=Q(monthly__gte=0), name="a_number_price_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.rate}: {self.monthly} {self.currency}"


class Quote(models.Model):
    """The price that was agreed with Pay now; a snapshot that later price changes leave alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, models.PROTECT)
    plan = models.ForeignKey(Plan, models.PROTECT)
    channels = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    per_channel = models.DecimalField(max_digits=12, decimal_places=6)
    monthly = models.DecimalField(max_digits=12, decimal_places=2)
    first_charge = models.DecimalField(max_digits=12, decimal_places=2)
    period_start = models.DateField(help_text=_("First day charged (UTC), included"))
    period_end = models.DateField(help_text=_("Last day charged (UTC), included"))
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.channels} channels, {self.monthly} {self.currency} a month"


class LedgerEntry(models.Model):
    """One movement of money, in the account's currency, never altered (a trigger holds that).

    `balance_change` moves the balance, `held_change` what is held of it; a capture moves both.
    `reference` names what it is for; one entry of a kind per reference makes a repeated capture a no-op.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="ledger")
    kind = models.CharField(max_length=16, choices=EntryKind)
    balance_change = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    held_change = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    reference = models.CharField(max_length=64)
    description = models.CharField(max_length=200)
    created_by = models.ForeignKey(User, models.PROTECT, null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "ledger entries"
        indexes = [models.Index(fields=["account", "-id"])]
        constraints = [
            models.UniqueConstraint(fields=["kind", "reference"], name="one_entry_of_a_kind_per_reference"),
            models.UniqueConstraint(
                fields=["reference"],
                condition=Q(kind__in=[EntryKind.CAPTURE, EntryKind.RELEASE]),
                name="a_hold_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("the ledger is append-only")
