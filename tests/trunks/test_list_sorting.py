"""The list sorted by its heads: links that work without JavaScript, keep the filters, and cost no query more."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.bench.copies import copy_trunk
from provisioning.enums import Status
from tests.factories import open_data_centre
from tests.trunks.states import settle
from trunks.models import Trunk
from trunks.services import disable_trunk, enable_trunk
from trunks.sorting import Sorting

LIST = reverse("trunks:list")
ORDERS = ["name", "-name", "data_centre", "-data_centre", "changed", "-changed", "-state"]


@pytest.fixture
def three(order):
    """One failed, one live elsewhere, one disabled; the live one changed last."""
    settle(order("B failed"), Status.FAILED, "The primary node refused it")
    disabled = settle(order("C disabled"))
    disable_trunk(disabled, disabled.created_by)
    settle(disabled)
    settle(order("A live", data_centre=open_data_centre("FRANKFURT")))


def names(response):
    return re.findall(r'<a class="name"[^>]*>([^<]*)</a>', response.content.decode())


def heads(response):
    """What each sortable head says of the direction, and where its link leads."""
    head = r'<th scope="col"(?: aria-sort="(\w+)")?>\s*<a href="([^"]*)">(\w[\w ]*\w)'
    found = re.findall(head, response.content.decode())
    return {label: (direction, href.replace("&amp;", "&")) for direction, href, label in found}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("name", ["A live", "B failed", "C disabled"]),
        ("-name", ["C disabled", "B failed", "A live"]),
        ("data_centre", ["A live", "B failed", "C disabled"]),
        ("-data_centre", ["C disabled", "B failed", "A live"]),
        ("changed", ["B failed", "C disabled", "A live"]),
        ("-changed", ["A live", "C disabled", "B failed"]),
        ("-state", ["A live", "C disabled", "B failed"]),
    ],
)
def test_a_head_sorts_both_ways(alice, three, asked, expected):
    assert names(alice.get(LIST, {"sort": asked})) == expected


@pytest.mark.parametrize("asked", ["", "nonsense", "-", "--name", "created_by", "\x00"])
def test_nonsense_is_the_usual_order(alice, three, asked):
    response = alice.get(LIST, {"sort": asked})

    assert names(response) == ["B failed", "C disabled", "A live"]
    assert heads(response)["State"] == ("ascending", f"{LIST}?sort=-state")


def test_the_head_that_sorts_says_so_and_turns_the_order_round(alice, three):
    forwards, backwards = (heads(alice.get(LIST, {"sort": asked})) for asked in ("name", "-name"))

    assert forwards["Trunk"] == ("ascending", f"{LIST}?sort=-name")
    assert backwards["Trunk"] == ("descending", f"{LIST}?sort=name")
    assert [direction for direction, _href in forwards.values()] == ["ascending", "", "", ""]


def test_of_the_changes_the_latest_is_asked_for_first(alice, three):
    assert heads(alice.get(LIST))["Last change"] == ("", f"{LIST}?sort=-changed")


def test_sorting_keeps_the_filters_and_leaves_the_page(alice, order):
    copy_trunk(settle(order("Office")), 30)

    found = heads(alice.get(LIST, {"q": "office", "page": 2}))

    assert found["Trunk"] == ("", f"{LIST}?q=office&sort=name")


def test_filters_pages_and_the_export_keep_the_order(alice, order):
    copy_trunk(settle(order("Office")), 30)

    content = alice.get(LIST, {"sort": "-name"}).content.decode()

    assert '<input type="hidden" name="sort" value="-name">' in content
    assert 'href="?sort=-name&amp;page=2"' in content
    assert f'href="{reverse("trunks:export")}?sort=-name"' in content


def test_the_export_is_in_the_order_of_the_list(alice, three):
    answer = alice.get(reverse("trunks:export"), {"sort": "-name"})

    lines = b"".join(answer.streaming_content).decode().splitlines()[1:]
    assert [line.split(",")[2] for line in lines] == ["C disabled", "B failed", "A live"]


def test_a_poll_looks_at_the_page_as_it_is_sorted(alice, order):
    order("Pending")

    content = alice.get(LIST, {"sort": "-name"}).content.decode()

    assert "sort=-name" in re.search(r'data-poll-url="([^"]*)"', content)[1]


def test_an_asked_for_change_counts_at_once(alice, three):
    trunk = Trunk.objects.get(name="C disabled")

    enable_trunk(trunk, trunk.created_by)

    assert names(alice.get(LIST, {"sort": "-changed"}))[0] == "C disabled"


@pytest.mark.parametrize("asked", ORDERS)
def test_every_order_of_hundreds_needs_as_many_queries_as_the_usual_one_of_ten(alice, order, asked):
    few, others = settle(order("Office")), settle(order("Office of others"))
    copy_trunk(few, 8)
    alice.get(LIST)
    with CaptureQueriesContext(connection) as ten:
        alice.get(LIST)
    copy_trunk(others, 300)

    with CaptureQueriesContext(connection) as hundreds:
        alice.get(LIST, {"sort": asked})

    assert len(hundreds) == len(ten)


@pytest.mark.parametrize("asked", ["state", *ORDERS])
def test_every_order_is_an_index(account, order, asked):
    copy_trunk(settle(order("Office")), 3000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE trunks_trunk")

    page = Sorting.read(asked).sort(Trunk.objects.filter(account=account, gone_at=None)).values_list("pk")[:26]

    assert "Sort" not in page.explain()
