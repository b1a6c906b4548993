"""The smallest valid rows."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.enums import Role
from accounts.models import Account, Limits, Member, User
from accounts.services import lock_account
from addresses.models import ServiceAddress
from billing.models import Plan, PlanActivation
from billing.quotes import offer
from billing.services import credit
from portal.demo import make_catalogue
from provisioning.enums import NodeRole
from provisioning.models import DataCentre, SbcNode
from trunks.limits import room_of
from trunks.models import Trunk
from trunks.services import create_trunk
from trunks.specification import TrunkSpecification

_count = itertools.count(1)


def make_user(email: str = "", **fields: Any) -> User:
    email = email or f"person{next(_count)}@example.com"
    user = User.objects.create_user(email, "a long pass phrase", **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_account(name: str = "", *, money: str = "1000.00", **limits: Any) -> Account:
    """An account in USD with both plans active."""
    make_catalogue()
    account = Account.objects.create(name=name or f"Account {next(_count)}")
    Limits.objects.create(account=account, **limits)
    for plan in Plan.objects.all():
        PlanActivation.objects.create(plan=plan, account=account)
    if Decimal(money):
        with transaction.atomic():
            lock_account(account.pk)
            credit(account, Decimal(money), reference=f"test{next(_count)}", description="Test", actor=None)
    return account


def make_member(account: Account, role: Role = Role.ENGINEER, email: str = "") -> User:
    user = make_user(email)
    Member.objects.create(account=account, user=user, role=role)
    return user


def make_address(account: Account, name: str = "Chicago HQ", **fields: Any) -> ServiceAddress:
    values = {
        "street": "233 S Wacker Drive",
        "city": "Chicago",
        "region_code": "US-IL",
        "post_code": "60606",
        "country_code": "USA",
    }
    return ServiceAddress.objects.create(account=account, name=name, **{**values, **fields})


def open_data_centre(code: str = "NEW_YORK", *, primary: str = "", backup: str = "") -> DataCentre:
    """An open data centre; `primary` and `backup` are URLs of node agents."""
    make_catalogue()
    DataCentre.objects.filter(code=code).update(is_open=True)
    data_centre = DataCentre.objects.get(code=code)
    for role, url, host in ((NodeRole.PRIMARY, primary, 10), (NodeRole.BACKUP, backup, 11)):
        SbcNode.objects.create(
            name=f"{code.lower()}-{role.lower()}",
            data_centre=data_centre,
            role=role,
            static_address=f"127.77.1.{host}",
            agent_url=url or "http://127.0.0.1:9",
        )
    return data_centre


def make_specification(data_centre: DataCentre, **changes: Any) -> TrunkSpecification:
    number = next(_count)
    specification = TrunkSpecification(
        kind="STATIC",
        provider="DIRECT",
        plan_code="METERED",
        channels=2,
        name=f"Trunk {number}",
        data_centre=data_centre,
        service_address=None,
        codecs=["PCMA", "PCMU"],
        dtmf="RFC2833",
        fax="NONE",
        number_format="E164",
        international=False,
        options=False,
        strategy="FAILOVER",
        source_hosts=[f"127.77.{128 + number // 250 % 100}.{1 + number % 250}"],
        destinations=[("127.77.200.1", 5060)],
    )
    return replace(specification, **changes)


def order_trunk(account: Account, specification: TrunkSpecification, actor: User | None = None) -> Trunk:
    """Pay for a trunk, without the wizard. Committed; the operation is pending."""
    actor = actor or make_member(account)
    with transaction.atomic():
        price = offer(specification.plan_code, specification.channels, account.currency)
        account = lock_account(account.pk)
        return create_trunk(account, room_of(account), specification, price, actor)
