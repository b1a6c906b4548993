"""Databases with an account of so many trunks each, for the measuring of pages. Django is set up."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.models.functions import Now
from django.test import Client

from accounts.enums import Role
from accounts.models import Account, Limits, Member, User
from accounts.services import lock_account
from addresses.models import ServiceAddress
from billing.models import Plan, PlanActivation
from billing.quotes import offer
from billing.services import credit
from portal.bench.copies import copy_trunk
from portal.demo import make_catalogue
from provisioning.enums import NodeRole, Status
from provisioning.models import DataCentre, NodeState, Operation, SbcNode
from provisioning.registry import subject_of
from trunks.limits import room_of
from trunks.models import HostClaim, Trunk
from trunks.models.claim import CONSTRAINT
from trunks.models.trunk import SUBJECT
from trunks.services import create_trunk
from trunks.specification import TrunkSettings, TrunkSpecification

MOST = 1_000_000
_numbers = itertools.count(1)


def database(name: str) -> Any:
    """A connection to a new, migrated database of the same server with a data centre of two nodes."""
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    made: Any = connections.create_connection("default")
    made.settings_dict = {**made.settings_dict, "NAME": name}
    before, connections["default"] = connections["default"], made
    call_command("migrate", verbosity=0)
    make_catalogue()
    DataCentre.objects.filter(pk="NEW_YORK").update(is_open=True)
    for place, role in enumerate(NodeRole.values, start=1):
        address = f"192.0.2.{place}"
        SbcNode.objects.create(name=role, data_centre_id="NEW_YORK", role=role, static_address=address)
    with made.cursor() as cursor:
        # Checking that an address has one owner takes a quarter of a millisecond and more for each copy.
        cursor.execute(f"ALTER TABLE {HostClaim._meta.db_table} DROP CONSTRAINT {CONSTRAINT}")
    connections["default"] = before
    return made


def trunks_of_an_account(count: int) -> User:
    """A new account's engineer; the account has `count` trunks, one ordered and settled, the others its copies."""
    number = next(_numbers)
    account = Account.objects.create(name=f"Bench {number}")
    Limits.objects.create(account=account, trunks=MOST, trunks_per_data_centre=MOST, channels=MOST)
    PlanActivation.objects.create(account=account, plan=Plan.objects.get(pk="METERED"))
    user = User.objects.create_user(f"bench{number}@example.com")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Member.objects.create(account=account, user=user, role=Role.ENGINEER)
    copy_trunk(_a_live_trunk(account, user), count - 1)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return user


@transaction.atomic
def _a_live_trunk(account: Account, user: User) -> Trunk:
    account = lock_account(account.pk)
    credit(account, Decimal(MOST), reference=user.email, description="Bench", actor=None)
    settings = TrunkSettings(
        name="Office", channels=2, codecs=["PCMA", "PCMU"], source_hosts=[f"8.255.0.{next(_numbers)}"]
    )
    specification = TrunkSpecification(
        kind="STATIC",
        provider="DIRECT",
        plan_code="METERED",
        data_centre=DataCentre.objects.get(pk="NEW_YORK"),
        service_address=_chicago(account),
        settings=settings,
    )
    price = offer("METERED", settings.channels, account.currency)
    return _settled(create_trunk(account, room_of(account), specification, price, user))


def _chicago(account: Account) -> ServiceAddress:
    place = {"city": "Chicago", "region_code": "US-IL", "post_code": "60606", "country_code": "USA"}
    return ServiceAddress.objects.create(account=account, name="Office", street="233 S Wacker Drive", **place)


def _settled(trunk: Trunk) -> Trunk:
    """As the engine leaves it, without nodes that answer."""
    operation = Operation.objects.get(subject_id=str(trunk.pk))
    for node in trunk.data_centre.nodes.all():
        asked = {"wanted_generation": 1, "wanted_epoch": 1, "wanted_hash": "0" * 64}
        read = {"verified": True, "verified_at": Now(), "took_ms": 5}
        NodeState.objects.create(node=node, subject_kind=SUBJECT, subject_id=str(trunk.pk), **asked, **read)
    Operation.objects.filter(pk=operation.pk).update(status=Status.SUCCESS, finished_at=Now())
    operation.refresh_from_db()
    subject_of(SUBJECT).settled(operation)
    return Trunk.objects.select_related("wanted", "quote").get(pk=trunk.pk)


def signed_in(user: User) -> Client:
    """A browser inside this process."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
