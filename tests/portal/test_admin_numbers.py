"""What support does with numbers: gives them, takes them away, finds them, looks at what is being done to them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from billing.models import LedgerEntry, NumberPrice, NumberRate
from provisioning.models import NodeState, Operation
from routing.models import Number, Route
from routing.stock import for_sale
from tests.factories import buy, make_number, make_specification, open_data_centre, order_trunk
from tests.portal.staff import REASON, reader, root, staff

__all__ = ["reader", "root", "staff"]
E164 = "+13125550142"


@pytest.fixture
def new_york(db):
    return open_data_centre()


@pytest.fixture
def number(new_york):
    return make_number(E164, new_york)


def change(number):
    return reverse("admin:routing_number_change", args=[number.pk])


def answers(number, **changes):
    """What the page of the number posts."""
    shown = {"country": number.country, "area": number.area, "kind": number.kind, "rate": number.rate_id or ""}
    return {**shown, "account": "", "trunk": "", "route": "", "for_sale_at_0": "", "for_sale_at_1": "", **changes}


def documents(number):
    return NodeState.objects.filter(subject_id=number.pk).exclude(wanted_hash="").count()


def test_a_number_that_is_given_is_on_both_nodes_though_it_leads_nowhere(staff, account, number):
    assert staff.post(change(number), answers(number, account=str(account.pk))).status_code == 302

    number.refresh_from_db()
    assert (number.account, number.monthly, number.order) == (account, None, None)
    assert documents(number) == 2
    assert not LedgerEntry.objects.exclude(kind="CREDIT").exists()
    assert AuditEvent.objects.get(action="number.give").account == account


def test_a_number_that_is_taken_away_leaves_both_nodes_and_rests(staff, account, number):
    staff.post(change(number), answers(number, account=str(account.pk)))

    staff.post(change(number), answers(number))

    number.refresh_from_db()
    assert number.account is None
    assert number.for_sale_at is not None
    assert documents(number) == 0
    assert number not in for_sale(account)
    assert AuditEvent.objects.get(action="number.take").account == account


def test_a_number_goes_from_one_customer_to_another(staff, account, stranger_account, number):
    buy(account, [number])
    Operation.objects.update(status="SUCCESS")
    Number.objects.update(action="SUCCESS")

    staff.post(change(number), answers(number, account=str(stranger_account.pk)))

    number.refresh_from_db()
    assert (number.account, number.order, number.monthly) == (stranger_account, None, None)
    assert documents(number) == 2


def test_a_number_is_pointed_at_a_route(staff, account, number):
    route = Route.objects.create(account=account, name="Head office")

    staff.post(change(number), answers(number, route=str(route.pk)))

    number.refresh_from_db()
    assert (number.account, number.route) == (account, route)


def test_a_number_leads_to_one_place_only(staff, account, number, new_york):
    trunk = order_trunk(account, make_specification(new_york))
    route = Route.objects.create(account=account, name="Head office")

    page = staff.post(change(number), answers(number, trunk=str(trunk.pk), route=str(route.pk))).content.decode()

    assert "A number leads to a trunk or to a route, not to both" in page


def test_while_it_is_being_activated_only_its_notes_change(staff, account, number):
    buy(account, [number])

    refused = staff.post(change(number), answers(number)).content.decode()
    staff.post(change(number), answers(number, account=str(account.pk), area="Evanston"))

    number.refresh_from_db()
    assert "Another change is still being applied" in refused
    assert (number.account, number.area) == (account, "Evanston")


def test_a_change_of_its_area_asks_nothing_of_the_nodes(staff, account, number):
    staff.post(change(number), answers(number, account=str(account.pk)))
    generation = Number.objects.get().generation

    staff.post(change(number), answers(number, account=str(account.pk), area="Evanston"))

    assert Number.objects.get().generation == generation


def test_one_number_is_added_by_hand(staff, new_york, number):
    fields = answers(number, e164="+13125550188", data_centre="NEW_YORK")

    assert staff.post(reverse("admin:routing_number_add"), fields).status_code == 302

    assert Number.objects.get(pk="+13125550188").account is None
    assert not NodeState.objects.exists()


@pytest.mark.parametrize("said", ["312 555-0142", "+1 (312) 555 0142", "5550142", "Alice"])
def test_the_list_finds_numbers_however_they_are_written(staff, account, number, said, new_york):
    make_number("+12125550199", new_york)
    Number.objects.filter(pk=E164).update(account=account)

    found = staff.get(reverse("admin:routing_number_changelist"), {"q": said}).context["cl"].queryset

    assert [each.pk for each in found] == [E164]


def test_a_rate_and_its_prices_are_set_by_those_who_set_prices(root, db):
    fields = {
        "code": "UK-LOCAL",
        "description": "Local numbers in the United Kingdom",
        "prices-TOTAL_FORMS": 1,
        "prices-INITIAL_FORMS": 0,
        "prices-0-currency": "USD",
        "prices-0-monthly": "2.50",
    }

    assert root.post(reverse("admin:billing_numberrate_add"), fields).status_code == 302

    assert str(NumberPrice.objects.get(rate=NumberRate.objects.get(pk="UK-LOCAL")).monthly) == "2.50"
    assert "2.50 USD" in root.get(reverse("admin:billing_numberrate_changelist")).content.decode()


def test_the_console_shows_and_takes_back_what_is_done_to_a_number(staff, account, number):
    buy(account, [number])
    operation = Operation.objects.get()
    console = staff.get(reverse("admin:provisioning_operation_console")).content.decode()
    page = staff.get(reverse("admin:provisioning_operation_change", args=[operation.pk])).content.decode()
    url = reverse("admin:provisioning_operation_rollback", args=[operation.pk])

    assert E164 in console
    assert "What was ordered leaves its nodes" in staff.get(url).content.decode()
    assert reverse("admin:search", query={"q": E164}) in page
    assert staff.post(url, {"reason": REASON}).status_code == 302
    assert Operation.objects.get().reason == "RolledBack"


def test_an_order_is_found_by_one_of_its_numbers(staff, account, number):
    order = buy(account, [number])

    found = staff.get(reverse("admin:routing_numberorder_changelist"), {"q": E164}).context["cl"].queryset

    assert list(found) == [order]
    page = staff.get(reverse("admin:routing_numberorder_change", args=[order.pk])).content.decode()
    assert "3.10" in page
