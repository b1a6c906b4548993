"""Customers of the benchmark: each an account of its own with money, room and somebody who is signed in over HTTP."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from portal.bench.portal import RunningPortal, sign_in

MOST = 1_000_000
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Customer:
    """`portal` is the portal with this customer's cookies."""

    portal: RunningPortal
    address_id: UUID


def make_customer(portal: RunningPortal) -> Customer:
    """A new account that may order as much as it is asked to here. Django is set up."""
    from allauth.account.models import EmailAddress  # models exist only once Django is set up
    from django.db import transaction

    from accounts.enums import Role
    from accounts.models import Account, Limits, Member, User
    from accounts.services import lock_account
    from addresses.models import ServiceAddress
    from billing.models import Plan, PlanActivation
    from billing.services import credit

    number, password = next(_numbers), secrets.token_urlsafe(16)
    email = f"bench{number}@example.com"
    with transaction.atomic():
        account = Account.objects.create(name=f"Bench {number}")
        Limits.objects.create(account=account, trunks=MOST, trunks_per_data_centre=MOST, channels=MOST)
        PlanActivation.objects.create(account=account, plan=Plan.objects.get(code="METERED"))
        credit(lock_account(account.pk), Decimal(MOST), reference=email, description="Bench", actor=None)
        address = ServiceAddress.objects.create(
            account=account,
            name="Bench",
            street="233 S Wacker Drive",
            city="Chicago",
            region_code="US-IL",
            post_code="60606",
            country_code="USA",
        )
        user = User.objects.create_user(email, password)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        Member.objects.create(account=account, user=user, role=Role.ENGINEER)
    return Customer(RunningPortal(portal.url, sign_in(portal.url, email, password)), address.pk)
