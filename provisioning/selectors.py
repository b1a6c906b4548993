"""Reads operations: how long the oldest has been waiting."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import ExpressionWrapper, F, Min, fields
from django.db.models.functions import Now

from provisioning.enums import Status
from provisioning.models import Operation


def longest_wait() -> timedelta:
    """For how long the oldest operation that could be worked on has been left alone; zero when there is none.

    The figure to watch: a worker that is alive but deaf shows here and nowhere else.
    """
    oldest = Operation.objects.filter(status=Status.PENDING, next_attempt_at__lte=Now()).aggregate(
        wait=ExpressionWrapper(Now() - Min(F("next_attempt_at")), output_field=fields.DurationField())
    )["wait"]
    return oldest or timedelta()
