"""Fixtures that every test may use. Run through `bin/test`, which brings PostgreSQL and Valkey."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import Account
from tests.factories import make_account, make_member


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """A safe hash costs a third of a second per person."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def account(db: None) -> Account:
    return make_account("Alice Telecom")


@pytest.fixture
def stranger_account(db: None) -> Account:
    return make_account("Charlie Calls")


def _signed_in(account: Account, role: Role) -> Client:
    client = Client()
    client.force_login(make_member(account, role), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def alice(account: Account) -> Client:
    """May change everything of `account`."""
    return _signed_in(account, Role.ENGINEER)


@pytest.fixture
def bob(account: Account) -> Client:
    """Reads `account`."""
    return _signed_in(account, Role.VIEWER)


@pytest.fixture
def charlie(stranger_account: Account) -> Client:
    """Belongs to another account."""
    return _signed_in(stranger_account, Role.OWNER)
