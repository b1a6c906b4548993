"""V-ADR word for word, through the form and through the model alike."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from addresses.forms import AddressForm
from addresses.models import ServiceAddress
from addresses.services import delete_address, save_address
from tests.addresses.corpus import BAD, GOOD, IDS
from tests.factories import make_address, make_member, make_specification, open_data_centre, order_trunk


@pytest.mark.parametrize(("rule", "changes", "field", "sentence"), BAD, ids=IDS)
def test_the_form_says_what_is_wrong_and_nothing_else(account, rule, changes, field, sentence):
    form = AddressForm({**GOOD, **changes}, instance=ServiceAddress(account=account))

    assert form.errors == {field: [sentence]}
    assert form.errors.as_data()[field][0].code == rule


@pytest.mark.parametrize(("rule", "changes", "field", "sentence"), BAD, ids=IDS)
def test_the_model_says_the_same(account, rule, changes, field, sentence):
    address = ServiceAddress(account=account, **{**GOOD, **changes})

    with pytest.raises(ValidationError) as trouble:
        address.full_clean()

    assert trouble.value.message_dict == {field: [sentence]}


@pytest.mark.parametrize(("rule", "changes", "field", "sentence"), BAD, ids=IDS)
def test_the_page_says_it_at_the_field_and_in_the_summary(alice, rule, changes, field, sentence):
    response = alice.post(reverse("addresses:add"), {**GOOD, **changes})

    assert response.status_code == 422
    assert response.content.decode().count(sentence) == 2
    assert f'href="#id_{field}"' in response.content.decode()
    assert not ServiceAddress.objects.exists()


def test_everything_wrong_is_said_at_once(alice):
    content = alice.post(reverse("addresses:add"), {}).content.decode()

    for sentence in ("Enter a name for this address", "Enter the street", "Enter the city", "Select a country"):
        assert content.count(sentence) == 2


def test_what_people_paste_is_tidied(account):
    address = ServiceAddress(account=account, **{**GOOD, "street": " 233\u00a0S  Wacker\u200b Drive "})

    save_address(address, make_member(account))

    assert address.street == "233 S Wacker Drive"


def test_post_codes_are_written_in_capitals(account):
    address = ServiceAddress(
        account=account, **{**GOOD, "country_code": "GBR", "region_code": "", "post_code": "sw1a 1aa"}
    )

    save_address(address, make_member(account))

    assert address.post_code == "SW1A 1AA"


def test_a_name_is_used_once_in_any_case(alice, account):
    make_address(account, "Chicago HQ")

    response = alice.post(reverse("addresses:add"), {**GOOD, "name": "chicago hq"})

    assert response.status_code == 422
    assert "You already have an address called &quot;Chicago HQ&quot;" in response.content.decode()


def test_saving_an_address_under_its_own_name_is_no_conflict(alice, account):
    address = make_address(account, "Chicago HQ")

    response = alice.post(reverse("addresses:edit", args=[address.pk]), {**GOOD, "suite": "Floor 9"})

    assert response.status_code == 303
    address.refresh_from_db()
    assert address.suite == "Floor 9"


def test_an_address_in_use_is_not_deleted(account):
    address, place = make_address(account), open_data_centre()
    for name in ("Main office", "Backup"):
        order_trunk(account, make_specification(place, name=name, service_address=address))

    with pytest.raises(ValidationError) as trouble:
        delete_address(address, make_member(account))

    assert trouble.value.messages == ['Used by 2 trunks: "Backup", "Main office". Delete those trunks first']
    assert ServiceAddress.objects.filter(pk=address.pk).exists()
