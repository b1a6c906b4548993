"""Fixtures that every test may use. Run through `bin/test`, which brings PostgreSQL and Valkey."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, TransactionTestCase, override_settings

from accounts.enums import Role
from accounts.models import Account
from tests.emptying import empty_database
from tests.factories import make_account, make_member, need_catalogue


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """A safe hash costs a third of a second per person."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """With data centres and plans, as every installation has them, so that not each test makes them."""
    with django_db_blocker.unblock():
        need_catalogue()


@pytest.fixture(scope="session", autouse=True)
def quick_emptying() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty_database())
        yield


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For rows that all tests of a module begin with: each test undoes what it does, the module's end undoes the rows.

    Not for tests that commit, nor for those that look at the database's clock, which stands still meanwhile.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


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
