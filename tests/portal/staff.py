"""People of the staff, and one row of everything they look at."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client

from accounts.models import Account, AuditEvent, User
from billing.models import LedgerEntry, NumberRate, Plan, PlanActivation
from billing.plan_requests import ask_for_plan
from calls.models import NodeCursor
from portal.staff_groups import READERS, SUPPORT, staff_group
from provisioning.models import Gateway, NodeState, Operation, ProviderSource, SbcNode
from routing.models import Number
from tests.calls.rows import make_call
from tests.factories import (
    buy,
    make_address,
    make_member,
    make_number,
    make_specification,
    make_user,
    open_data_centre,
    order_trunk,
)
from tests.routing.roads import make_route
from trunks.models import TrunkDraft

REASON = "The customer called about it"


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def member_of_staff(group: str, email: str = "staff@example.com") -> User:
    user = make_user(email, is_staff=True)
    user.groups.add(staff_group(group))
    return user


@pytest.fixture
def staff(db: None) -> Client:
    """May do what support may."""
    return sign_in(member_of_staff(SUPPORT))


@pytest.fixture
def reader(db: None) -> Client:
    """May look at everything and change nothing."""
    return sign_in(member_of_staff(READERS, "reader@example.com"))


@pytest.fixture
def root(db: None) -> Client:
    return sign_in(make_user("root@example.com", is_staff=True, is_superuser=True))


@pytest.fixture
def rows(account: Account) -> dict[str, Any]:
    """One row of every kind that has a staff page, by the name of its model."""
    new_york = open_data_centre()
    member = make_member(account)
    trunk = order_trunk(account, make_specification(new_york, service_address=make_address(account)), member)
    PlanActivation.objects.filter(account=account, plan="UNLIMITED").delete()
    node = SbcNode.objects.all()[0]
    state = {"subject_kind": "trunk", "subject_id": str(trunk.pk), "wanted_generation": 1, "wanted_epoch": 1}
    made: list[Model | None] = [
        account,
        member,
        EmailAddress.objects.get_or_create(user=member, email="second@example.com")[0],
        Authenticator.objects.create(user=member, type=Authenticator.Type.TOTP, data={}),
        UserSession.objects.create(user=member, ip="127.0.0.1", session_key="somebody-else", user_agent=""),
        AuditEvent.objects.first(),
        Group.objects.create(name="Somebody"),
        trunk,
        trunk.wanted,
        trunk.quote,
        trunk.service_address,
        trunk.claims.get(),
        TrunkDraft.objects.create(account=account),
        new_york,
        node,
        NodeState.objects.create(node=node, **state),
        Gateway.objects.create(data_centre=new_york, name="gw", host="127.77.1.99"),
        Operation.objects.get(subject_kind="trunk"),
        Number.objects.create(e164="+13125550199", data_centre=new_york, account=account),
        buy(account, [make_number("+13125550198", new_york)], member),
        make_route(account, "Day", trunk, actor=member),
        NumberRate.objects.get(),
        Plan.objects.first(),
        ask_for_plan(account, Plan.objects.get(pk="UNLIMITED"), member),
        LedgerEntry.objects.first(),
        make_call(trunk),
        NodeCursor.objects.create(node=node),
        ProviderSource.objects.create(provider="FRESHWORKS", network="192.0.2.0/30"),
    ]
    return {row._meta.label_lower: row for row in made if row is not None}
