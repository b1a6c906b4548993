"""The Celery app. It carries nudges; work is found in the database without it."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("trunkline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
