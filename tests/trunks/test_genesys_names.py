"""By what calls of Genesys are known: the name that they ask for, which leads to one trunk."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from tests.factories import genesys, make_specification, open_data_centre, order_trunk
from trunks.models import Trunk
from trunks.providers import Provider, provider_of
from trunks.services.claims import claim_provider_keys

know_them_by_name = import_module("trunks.migrations.0010_genesys_names").know_them_by_name


def facts(identifier, name, region="NA_US_EAST_1"):
    return {"region": region, "inbound_identifier": identifier, "outbound_fqdn": name}


@pytest.fixture
def place(db):
    return open_data_centre()


def test_two_trunks_of_one_account_cannot_have_the_same_name_for_their_calls(account, place):
    order_trunk(account, genesys(place, provider_facts=facts("acme", "calls.acme.example")))

    with pytest.raises(ValidationError) as refused:
        order_trunk(account, genesys(place, provider_facts=facts("other", "calls.acme.example")))

    assert list(refused.value.error_dict) == ["outbound_fqdn"]


def test_an_identifier_is_one_of_its_kind_in_its_region_only(account, place):
    order_trunk(account, genesys(place, provider_facts=facts("acme", "one.acme.example")))
    elsewhere = facts("acme", "two.acme.example", region="CA_CENTRAL_1")

    assert order_trunk(account, genesys(place, provider_facts=elsewhere)).call_key == "two.acme.example"


def test_a_trunk_of_before_the_upgrade_is_known_by_its_name_afterwards(account, place):
    trunk = order_trunk(account, genesys(place))
    Trunk.objects.update(call_key=trunk.provider_facts["inbound_identifier"], exclusive_key="as it was")

    know_them_by_name(apps, None)

    trunk.refresh_from_db()
    provider = provider_of("GENESYS_CLOUD")
    assert trunk.call_key == provider.call_key(trunk.provider_facts)
    assert trunk.exclusive_key == provider.exclusive_key(trunk.provider_facts)


def test_of_two_trunks_of_before_the_upgrade_with_one_name_the_older_keeps_it(account, place):
    older, newer = (order_trunk(account, genesys(place)) for _trunk in range(2))
    Trunk.objects.filter(pk=newer.pk).update(provider_facts=newer.provider_facts | same_name(older))

    know_them_by_name(apps, None)

    assert list(Trunk.objects.order_by("created_at").values_list("call_key", flat=True)) == [
        older.provider_facts["outbound_fqdn"],
        None,
    ]


def test_a_provider_whose_calls_carry_nothing_may_have_several_trunks(account, place):
    class Silent(Provider):
        code = "DIRECT"

        def exclusive_key(self, facts):
            return facts["word"]

    first, second = (order_trunk(account, make_specification(place)) for _trunk in range(2))

    claim_provider_keys(first, Silent(), {"word": "one"})
    claim_provider_keys(second, Silent(), {"word": "two"})

    assert set(Trunk.objects.values_list("call_key", "exclusive_key")) == {(None, "one"), (None, "two")}


def same_name(trunk):
    return {"outbound_fqdn": trunk.provider_facts["outbound_fqdn"]}
