"""`manage.py catalogue`: what every installation begins with, made where it is missing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from portal.demo import make_catalogue
from portal.staff_groups import make_staff_groups


class Command(BaseCommand):
    help = "Make the data centres, the plans with their prices, and the groups of staff."

    def handle(self, *args: Any, **options: Any) -> None:
        make_catalogue()
        make_staff_groups()
