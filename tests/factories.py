"""The smallest valid rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.enums import Role
from accounts.models import Account, Limits, Member, User
from accounts.services import lock_account
from addresses.models import ServiceAddress
from billing.models import NumberPrice, NumberRate, Plan, PlanActivation
from billing.quotes import offer
from billing.services import credit
from portal.demo import make_catalogue
from provisioning.enums import NodeRole
from provisioning.models import DataCentre, SbcNode
from routing.models import Number, NumberOrder
from routing.pricing import offer_for
from routing.services import Cart, buy_numbers
from routing.targets import Target
from trunks.limits import room_of
from trunks.models import Trunk
from trunks.providers import provider_of
from trunks.services import create_trunk
from trunks.specification import TrunkSettings, TrunkSpecification

_count = itertools.count(1)


def need_catalogue() -> None:
    """The data centres and plans; they are there unless a test before emptied the database."""
    if not Plan.objects.exists():
        make_catalogue()


def make_user(email: str = "", **fields: Any) -> User:
    email = email or f"person{next(_count)}@example.com"
    user = User.objects.create_user(email, "a long pass phrase", **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_account(name: str = "", *, money: str = "1000.00", **limits: Any) -> Account:
    """An account in USD with both plans active."""
    need_catalogue()
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
    need_catalogue()
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
    """A static trunk of its own address; `changes` are members of the specification or of its settings."""
    number = next(_count)
    settings = TrunkSettings(
        channels=2,
        name=f"Trunk {number}",
        codecs=["PCMA", "PCMU"],
        source_hosts=[f"127.77.{128 + number // 250 % 100}.{1 + number % 250}"],
        destinations=[("127.77.200.1", 5060)],
    )
    later = {name: changes.pop(name) for name in TrunkSettings.names() if name in changes}
    specification = TrunkSpecification(
        kind="STATIC",
        provider="DIRECT",
        plan_code="METERED",
        data_centre=data_centre,
        service_address=None,
        settings=replace(settings, **later),
    )
    return replace(specification, **changes)


def registered(data_centre: DataCentre, **changes: Any) -> TrunkSpecification:
    """A trunk that a PBX registers on."""
    values = {"kind": "REGISTERED", "source_hosts": [], "destinations": [], "challenge_invites": True}
    return make_specification(data_centre, **(values | changes))


def freshworks(data_centre: DataCentre, **changes: Any) -> TrunkSpecification:
    """A trunk for Freshworks, its Twilio account and domain new."""
    number = next(_count)
    facts = {"account_sid": f"AC{number:032x}", "sip_domain": f"example{number}.sip.twilio.com"}
    return _for_provider("FRESHWORKS", data_centre, facts, changes)


def genesys(data_centre: DataCentre, **changes: Any) -> TrunkSpecification:
    """A trunk for Genesys PureCloud, its identifier new."""
    facts = provider_of("GENESYS_CLOUD").clean({"region": "NA_US_EAST_1"})
    return _for_provider("GENESYS_CLOUD", data_centre, facts, changes)


def _for_provider(
    code: str, data_centre: DataCentre, facts: dict[str, str], changes: dict[str, Any]
) -> TrunkSpecification:
    values = {
        "kind": "PROVIDER",
        "provider": code,
        "provider_facts": facts,
        "source_hosts": [],
        "destinations": [],
    }
    return make_specification(data_centre, **(values | changes))


def order_trunk(account: Account, specification: TrunkSpecification, actor: User | None = None) -> Trunk:
    """Pay for a trunk, without the wizard; with an address where it needs one. Committed; the operation is pending."""
    actor = actor or make_member(account)
    if specification.data_centre.in_the_us and specification.service_address is None:
        specification = replace(specification, service_address=_site_of(account))
    with transaction.atomic():
        price = offer(specification.plan_code, specification.settings.channels, account.currency)
        account = lock_account(account.pk)
        return create_trunk(account, room_of(account), specification, price, actor)


def make_number(e164: str, data_centre: DataCentre, *, monthly: str = "3.10", **fields: Any) -> Number:
    """For sale, at a rate of its own price in USD."""
    rate, _made = NumberRate.objects.get_or_create(code=f"RATE-{monthly.replace('.', '-')}")
    NumberPrice.objects.get_or_create(rate=rate, currency="USD", defaults={"monthly": Decimal(monthly)})
    values = {"country": "US", "area": "Chicago", "rate": rate}
    return Number.objects.create(e164=e164, data_centre=data_centre, **{**values, **fields})


def buy(account: Account, numbers: Iterable[Number], actor: User | None = None, target: Target = None) -> NumberOrder:
    """Pay for numbers at today's price. Their operations are pending."""
    picked = list(numbers)
    seen = offer_for(picked, account.currency).fingerprint
    cart = Cart(uuid4(), [number.pk for number in picked], target, seen)
    order, _placed_now = buy_numbers(account.pk, cart, actor or make_member(account))
    for number in picked:
        number.refresh_from_db()
    return order


def _site_of(account: Account) -> ServiceAddress:
    return account.addresses.filter(name="Site").first() or make_address(account, "Site")
