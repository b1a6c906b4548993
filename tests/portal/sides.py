"""Every address from the resolver, two accounts with one of everything, and how the isolation tests ask."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Invitation, Member, User
from provisioning.models import DataCentre
from routing.models import Number
from tests.calls.rows import make_call
from tests.factories import buy, make_account, make_address, make_member, make_number, order_trunk, registered
from tests.routing.roads import make_route
from trunks.models import TrunkDraft

DONE = {200, 204, 286, 302, 303, 400, 409, 422}
REFUSED = {403, 405}
ODD_METHODS = ("put", "patch", "delete")
# What signing in writes by itself.
WRITTEN_BY_LOOKING, WRITTEN_BY_ENTERING = {"sessions.session", "usersessions.usersession"}, "last_login"


def _addresses(resolver: Any, space: str = "", route: str = "", words: tuple[str, ...] = ()) -> Iterator[Any]:
    for entry in resolver.url_patterns:
        asked = (*words, *entry.pattern.regex.groupindex)
        path = route + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield space + entry.name if entry.name else path, asked
        else:
            yield from _addresses(entry, f"{space}{entry.namespace}:" if entry.namespace else space, path, asked)


# Name (or route, where there is none) → the words that its address is made with.
ADDRESSES: dict[str, tuple[str, ...]] = dict(_addresses(get_resolver()))


class Side:
    """One account with one of everything, every text in it containing `canary`."""

    def __init__(self, canary: str, data_centre: DataCentre, number: str) -> None:
        self.canary = canary
        self.account = make_account(f"{canary} account")
        self.people = {role: make_member(self.account, role, f"{canary}-{role.lower()}@example.com") for role in Role}
        engineer = self.people[Role.ENGINEER]
        self.trunk = order_trunk(self.account, registered(data_centre, name=f"{canary} trunk"), engineer)
        settings = {"name": [f"{canary} draft"]}
        self.draft = TrunkDraft.objects.create(
            account=self.account, created_by=engineer, answers={"settings": settings, "provider": {}}
        )
        self.address = make_address(self.account, f"{canary} address")
        self.call = make_call(self.trunk, caller=f"{canary} caller", caller_e164="")
        self.number = Number.objects.create(e164=number, account=self.account, data_centre=data_centre)
        self.order = buy(self.account, [make_number(f"{number[:-2]}5{number[-1]}", data_centre)], engineer)
        self.route = make_route(self.account, f"{canary} route", self.trunk, actor=engineer)
        self.invitation = self._invite()

    def _invite(self) -> Invitation:
        invitation = Invitation(
            account=self.account,
            email=f"{self.canary}-invited@example.com",
            role=Role.VIEWER,
            invited_by=self.people[Role.OWNER],
            token_hash=uuid4().hex,
            expires_at=timezone.now() + timedelta(days=7),
        )
        invitation.save()
        return invitation

    def url(self, name: str) -> str:
        values = {
            "trunk_id": self.trunk.pk,
            "draft_id": self.draft.pk,
            "address_id": self.address.pk,
            "member_id": Member.objects.get(account=self.account, user=self.people[Role.VIEWER]).pk,
            "invitation_id": self.invitation.pk,
            "token": "unknown",
            "step": "plan",
            "e164": self.number.pk,
            "order_id": self.order.pk,
            "pk": self.call.pk,
            "route_id": self.route.pk,
        }
        return reverse(name, kwargs={word: values[word] for word in ADDRESSES[name]})


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def status_of(client: Client, method: str, url: str, data: Any = None, **headers: str) -> int:
    status: int = getattr(client, method)(url, data or {}, headers=headers).status_code
    return status


def status_of_trying(client: Client, method: str, url: str, data: Any = None) -> int:
    """The answer's status; whatever it changed is undone, and the person still signed in."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        status = status_of(client, method, url, data)
        transaction.set_rollback(True)
    client.cookies = cookies
    return status


def everything() -> dict[Any, list[Any]]:
    """Every row of every table."""
    models = (model for model in apps.get_models() if model._meta.label_lower not in WRITTEN_BY_LOOKING)
    return {model: [_lasting(row) for row in model._default_manager.order_by("pk").values()] for model in models}


def _lasting(row: dict[str, Any]) -> dict[str, Any]:
    return {column: value for column, value in row.items() if column != WRITTEN_BY_ENTERING}
