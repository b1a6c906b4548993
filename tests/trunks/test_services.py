"""Ordering as a service: limits, claims, money, and one change at a time, whoever asks."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.models import Limits
from billing.enums import EntryKind
from billing.errors import NotEnoughCredit
from billing.models import LedgerEntry
from common.errors import Conflict
from provisioning.enums import Status
from provisioning.models import DataCentre, NodeState
from tests.factories import (
    freshworks,
    make_account,
    make_address,
    make_member,
    make_specification,
    open_data_centre,
    order_trunk,
)
from tests.trunks.states import ask_nodes, settle
from trunks.limits import room_of, validate_name_is_free
from trunks.models import HostClaim, Trunk
from trunks.models.claim import CONSTRAINT
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


def test_a_name_is_looked_for_by_the_database(account, new_york, django_assert_num_queries):
    order_trunk(account, make_specification(new_york, name="Main office"))

    with django_assert_num_queries(1) as asked, pytest.raises(ValidationError):
        validate_name_is_free(account, "MAIN office")
    with django_assert_num_queries(1) as counted:
        room_of(account)

    assert "UPPER" in asked[0]["sql"]
    assert 'trunkrevision"."name' not in counted[0]["sql"]


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


def test_the_owner_of_an_address_is_looked_for_by_the_address_first(new_york):
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [CONSTRAINT])
        definition = cursor.fetchone()[0]

    assert definition.index("address") < definition.index("data_centre_id")


def test_a_host_that_no_form_looked_at_is_refused(account, new_york):
    hosts = {"source_hosts": ["10.0.0.1", "127.77.128.1"], "destinations": [("192.168.1.1", 5060), ("pbx", 0)]}

    assert refusal(account, make_specification(new_york, **hosts)) == {
        "sources": ["10.0.0.1 is a private address. In this lab use 127.77.128.0 to 127.77.255.255"],
        "destinations": [
            "192.168.1.1 is a private address. In this lab use 127.77.128.0 to 127.77.255.255",
            '"pbx" is not a full public name. Enter it like pbx.example.com',
        ],
    }


def test_more_hosts_than_the_account_may_have_are_refused(account, new_york):
    Limits.objects.filter(account=account).update(hosts_per_direction=1)
    hosts = ["127.77.128.1", "127.77.128.2"]

    assert refusal(account, make_specification(new_york, source_hosts=hosts)) == {
        "sources": ["You can enter up to 1 source IP addresses"]
    }


def test_hosts_and_name_are_stored_tidy_whoever_asks(account, new_york):
    hosts = {"source_hosts": [" ::ffff:127.77.128.1 "], "destinations": [("PBX.Example.com.", 0)]}

    trunk = order_trunk(account, make_specification(new_york, name="  Main   office ", **hosts))

    assert (trunk.wanted.source_hosts, trunk.wanted.destinations) == (["127.77.128.1"], [["pbx.example.com", 0]])
    assert trunk.name == trunk.wanted.name == "Main office"


def test_the_national_format_needs_equipment_in_the_united_states(account, new_york):
    national = {"number_format": "US_NATIONAL"}

    berlin = make_address(account, "Berlin", country_code="DEU")

    assert list(refusal(account, make_specification(new_york, service_address=berlin, **national))) == ["number_format"]
    assert order_trunk(account, make_specification(new_york, service_address=make_address(account), **national))


def test_an_address_elsewhere_is_refused_where_the_equipment_is_said_to_be_in_the_united_states(account, new_york):
    berlin = make_address(account, "Berlin", country_code="DEU")

    refused = refusal(account, make_specification(new_york, service_address=berlin, in_the_us=True))

    assert list(refused) == ["service_address"]
    assert (
        "Berlin is in Germany, and you said that your equipment is in the United States"
        in refused["service_address"][0]
    )
    assert order_trunk(account, make_specification(new_york, service_address=berlin, in_the_us=False))


def test_an_address_of_a_failed_order_says_whose_it_is_and_what_to_do(account, new_york):
    failed = order_trunk(account, make_specification(new_york, name="Main office", source_hosts=["127.77.128.1"]))
    ask_nodes(failed)
    NodeState.objects.update(held_generation=1)
    settle(failed, Status.FAILED, verified=(True, False))

    refused = refusal(account, make_specification(new_york, source_hosts=["127.77.128.1"]))

    assert '127.77.128.1 is still held by the order of "Main office" that failed' in refused["sources"][0]
    assert "Try again in some minutes, or choose another address" in refused["sources"][0]


def test_a_providers_own_fields_are_judged_by_the_provider(account, new_york):
    facts = {"account_sid": "AC1", "sip_domain": "example.com"}

    assert list(refusal(account, freshworks(new_york, provider_facts=facts))) == ["account_sid", "sip_domain"]


def test_a_provider_dictates_its_presets_to_an_order_too(account, new_york):
    trunk = order_trunk(account, freshworks(new_york, codecs=["G729"], source_hosts=["127.77.128.1"]))

    assert (trunk.wanted.codecs, trunk.wanted.source_hosts) == (["PCMU", "PCMA"], [])


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
