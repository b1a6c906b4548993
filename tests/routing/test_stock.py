"""Searching what can be bought: by country, area and digits, from an index."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from routing.models import Number
from routing.stock import areas_in_stock, countries_in_stock, for_sale, similar_to, with_digits
from tests.factories import make_number, open_data_centre

BUY = reverse("routing:buy")


@pytest.fixture
def new_york(db):
    return open_data_centre()


@pytest.fixture
def stock(new_york):
    """In two countries, one of them with two areas, and a number of no country."""
    frankfurt = open_data_centre("FRANKFURT")
    return [
        make_number("+13125550142", new_york),
        make_number("+13125550199", new_york),
        make_number("+12125550142", new_york, area="New York"),
        make_number("+496990010042", frankfurt, country="DE", area="Frankfurt am Main"),
        make_number("+80012345678", frankfurt, country="", area="", kind="TOLL_FREE"),
    ]


def found(client, **query):
    """The numbers that the page offers."""
    return re.findall(r'type="checkbox"\s+name="pick"\s+value="(\+\d+)"', client.get(BUY, query).content.decode())


def words(response):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def test_at_first_the_united_states_are_shown(alice, stock):
    assert found(alice) == ["+13125550142", "+13125550199", "+12125550142"]


def test_a_country_is_shown_alone(alice, stock):
    assert found(alice, country="DE") == ["+496990010042"]
    assert found(alice, country="INTL") == ["+80012345678"]


def test_a_country_that_is_not_in_stock_shows_the_usual_one(alice, stock):
    assert found(alice, country="FR") == found(alice)


def test_an_area_is_shown_alone(alice, stock):
    assert found(alice, area="New York") == ["+12125550142"]


def test_an_area_of_another_country_is_passed_over(alice, stock):
    assert found(alice, country="DE", area="New York") == ["+496990010042"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("0142", ["+13125550142", "+12125550142"]),
        ("312 555", ["+13125550142", "+13125550199"]),
        ("+1 (312)", ["+13125550142", "+13125550199"]),
        ("312*99", ["+13125550199"]),
        ("1312*99", ["+13125550199"]),
        ("*0142", ["+13125550142", "+12125550142"]),
        ("555*0", []),
        ("212***42", ["+12125550142"]),
        ("9999", []),
    ],
)
def test_digits_are_found_in_a_row_or_by_a_pattern(alice, stock, said, expected):
    assert found(alice, q=said) == expected


@pytest.mark.parametrize("said", ["12", "1*2", "*", "abc", "312'; --", "３１２", "312?", "(312", "312%"])
def test_what_is_no_pattern_is_said_and_finds_nothing(alice, stock, said):
    answer = alice.get(BUY, {"q": said})

    if said == "(312":  # what stands between digits is passed over
        assert "There is a problem" not in words(answer)
        return
    assert "There is a problem" in words(answer)
    assert found(alice, q=said) == []


@pytest.mark.parametrize("said", ["0" * 33, "\0" * 4])
def test_nonsense_breaks_nothing(alice, stock, said):
    assert alice.get(BUY, {"q": said, "page": "9" * 30, "pick": ["x", "\0", "+1"]}).status_code == 200


def test_only_countries_and_areas_in_stock_are_to_be_chosen(stock, stranger_account):
    Number.objects.filter(area="New York").update(account=stranger_account)

    assert countries_in_stock() == ["DE", "", "US"]
    assert areas_in_stock("US") == ["Chicago"]
    assert areas_in_stock("") == []


def test_what_is_chosen_goes_along_to_the_next_search(alice, stock):
    page = alice.get(BUY, {"q": "0142", "pick": ["+13125550199", "+13125550142"]}).content.decode()

    assert re.search(r'value="\+13125550142"\s+id="[^"]*"\s+aria-describedby="[^"]*"\s+checked', page)
    assert '<input type="hidden" name="pick" value="+13125550199">' in page
    assert "$6.20" in page


def test_what_is_dropped_is_not_chosen_any_more(alice, stock):
    page = alice.get(BUY, {"pick": ["+13125550199"], "drop": "+13125550199"}).content.decode()

    assert "checked" not in page
    assert "Nothing yet. Tick the numbers that you want." in page


def test_more_than_ten_are_said_to_be_too_many_before_the_review(alice, new_york):
    picked = [make_number(f"+131255501{at}", new_york).pk for at in range(30, 41)]

    assert "Choose at most 10 numbers at a time. You have chosen 11" in words(alice.get(BUY, {"pick": picked}))


def test_pages_of_twenty_follow_each_other(alice, new_york):
    made = [make_number(f"+131255501{at}", new_york).pk for at in range(30, 55)]

    assert found(alice) == made[:20]
    assert found(alice, page=2) == made[20:]


def test_an_empty_stock_says_whom_to_write_to(alice):
    assert "No numbers for sale just now" in words(alice.get(BUY))


def test_many_numbers_need_as_many_queries_as_one(alice, new_york):
    make_number("+13125550130", new_york)
    alice.get(BUY)
    with CaptureQueriesContext(connection) as one:
        alice.get(BUY)
    for at in range(31, 49):
        make_number(f"+131255501{at}", new_york)

    with CaptureQueriesContext(connection) as many:
        alice.get(BUY)

    assert len(many) == len(one) <= 14


@pytest.mark.parametrize("said", ["", "555", "0142", "312*42", "9876543"])
def test_a_search_never_reads_the_whole_table(stock, account, said):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # a table of five rows would be read whole
    numbers = for_sale(account).filter(country="US")
    numbers = numbers.filter(with_digits(said, "US")) if said else numbers

    assert "Seq Scan on routing_number" not in numbers[:21].explain()


def test_similar_numbers_are_the_nearest(account, new_york):
    numbers = [make_number(f"+131255501{at}", new_york) for at in (30, 40, 49, 52, 55, 60, 75)]

    similar = similar_to(account, [numbers[3]], without=[numbers[3].pk])

    assert [str(number)[-2:] for number in similar] == ["49", "55", "60", "40", "30"]


def test_a_pattern_needs_three_digits():
    with pytest.raises(ValidationError):
        with_digits("1*2", "US")


def test_prices_are_those_of_the_accounts_currency(client, stock):
    account = Account.objects.create(name="Euro", currency="EUR")

    assert not for_sale(account).exists()
