"""The ledger: what may happen twice, what may never happen, and who wins a race."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import Error, IntegrityError, connection, transaction

from accounts.models import Account
from accounts.services import lock_account
from billing.enums import EntryKind
from billing.errors import NotEnoughCredit
from billing.models import LedgerEntry
from billing.services import balance_of, capture, credit, hold, release
from tests.factories import make_account


@pytest.fixture
def rich(db):
    return make_account(money="100.00")


def hold_some(account, amount="40.00", reference="trunk:1"):
    return hold(account, Decimal(amount), reference=reference, description="Main office", actor=None)


def figures(account):
    found = balance_of(account)
    return str(found.balance), str(found.held), str(found.available)


def test_a_hold_leaves_the_balance_and_lowers_what_is_available(rich):
    hold_some(rich)

    assert figures(rich) == ("100.00", "40.00", "60.00")


def test_a_capture_charges_what_was_held(rich):
    hold_some(rich)

    capture(rich, reference="trunk:1")

    assert figures(rich) == ("60.00", "0.00", "60.00")


def test_a_release_gives_everything_back(rich):
    hold_some(rich)

    release(rich, reference="trunk:1")

    assert figures(rich) == ("100.00", "0.00", "100.00")


@pytest.mark.parametrize("first", [capture, release])
@pytest.mark.parametrize("second", [capture, release])
def test_only_the_first_ending_of_a_hold_counts(rich, first, second):
    hold_some(rich)
    entry = first(rich, reference="trunk:1")
    before = figures(rich)

    assert second(rich, reference="trunk:1") == entry
    assert figures(rich) == before


def test_the_database_refuses_a_second_ending(rich):
    hold_some(rich)
    capture(rich, reference="trunk:1")

    with pytest.raises(IntegrityError):
        LedgerEntry.objects.create(account=rich, kind=EntryKind.RELEASE, reference="trunk:1")


def test_the_same_thing_is_held_once(rich):
    hold_some(rich)

    with pytest.raises(IntegrityError):
        hold_some(rich)


def test_the_same_credit_is_given_once(rich):
    credit(rich, Decimal(5), reference="transfer 7", description="", actor=None)

    with pytest.raises(IntegrityError):
        credit(rich, Decimal(5), reference="transfer 7", description="", actor=None)


def test_nothing_is_held_that_is_not_there(rich):
    with pytest.raises(NotEnoughCredit) as refusal:
        hold_some(rich, "100.01")

    assert (refusal.value.available, refusal.value.needed) == (Decimal("100.00"), Decimal("100.01"))
    assert figures(rich) == ("100.00", "0.00", "100.00")


def test_the_last_cent_can_be_held(rich):
    hold_some(rich, "100.00")

    assert figures(rich) == ("100.00", "100.00", "0.00")


def test_what_is_available_includes_the_credit_limit(db):
    account = make_account(money="10.00", credit=Decimal("25.00"))

    hold_some(account, "35.00")

    assert figures(account) == ("10.00", "35.00", "0.00")


def test_another_account_has_money_of_its_own(rich):
    other = make_account(money="0")

    assert figures(other) == ("0.00", "0.00", "0.00")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_ledgerentry SET balance_change = 1000000",
        "UPDATE billing_ledgerentry SET description = 'x'",
        "DELETE FROM billing_ledgerentry",
    ],
)
def test_the_database_refuses_to_alter_the_ledger(rich, statement):
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert figures(rich) == ("100.00", "0.00", "100.00")


def test_an_entry_is_not_deleted_through_the_model(rich):
    with pytest.raises(TypeError):
        LedgerEntry.objects.get().delete()


@pytest.mark.django_db(transaction=True)
def test_of_two_orders_at_once_only_one_gets_the_last_money():
    account = make_account(money="50.00")
    start = Barrier(2)

    def order(number):
        start.wait(timeout=10)
        try:
            with transaction.atomic():
                hold_some(lock_account(account.pk), "40.00", f"trunk:{number}")
        except NotEnoughCredit:
            return "refused"
        finally:
            connection.close()
        return "held"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(order, range(2)))

    assert answers == ["held", "refused"]
    assert figures(Account.objects.get()) == ("50.00", "40.00", "10.00")
