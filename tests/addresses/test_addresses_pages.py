"""The pages of service addresses: who may, what they show, where they lead."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from addresses.models import ServiceAddress
from tests.addresses.corpus import GOOD
from tests.factories import make_address, make_specification, open_data_centre, order_trunk

LIST, ADD = reverse("addresses:list"), reverse("addresses:add")
PAGES = ["addresses:edit", "addresses:delete"]


@pytest.fixture
def chicago(account):
    return make_address(account)


def labels(content):
    """Of region and post code."""
    return re.findall(r'<label for="id_(?:region|post)_code">\s*([^<\n]*)', content)


@pytest.fixture
def trunk(account, chicago):
    return order_trunk(account, make_specification(open_data_centre(), name="Main office", service_address=chicago))


def test_without_addresses_the_list_says_who_needs_one(alice):
    assert "You need one for trunks in the United States." in alice.get(LIST).content.decode()


def test_the_list_shows_the_address_and_links_its_trunks(alice, trunk):
    content = alice.get(LIST).content.decode()

    assert "Chicago, IL 60606" in content
    assert "United States of America" in content
    assert f'<a href="{reverse("trunks:detail", args=[trunk.pk])}">Main office</a>' in content


def test_adding_saves_and_is_audited(alice, account):
    response = alice.post(ADD, GOOD)

    assert (response.status_code, response["Location"]) == (303, LIST)
    assert ServiceAddress.objects.get().account == account
    assert AuditEvent.objects.get(action="address.add").account == account


def test_labels_follow_the_country(alice):
    american = alice.get(ADD).content.decode()
    canadian = alice.post(ADD, {**GOOD, "country_code": "CAN", "action": "regions"}).content.decode()

    assert labels(american) == ["State", "ZIP code"]
    assert labels(canadian) == ["Province", "Post code"]
    assert "Ontario" in canadian


def test_updating_the_regions_keeps_the_answers_and_complains_of_nothing(alice):
    response = alice.post(ADD, {**GOOD, "city": "", "country_code": "CAN", "action": "regions"})

    content = response.content.decode()
    assert response.status_code == 200
    assert 'value="233 S Wacker Drive"' in content
    assert "There is a problem" not in content
    assert not ServiceAddress.objects.exists()


def test_htmx_gets_region_and_post_code_alone(alice):
    content = alice.post(
        ADD, {**GOOD, "country_code": "CAN", "action": "regions"}, headers={"HX-Request": "true"}
    ).content.decode()

    assert "<html" not in content
    assert "Ontario" in content
    assert "Province list updated" in content


def test_a_country_without_regions_does_not_ask_for_one(alice):
    content = alice.post(ADD, {**GOOD, "country_code": "DEU", "action": "regions"}).content.decode()

    assert 'id="id_region_code"' not in content


def test_only_what_may_be_left_out_is_called_optional(alice):
    content = alice.get(ADD).content.decode()

    assert content.count("(optional)") == 1
    assert "Suite, floor or unit <small>(optional)</small>" in content


def test_the_way_back_to_the_order_carries_the_address(alice):
    response = alice.post(f"{ADD}?next=/trunks/new/1/settings/%3Fx%3D1", GOOD)

    assert response["Location"] == f"/trunks/new/1/settings/?x=1&address={ServiceAddress.objects.get().pk}"


def test_cancelling_leads_back_to_the_order(alice):
    content = alice.get(f"{ADD}?next=/trunks/new/1/settings/").content.decode()

    assert content.count('href="/trunks/new/1/settings/"') == 2


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "x"]
)
def test_nobody_is_led_elsewhere(alice, elsewhere):
    response = alice.post(ADD + "?" + f"next={elsewhere}", GOOD)

    assert response["Location"] == LIST


def test_editing_says_who_uses_the_address(alice, trunk, chicago):
    content = alice.get(reverse("addresses:edit", args=[chicago.pk])).content.decode()

    assert "1 trunk uses this address" in content


def test_a_used_address_may_be_corrected(alice, trunk, chicago):
    response = alice.post(reverse("addresses:edit", args=[chicago.pk]), {**GOOD, "street": "1 N State Street"})

    chicago.refresh_from_db()
    assert response.status_code == 303
    assert chicago.street == "1 N State Street"


def test_an_unused_address_is_deleted(alice, chicago):
    response = alice.post(reverse("addresses:delete", args=[chicago.pk]))

    assert response.status_code == 303
    assert not ServiceAddress.objects.exists()


def test_a_used_address_offers_no_deletion_and_says_why(alice, trunk, chicago):
    response = alice.get(reverse("addresses:delete", args=[chicago.pk]))

    content = response.content.decode()
    assert "Used by 1 trunk: &quot;Main office&quot;. Delete that trunk first." in content
    assert ">Delete</button>" not in content


def test_deleting_a_used_address_is_refused(alice, trunk, chicago):
    response = alice.post(reverse("addresses:delete", args=[chicago.pk]))

    assert response.status_code == 409
    assert ServiceAddress.objects.filter(pk=chicago.pk).exists()


def test_a_viewer_reads_the_list_and_changes_nothing(bob, chicago):
    assert "Chicago HQ" in bob.get(LIST).content.decode()
    assert bob.post(ADD, GOOD).status_code == 403
    for name in PAGES:
        assert bob.post(reverse(name, args=[chicago.pk]), GOOD).status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_a_strangers_address_is_404(charlie, chicago, name):
    assert charlie.get(reverse(name, args=[chicago.pk])).status_code == 404
    assert charlie.post(reverse(name, args=[chicago.pk]), GOOD).status_code == 404
    assert "Chicago HQ" not in charlie.get(LIST).content.decode()


def test_visitors_sign_in_first(client, chicago):
    for url in [LIST, ADD, *(reverse(name, args=[chicago.pk]) for name in PAGES)]:
        assert client.get(url)["Location"].startswith(reverse("account_login"))


def test_three_rows_need_as_many_queries_as_one(alice, account, trunk):
    alice.get(LIST)
    with CaptureQueriesContext(connection) as one:
        alice.get(LIST)
    for name in ("Two", "Three"):
        address = make_address(account, name)
        order_trunk(account, make_specification(trunk.data_centre, service_address=address))

    with CaptureQueriesContext(connection) as three:
        alice.get(LIST)

    assert len(three) == len(one)
