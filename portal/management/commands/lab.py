"""`manage.py lab`: demo data, and the nodes and gateways of var/lab.json in open data centres; `up` runs it."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from provisioning.models import DataCentre, Gateway, SbcNode


class Command(BaseCommand):
    help = "Make demo data, and tell the portal which SBC nodes and gateways the lab runs."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.VAR_DIR / "lab.json"
        if not settings.LAB or not path.exists():
            raise CommandError("There is no lab here: start it with bin/up.")
        call_command("demo")
        plan = json.loads(path.read_text())
        DataCentre.objects.filter(code__in={node["data_centre"] for node in plan["nodes"]}).update(is_open=True)
        for node in plan["nodes"]:
            SbcNode.objects.update_or_create(
                data_centre_id=node["data_centre"],
                role=node["role"],
                defaults={
                    "name": node["name"],
                    "static_address": node["address"],
                    "registered_address": node["address"],
                    "agent_url": node["agent_url"],
                },
            )
        for gateway in plan["gateways"]:
            Gateway.objects.update_or_create(
                data_centre_id=gateway["data_centre"],
                position=gateway["position"],
                defaults={"name": gateway["name"], "host": gateway["host"], "port": gateway["port"]},
            )
