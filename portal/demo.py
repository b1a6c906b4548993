"""Demo data: the ten data centres of the product page, plans with prices, an account with money and people.

Everything is written only where it is missing, so that it can run at every start.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.enums import Role
from accounts.models import Account, Limits, Member, User
from accounts.services import lock_account
from addresses.models import ServiceAddress
from billing.enums import PlanCode
from billing.models import LedgerEntry, NumberPrice, NumberRate, Plan, PlanActivation, Price
from billing.services import credit
from portal.staff_groups import GROUPS, READERS, SUPPORT, make_staff_groups, staff_group
from provisioning.models import DataCentre
from routing.inventory import read_number
from routing.models import Number
from routing.services import give_number

# Name, place, country, published addresses for static and for registered trunks: the product page's table.
DATA_CENTRES = {
    "FRANKFURT": ("Frankfurt", "Frankfurt, Germany", "DEU", "62.140.31.124", "62.140.31.213"),
    "BOGOTA": ("Bogotá", "Bogotá, Colombia", "COL", "81.23.252.124", "81.23.252.80"),
    "NEW_YORK": ("New York", "New York, US", "USA", "185.255.9.23", "185.255.9.216"),
    "PORTLAND": ("Portland", "Portland, US", "USA", "185.255.11.170", "185.255.11.110"),
    "SAO_PAULO": ("São Paulo", "São Paulo, Brazil", "BRA", "81.23.253.104", "81.23.253.60"),
    "SINGAPORE": ("Singapore", "Singapore", "SGP", "81.23.254.103", "81.23.254.222"),
    "JOHANNESBURG": ("Johannesburg", "Johannesburg, South Africa", "ZAF", "202.22.162.104", "202.22.162.50"),
    "MOSCOW": ("Moscow", "Moscow, Russia", "RUS", "202.22.163.127", "202.22.163.222"),
    "ISTANBUL": ("Istanbul", "Istanbul, Türkiye", "TUR", "202.22.169.124", "202.22.169.222"),
    "KUALA_LUMPUR": ("Kuala Lumpur", "Kuala Lumpur, Malaysia", "MYS", "202.22.165.100", "202.22.165.222"),
}
PLANS = {
    PlanCode.METERED: (
        "One price per channel anywhere. Calls are charged by usage.",
        {"USD": "15", "EUR": "14"},
    ),
    PlanCode.UNLIMITED: (
        "Calls to US numbers are included (fair use). Others by usage.",
        {"USD": "24", "EUR": "22"},
    ),
}
PEOPLE = {
    "owner@example.com": ("Olivia", "Owner", Role.OWNER),
    "engineer@example.com": ("Emil", "Engineer", Role.ENGINEER),
    "admin@example.com": ("Ada", "Admin", Role.ADMIN),
    "billing@example.com": ("Bea", "Billing", Role.BILLING),
    "viewer@example.com": ("Vic", "Viewer", Role.VIEWER),
    "staff@example.com": ("Sam", "Support", SUPPORT),
    "reader@example.com": ("Rita", "Reader", READERS),
}
NUMBERS = ("+13125550100", "+13125550101", "+13125550102")
# What can be bought: how each number begins, how many there are, home, area, kind, rate.
STOCK = [
    ("+13125550", 120, 60, "NEW_YORK", "Chicago", "LOCAL", "US-LOCAL"),
    ("+12125550", 120, 60, "NEW_YORK", "New York", "LOCAL", "US-LOCAL"),
    ("+14155550", 120, 60, "NEW_YORK", "San Francisco", "LOCAL", "US-LOCAL"),
    ("+1800555", 1200, 20, "NEW_YORK", "", "TOLL_FREE", "US-TOLL-FREE"),
    ("+4969900", 10000, 40, "FRANKFURT", "Frankfurt am Main", "LOCAL", "DE-LOCAL"),
]
RATES = {
    "US-LOCAL": ("Local numbers in the United States", {"USD": "1.50", "EUR": "1.40"}),
    "US-TOLL-FREE": ("Toll-free numbers in the United States", {"USD": "3.00", "EUR": "2.80"}),
    "DE-LOCAL": ("Local numbers in Germany", {"USD": "2.20", "EUR": "2.00"}),
}


@dataclass(frozen=True, slots=True)
class SignIn:
    """`password` is empty for people who existed before: only its hash is kept."""

    role: str
    email: str
    password: str


@transaction.atomic
def make_catalogue() -> None:
    """The data centres and the plans: what every installation begins with."""
    for code, (name, place, country, static, registered) in DATA_CENTRES.items():
        DataCentre.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "place": place,
                "country_code": country,
                "static_address": static,
                "registered_address": registered,
            },
        )
    for code, (description, prices) in PLANS.items():
        plan, _made = Plan.objects.get_or_create(code=code, defaults={"description": description})
        for currency, amount in prices.items():
            Price.objects.get_or_create(plan=plan, currency=currency, defaults={"per_channel": Decimal(amount)})


@transaction.atomic
def make_demo() -> list[SignIn]:
    """An account with 5,000 USD, both plans, an address, numbers in New York, and people to sign in as."""
    make_catalogue()
    make_staff_groups()
    account, _made = Account.objects.get_or_create(name="Example Telephony Inc", defaults={"currency": "USD"})
    Limits.objects.get_or_create(account=account, defaults={"channels": 500})
    for plan in Plan.objects.all():
        PlanActivation.objects.get_or_create(plan=plan, account=account)
    if not LedgerEntry.objects.filter(reference="demo").exists():
        lock_account(account.pk)
        credit(
            account,
            Decimal("5000.00"),
            reference="demo",
            description="Opening credit of the demo",
            actor=None,
        )
    ServiceAddress.objects.get_or_create(
        account=account,
        name="Chicago HQ",
        defaults={
            "street": "233 S Wacker Drive",
            "city": "Chicago",
            "region_code": "US-IL",
            "post_code": "60606",
            "country_code": "USA",
        },
    )
    make_stock()
    for e164 in NUMBERS:
        number, made = Number.objects.get_or_create(
            e164=e164, defaults={"data_centre_id": "NEW_YORK", "country": "US", "area": "Chicago"}
        )
        if made:
            give_number(number, account, None, actor=None)
    return [_person(account, email, *details) for email, details in PEOPLE.items()]


def make_stock() -> None:
    """Numbers for sale with their rates, where nobody has loaded any."""
    for code, (description, prices) in RATES.items():
        rate, _made = NumberRate.objects.get_or_create(code=code, defaults={"description": description})
        for currency, amount in prices.items():
            NumberPrice.objects.get_or_create(rate=rate, currency=currency, defaults={"monthly": Decimal(amount)})
    if not Number.objects.exclude(rate=None).exists():
        Number.objects.bulk_create(_stock())


def _stock() -> Iterator[Number]:
    for begin, first, count, place, area, kind, rate in STOCK:
        for at in range(first, first + count):
            e164, country = read_number(f"{begin}{at}")
            yield Number(e164=e164, country=country, data_centre_id=place, area=area, kind=kind, rate_id=rate)


def _person(account: Account, email: str, first: str, last: str, part: str) -> SignIn:
    """`part` is a role in the account, or a group of staff."""
    label = part if part in GROUPS else str(Role(part).label)
    if User.objects.filter(email=email).exists():
        return SignIn(label, email, "")
    password = secrets.token_urlsafe(12)
    user = User.objects.create_user(email, password, first_name=first, last_name=last, is_staff=part in GROUPS)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    if part in GROUPS:
        user.groups.add(staff_group(part))
    else:
        Member.objects.create(account=account, user=user, role=part)
    return SignIn(label, email, password)
