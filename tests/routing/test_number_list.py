"""The list of numbers: what stands there, its filters, what becomes of numbers that could not be activated."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from provisioning.enums import Status
from provisioning.models import Operation
from routing.models import Number, Route
from routing.services import assign_number
from tests.factories import buy, make_number, make_specification, open_data_centre, order_trunk
from tests.routing.endings import end
from trunks.services import suspend_account

LIST = reverse("routing:list")


@pytest.fixture
def new_york(db):
    return open_data_centre()


@pytest.fixture
def trunk(account, new_york):
    return order_trunk(account, make_specification(new_york, name="Main office"))


@pytest.fixture
def numbers(account, new_york, trunk):
    """One that leads to a trunk, one to a route, one nowhere; the last in another country and data centre."""
    route = Route.objects.create(account=account, name="Head office")
    on_trunk = make_number("+13125550142", new_york, account=account, trunk=trunk, monthly="3.10")
    on_route = make_number("+13125550143", new_york, account=account, route=route)
    nowhere = make_number("+496990010042", open_data_centre("FRANKFURT"), account=account, country="DE", area="")
    return [on_trunk, on_route, nowhere]


def words(response):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def listed(client, **query):
    return re.findall(r'<tr id="number-(\d+)">', client.get(LIST, query).content.decode())


def polled(response):
    found = re.search(r'data-poll-url="([^"]*)"', response.content.decode())
    return unescape(found[1]) if found else None


def test_a_row_says_what_the_number_is_and_where_it_leads(alice, numbers):
    text = words(alice.get(LIST))

    assert "+13125550142 United States of America · Chicago · Local New York" in text
    assert "Main office" in text
    assert "Head office route" in text
    assert "+496990010042 Germany · Local Frankfurt" in text
    assert "Nowhere" in text


def test_a_bought_number_shows_the_price_that_was_agreed_and_a_given_one_none(alice, account, numbers, new_york):
    buy(account, [make_number("+13125550177", new_york, monthly="4.75")])

    text = words(alice.get(LIST))

    assert "$4.75" in text
    assert text.count("Not charged") == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [0, 1, 2]),
        ({"q": "0142"}, [0]),
        ({"q": "+49 69"}, [2]),
        ({"q": "no digits"}, [0, 1, 2]),
        ({"leads": "trunk"}, [0]),
        ({"leads": "route"}, [1]),
        ({"leads": "nowhere"}, [2]),
        ({"leads": "x"}, [0, 1, 2]),
        ({"country": "US"}, [0, 1]),
        ({"country": "FR"}, [0, 1, 2]),
        ({"data_centre": "FRANKFURT"}, [2]),
        ({"country": "US", "leads": "route"}, [1]),
    ],
)
def test_filters_narrow_the_list(alice, numbers, query, found):
    assert listed(alice, **query) == [numbers[at].digits for at in found]


def test_filters_that_find_nothing_can_be_cleared(alice, numbers):
    text = words(alice.get(LIST, {"q": "999", "country": "US"}))

    assert "No numbers match “999, United States of America”" in text
    assert "Clear filters" in text


def test_filters_are_answered_to_htmx_with_the_table_alone(alice, numbers):
    answer = alice.get(LIST, {"leads": "route"}, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in answer
    assert "1 number found" in answer


def test_pages_of_twenty_five_follow_each_other(alice, account, new_york):
    made = [make_number(f"+131255501{at:02}", new_york, account=account).digits for at in range(30)]

    assert listed(alice) == made[:25]
    assert listed(alice, page=2) == made[25:]
    assert 'href="?q=1312&amp;page=2"' in alice.get(LIST, {"q": "1312"}).content.decode()


def test_without_numbers_the_list_leads_to_some(alice):
    page = alice.get(LIST)

    assert "No numbers yet Without a number nobody can call your trunk. Get a number" in words(page)
    assert f'href="{reverse("routing:buy")}"' in page.content.decode()


def test_who_may_not_buy_reads_who_may(bob, numbers):
    page = bob.get(LIST)

    assert reverse("routing:buy") not in page.content.decode()
    assert "Only these roles may order and change trunks, numbers and routes: Owner, Admin, Engineer" in words(page)


def test_a_suspended_account_is_offered_no_numbers(alice, account, trunk):
    suspend_account(account.pk, "PAYMENT", "", reason="A reason of ten letters", actor=trunk.created_by)

    assert reverse("routing:buy") not in alice.get(LIST).content.decode()


def test_a_number_being_activated_says_so_until_it_is_live(alice, account, new_york):
    number = make_number("+13125550142", new_york)
    buy(account, [number])
    page = alice.get(LIST)
    assert "Being activated" in words(page)
    assert reverse("routing:give_back", args=[number.pk]) not in page.content.decode()

    end(number, Status.SUCCESS)
    answer = alice.get(polled(page))

    assert answer.status_code == 286
    assert "Live on both nodes" in answer.content.decode()
    assert reverse("routing:give_back", args=[number.pk]) in answer.content.decode()
    assert polled(alice.get(LIST)) is None


def test_what_it_waits_for_is_said(alice, account, new_york):
    number = make_number("+13125550142", new_york)
    buy(account, [number])
    Operation.objects.filter(subject_id=number.pk).update(message="Waiting for the backup node")

    assert "Being activated waiting for the backup node" in words(alice.get(LIST))


def test_a_number_that_could_not_be_activated_leaves_the_list_with_a_word(alice, account, numbers, new_york):
    number = make_number("+13125550177", new_york)
    buy(account, [number])
    page = alice.get(LIST)
    end(number, Status.FAILED, "The backup node refused it")

    text = words(alice.get(polled(page)))

    assert "+13125550177 could not be activated. You have not been charged for it" in text
    assert "+13125550177" not in words(alice.get(LIST))


def test_a_poll_tells_nothing_of_strangers_numbers(alice, charlie, stranger_account, numbers, new_york):
    theirs = make_number("+13125550177", new_york)
    buy(stranger_account, [theirs])

    answer = alice.get(reverse("routing:list_status"), {"seen": f"proof-{theirs.digits}.x"})

    assert "Being activated" not in answer.content.decode()
    assert "was given back" not in answer.content.decode()


def test_a_number_that_leads_to_a_route_says_where_calls_go(alice, account, numbers):
    route = Route.objects.get()

    answer = alice.post(reverse("routing:assign", args=[numbers[0].pk]), {"to": f"route:{route.pk}"}, follow=True)

    number = Number.objects.get(pk=numbers[0].pk)
    assert (number.route, number.trunk) == (route, None)
    assert "Calls to +13125550142 go to Head office" in words(answer)


def test_a_route_takes_numbers_of_every_data_centre(account, numbers):
    assign_number(numbers[2], Route.objects.get(), None)

    assert Number.objects.get(pk=numbers[2].pk).route == Route.objects.get()


@pytest.mark.parametrize("change", [{"withdrawn_at": "2026-01-01T00:00Z"}, "stranger"])
def test_a_route_that_is_gone_or_a_strangers_is_not_led_to(alice, stranger_account, numbers, change):
    if change == "stranger":
        change = {"account": stranger_account}
    Route.objects.update(**change)

    answer = alice.post(reverse("routing:assign", args=[numbers[0].pk]), {"to": f"route:{Route.objects.get().pk}"})

    assert answer.status_code == 422
    assert Number.objects.get(pk=numbers[0].pk).route is None
