"""Ordering as a service: limits, claims, money, and one change at a time, whoever asks."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Limits
from billing.enums import EntryKind
from billing.errors import NotEnoughCredit
from billing.models import LedgerEntry
from common.errors import Conflict
from provisioning.models import DataCentre
from tests.factories import make_account, make_member, make_specification, open_data_centre, order_trunk
from trunks.models import HostClaim, Trunk
from trunks.services import delete_trunk, disable_trunk

CLAIMED = (
    "127.77.128.1 cannot be used because it is registered to another customer. "
    "If it is yours, prove that you control it"
)


def refusal(account, specification):
    """What is wrong with the order, per field; nothing may be left of it."""
    before = Trunk.objects.count()
    with pytest.raises(ValidationError) as refused:
        order_trunk(account, specification)
    assert Trunk.objects.count() == before
    return refused.value.message_dict if hasattr(refused.value, "error_dict") else refused.value.messages


def test_a_name_is_taken_in_any_spelling(account, new_york):
    order_trunk(account, make_specification(new_york, name="Main office"))

    assert refusal(account, make_specification(new_york, name="MAIN office")) == {
        "name": ['You already have a trunk called "Main office". Enter a different name']
    }


def test_another_account_may_use_the_name(account, stranger_account, new_york):
    order_trunk(account, make_specification(new_york, name="Main office"))

    assert order_trunk(stranger_account, make_specification(new_york, name="Main office"))


def test_channels_beyond_the_limit_are_refused(account, new_york):
    Limits.objects.filter(account=account).update(channels=5)
    order_trunk(account, make_specification(new_york, channels=3))

    assert refusal(account, make_specification(new_york, channels=3)) == {
        "channels": ["You have 2 channels left. Enter 2 or less, or request more"]
    }


def test_trunks_beyond_the_limit_are_refused(account, new_york):
    Limits.objects.filter(account=account).update(trunks=1)
    order_trunk(account, make_specification(new_york))

    assert refusal(account, make_specification(new_york)) == ["You have 1 of 1 trunks. Delete one or request more"]


def test_a_full_data_centre_is_refused(account, new_york):
    Limits.objects.filter(account=account).update(trunks_per_data_centre=1)
    order_trunk(account, make_specification(new_york))

    assert refusal(account, make_specification(new_york)) == {
        "data_centre": ["New York has no free capacity. Select another data centre"]
    }


def test_a_third_data_centre_is_refused(account, new_york):
    order_trunk(account, make_specification(new_york))
    order_trunk(account, make_specification(open_data_centre("FRANKFURT")))
    DataCentre.objects.filter(code="SINGAPORE").update(is_open=True)

    assert refusal(account, make_specification(DataCentre.objects.get(code="SINGAPORE"))) == {
        "data_centre": ["You can use up to 2 data centres and already use Frankfurt and New York"]
    }


def test_deleted_trunks_give_back_name_and_room(account, new_york):
    Limits.objects.filter(account=account).update(trunks=1, channels=2)
    trunk = order_trunk(account, make_specification(new_york, name="Main office", channels=2))
    Trunk.objects.filter(pk=trunk.pk).update(withdrawn_at=trunk.created_at)

    assert order_trunk(account, make_specification(new_york, name="Main office", channels=2))


def test_an_address_of_another_customer_is_refused_without_saying_whose(account, stranger_account, new_york):
    order_trunk(stranger_account, make_specification(new_york, source_hosts=["127.77.128.1"]))

    assert refusal(account, make_specification(new_york, source_hosts=["127.77.128.9", "127.77.128.1"])) == {
        "sources": [CLAIMED]
    }
    assert not HostClaim.objects.filter(address="127.77.128.9").exists()


def test_an_own_address_is_refused_with_the_trunk_that_has_it(account, new_york):
    order_trunk(account, make_specification(new_york, name="Main office", source_hosts=["127.77.128.1"]))

    assert refusal(account, make_specification(new_york, source_hosts=["127.77.128.1"])) == {
        "sources": ['127.77.128.1 is already used by "Main office" in New York. Choose another address']
    }


def test_the_same_address_serves_in_another_data_centre(account, new_york):
    order_trunk(account, make_specification(new_york, source_hosts=["127.77.128.1"]))

    assert order_trunk(account, make_specification(open_data_centre("FRANKFURT"), source_hosts=["127.77.128.1"]))


def test_an_order_beyond_the_balance_holds_nothing(new_york):
    poor = make_account("Poor", money="1.00")

    with pytest.raises(NotEnoughCredit):
        order_trunk(poor, make_specification(new_york, channels=50))

    assert not Trunk.objects.exists()
    assert not LedgerEntry.objects.filter(kind=EntryKind.HOLD).exists()


@pytest.mark.parametrize("change", [disable_trunk, delete_trunk])
def test_another_change_waits_for_the_one_that_is_pending(account, new_york, change):
    trunk = order_trunk(account, make_specification(new_york))

    with pytest.raises(Conflict) as refused:
        change(trunk, make_member(account))

    assert refused.value.message == "Another change is still being applied. Try again when it has finished"
