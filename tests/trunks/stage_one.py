"""A database as the first release left it: its schema, and rows written as that release wrote them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

LATER = {"calls"}  # apps that stage 1 did not have
SCHEMA = [
    ("accounts", "0002_append_only"),
    ("addresses", "0001_initial"),
    ("billing", "0002_append_only"),
    ("provisioning", "0001_initial"),
    ("routing", "0001_initial"),
    ("trunks", "0001_initial"),
]
NOW = timezone.now()
MONEY = Decimal("1000.00")
Change = tuple[str, str]


def migrate_to_stage_one() -> Apps:
    """Bring an empty database to that schema; gives its models."""
    executor = MigrationExecutor(connection)
    ours = {app for app, _name in SCHEMA}
    others = [node for node in executor.loader.graph.leaf_nodes() if node[0] not in ours | LATER]
    targets = SCHEMA + others
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


def migrate_to_latest() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


class StageOne:
    """One account with an engineer, and New York; `trunk` writes a trunk with everything that belongs to it."""

    def __init__(self, apps: Apps) -> None:
        self._apps = apps
        self.engineer = self._add("accounts.User", email="alice@example.com", password="!")
        self.account = self._add("accounts.Account", name="Alice Telecom")
        self._add("accounts.Limits", account=self.account)
        self._add("accounts.Member", account=self.account, user=self.engineer, role="ENGINEER")
        self.plan = self._add("billing.Plan", code="METERED", description="Pay by the minute")
        self._add("billing.PlanActivation", plan=self.plan, account=self.account)
        self._add("billing.Price", plan=self.plan, currency="USD", per_channel=Decimal(2))
        self._enter("CREDIT", "first", balance_change=MONEY)
        self.place = self._add("provisioning.DataCentre", code="NEW_YORK", name="New York", is_open=True)
        self.nodes = [self._node("PRIMARY", 10), self._node("BACKUP", 11)]

    def _add(self, model: str, **values: Any) -> Any:
        return self._apps.get_model(model).objects.create(**values)

    def _node(self, role: str, host: int) -> Any:
        address = f"127.77.1.{host}"
        values = {"name": role.lower(), "role": role, "static_address": address, "agent_url": f"http://{address}:9"}
        return self._add("provisioning.SbcNode", data_centre=self.place, **values)

    def draft(self, **answers: Any) -> UUID:
        """A half-finished order."""
        row = self._add("trunks.TrunkDraft", account=self.account, created_by=self.engineer, answers=answers)
        return UUID(str(row.pk))

    def number(self, e164: str, *, generation: int, published: bool) -> None:
        """The account's, leading nowhere: never published, or taken off its nodes again."""
        self._add("routing.Number", e164=e164, data_centre=self.place, account=self.account, generation=generation)
        about = {"subject_kind": "number", "subject_id": e164, "wanted_generation": generation, "wanted_epoch": 1}
        for node in self.nodes if published else ():
            self._add("provisioning.NodeState", node=node, **about, verified=True, verified_at=NOW)

    def trunk(self, name: str, source: str, *changes: Change, channels: int = 2) -> UUID:
        """`changes` are kinds of operations and how each ended, the creation first."""
        quote = self._quote(channels)
        values = {"account": self.account, "plan": self.plan, "quote": quote, "data_centre": self.place}
        trunk = self._add("trunks.Trunk", kind="STATIC", provider="DIRECT", created_by=self.engineer, **values)
        settings = {"name": name, "channels": channels, "codecs": ["PCMA"], "source_hosts": [source]}
        trunk.wanted = self._add("trunks.TrunkRevision", trunk=trunk, number=1, created_by=self.engineer, **settings)
        self._add("trunks.HostClaim", trunk=trunk, data_centre=self.place, address=source)
        self._enter("HOLD", f"trunk:{trunk.pk}", held_change=quote.first_charge)
        for generation, (kind, status) in enumerate(changes, start=1):
            trunk.generation = generation
            self._operation(trunk, kind, status)
            self._consequences(trunk, kind, status)
        trunk.save()
        self._states(trunk, changes[-1][1])
        return UUID(str(trunk.pk))

    def _quote(self, channels: int) -> Any:
        month = {"period_start": date(2026, 1, 1), "period_end": date(2026, 1, 31)}
        price = {"per_channel": Decimal(2), "monthly": Decimal(2 * channels), "first_charge": Decimal(2 * channels)}
        agreed = {"account": self.account, "plan": self.plan, "channels": channels, "currency": "USD"}
        return self._add("billing.Quote", **agreed, **price, **month)

    def _enter(self, kind: str, reference: str, **changes: Decimal) -> None:
        row = {"kind": kind, "reference": reference, "description": "Stage 1", **changes}
        self._add("billing.LedgerEntry", account=self.account, **row)

    def _operation(self, trunk: Any, kind: str, status: str) -> None:
        subject = {"subject_kind": "trunk", "subject_id": str(trunk.pk)}
        times = {"finished_at": NOW} if status != "PENDING" else {}
        if kind in {"CREATE", "ENABLE"}:
            times["deadline_at"] = NOW + timedelta(minutes=10)
        values = {"kind": kind, "status": status, "generation": trunk.generation, "account": self.account}
        name = trunk.wanted.name
        row = self._add(
            "provisioning.Operation", **subject, subject_name=name, requested_by=self.engineer, **values, **times
        )
        for action in (f"trunk.{kind}", f"trunk.{kind}.{status}")[: 1 if status == "PENDING" else 2]:
            details = {"operation": str(row.pk)}
            self._add("accounts.AuditEvent", account=self.account, action=action.lower(), details=details, **subject)

    def _consequences(self, trunk: Any, kind: str, status: str) -> None:
        price, reference = trunk.quote.first_charge, f"trunk:{trunk.pk}"
        if kind == "CREATE" and status == "SUCCESS":
            trunk.live = trunk.wanted
            self._enter("CAPTURE", reference, balance_change=-price, held_change=-price)
        elif kind == "CREATE" and status == "FAILED":
            trunk.withdrawn_at = NOW
            self._enter("RELEASE", reference, held_change=-price)
            trunk.claims.update(released_at=NOW)
        elif kind in {"DISABLE", "ENABLE"}:
            trunk.admin_status = f"{kind}D"
        elif kind == "DELETE":
            trunk.withdrawn_at = NOW
            trunk.gone_at = NOW if status == "SUCCESS" else None
            trunk.claims.update(released_at=trunk.gone_at)

    def _states(self, trunk: Any, status: str) -> None:
        for node in self.nodes:
            wanted = {"wanted_generation": trunk.generation, "wanted_epoch": 1, "wanted_hash": "0" * 64}
            if trunk.withdrawn_at:
                wanted["wanted_hash"] = ""
            about = {"node": node, "subject_kind": "trunk", "subject_id": str(trunk.pk)}
            self._add("provisioning.NodeState", **about, **wanted, verified=status != "PENDING")
