"""One box finds a customer's things by whatever is said on the phone, in a fixed number of queries."""

import pytest
from django.urls import reverse

from accounts.models import User
from portal.staff_groups import READERS
from provisioning.models import Operation
from routing.models import Number
from tests.factories import (
    make_account,
    make_address,
    make_member,
    make_specification,
    open_data_centre,
    order_trunk,
    registered,
)
from tests.portal.staff import member_of_staff, sign_in

QUERIES = 15


@pytest.fixture
def staff(staff):
    staff.get(reverse("admin:search"))  # the first request of a sign-in writes down its session
    return staff


@pytest.fixture
def new_york(db):
    return open_data_centre()


@pytest.fixture
def trunk(account, new_york):
    made = make_specification(new_york, name="Main office Łódź", destinations=[("pbx.example.com", 5060)])
    return order_trunk(account, made, make_member(account, email="emil@alice.example"))


def found(client, said):
    """Title of the group → what stands in its rows."""
    groups = client.get(reverse("admin:search"), {"q": said}).context["groups"]
    return {str(group.title): [f"{row.link} {row.about}" for row in group.rows] for group in groups}


@pytest.mark.parametrize(
    "said",
    [
        lambda trunk: "main OFFICE",
        lambda trunk: "łódź",
        lambda trunk: str(trunk.pk),
        lambda trunk: trunk.pk.hex,
        lambda trunk: trunk.reference,
        lambda trunk: f"  {trunk.reference.lower()} ",
        lambda trunk: trunk.wanted.source_hosts[0],
        lambda trunk: "PBX.example.com",
    ],
)
def test_a_trunk_is_found(staff, trunk, said):
    order_trunk(make_account("Other"), make_specification(trunk.data_centre))

    rows = found(staff, said(trunk))["Trunks"]

    assert len(rows) == 1
    assert reverse("admin:trunks_trunk_change", args=[trunk.pk]) in rows[0]
    assert trunk.reference in rows[0]


def test_a_trunk_is_found_by_its_user_name_and_by_an_ip_destination(staff, account, new_york):
    by_user = order_trunk(account, registered(new_york))
    by_address = order_trunk(account, make_specification(new_york, destinations=[("127.77.203.9", 5070)]))

    assert by_user.reference in found(staff, by_user.username)["Trunks"][0]
    assert by_address.reference in found(staff, "127.77.203.9")["Trunks"][0]


def test_accounts_and_people_are_found(staff, trunk):
    assert "Alice Telecom" in found(staff, "alice tel")["Accounts"][0]
    assert "Alice Telecom" in found(staff, str(trunk.account_id))["Accounts"][0]
    by_mail = found(staff, "EMIL@alice.example")
    assert "emil@alice.example" in by_mail["People"][0]
    assert "Alice Telecom" in by_mail["Accounts"][0]


def test_a_person_is_found_by_both_names(staff, trunk):
    User.objects.filter(email="emil@alice.example").update(first_name="Emil", last_name="Engineer")

    assert "emil@alice.example" in found(staff, "emil engineer")["People"][0]


WRITTEN = ["+13125550199", "1 312 555-0199", "3125550199", "(312) 555-0199", "(312) 555", "+1312555", "0013125550199"]


@pytest.mark.parametrize("said", WRITTEN)
def test_a_number_is_found_however_it_is_written_with_its_trunk(staff, trunk, said):
    number = Number.objects.create(
        e164="+13125550199", account=trunk.account, trunk=trunk, data_centre=trunk.data_centre
    )

    [row] = found(staff, said)["Numbers"]

    assert number.e164 in row
    assert reverse("admin:trunks_trunk_change", args=[trunk.pk]) in row


def test_a_number_abroad_is_found_with_its_own_country_code_only(staff, account, new_york):
    Number.objects.create(e164="+49305550199", account=account, data_centre=new_york)

    assert "Numbers" in found(staff, "+49 30 555")
    assert "Numbers" not in found(staff, "+1 30 555")


@pytest.mark.parametrize("said", ["wacker", "Chicago", "60606"])
def test_a_service_address_is_found_by_street_city_and_post_code(staff, account, said):
    make_address(account)

    [row] = found(staff, said)["Service addresses"]

    assert "233 S Wacker Drive, Chicago, IL 60606" in row
    assert "Alice Telecom" in row


def test_nodes_and_operations_are_found(staff, trunk):
    node = trunk.data_centre.nodes.first()
    operation = Operation.objects.get()

    assert node.name in found(staff, str(node.static_address))["Nodes"][0]
    assert trunk.name in found(staff, str(operation.pk))["Operations"][0]


@pytest.mark.parametrize("said", ["", "ab", "\0\0\0", "%%%", "' OR 1=1 --", "x" * 5000, "::::", "+" * 10, "🙂🙂🙂"])
def test_no_words_break_it(staff, trunk, said):
    assert staff.get(reverse("admin:search"), {"q": said}).status_code == 200


def test_it_asks_as_often_for_many_as_for_few(staff, account, new_york, django_assert_max_num_queries):
    for number in range(8):
        order_trunk(account, make_specification(new_york, name=f"Office {number}"))

    with django_assert_max_num_queries(QUERIES):
        assert len(found(staff, "office")["Trunks"]) == 8


def test_only_what_the_person_may_look_at_is_shown(trunk):
    user = member_of_staff(READERS)
    user.groups.clear()

    assert found(sign_in(user), "main office") == {}


def test_every_staff_page_has_the_box(staff, trunk):
    page = staff.get(reverse("admin:trunks_trunk_change", args=[trunk.pk])).content.decode()

    assert f'action="{reverse("admin:search")}"' in page


def test_a_customer_does_not_search(alice):
    assert alice.get(reverse("admin:search"), {"q": "alice"}).status_code == 302
