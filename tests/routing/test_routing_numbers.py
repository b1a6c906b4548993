"""Numbers: pointing one at a trunk, and the proof that the nodes know."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from common.errors import Conflict
from provisioning.models import NodeState
from routing.models import Number
from routing.services import assign_number
from tests.factories import make_specification, open_data_centre, order_trunk
from tests.trunks.states import settle
from trunks.services import delete_trunk

LIST = reverse("routing:list")
E164 = "+13125550100"


@pytest.fixture
def new_york(db):
    return open_data_centre()


@pytest.fixture
def number(account, new_york):
    return Number.objects.create(e164=E164, data_centre=new_york, account=account)


@pytest.fixture
def trunk(account, new_york):
    return order_trunk(account, make_specification(new_york, name="Main office"))


def assign(client, number, trunk=""):
    return client.post(reverse("routing:assign", args=[number.pk]), {"to": trunk and f"trunk:{trunk.pk}"})


def states(number):
    return NodeState.objects.filter(subject_kind="number", subject_id=number.pk)


def polled(content):
    found = re.search(r'data-poll-url="([^"]*)"', content)
    return found[1].replace("&amp;", "&") if found else None


def test_pointing_a_number_asks_every_node_for_it(alice, number, trunk):
    response = assign(alice, number, trunk)

    number.refresh_from_db()
    assert response.status_code == 303
    assert number.trunk == trunk
    assert states(number).count() == 2
    assert all(state.wanted_hash and not state.verified for state in states(number))
    assert AuditEvent.objects.filter(action="number.assign").count() == 1


def test_a_number_that_leads_nowhere_stays_on_its_nodes(alice, number, trunk):
    assign(alice, number, trunk)
    before = {state.wanted_hash for state in states(number)}

    assign(alice, number)

    after = {state.wanted_hash for state in states(number)}
    assert states(number).count() == 2
    assert len(after) == 1
    assert "" not in after | before
    assert after != before


def test_a_number_does_not_go_to_a_trunk_that_is_being_deleted(number, trunk):
    settle(trunk)
    delete_trunk(trunk, trunk.created_by)

    with pytest.raises(Conflict):
        assign_number(number, trunk, None)

    number.refresh_from_db()
    assert number.trunk is None
    assert not states(number).exists()


def test_the_page_shows_where_calls_go_now(alice, number, trunk):
    assign(alice, number, trunk)

    page = alice.get(reverse("routing:assign", args=[number.pk])).content.decode()

    assert re.search(rf'<option value="trunk:{trunk.pk}"\s+selected', page)


@pytest.mark.parametrize("made_up", ["proof-\0.x", "proof-.x", "\0", ""])
def test_a_made_up_poll_finds_no_number(alice, number, made_up):
    assert E164 not in alice.get(reverse("routing:list_status"), {"seen": made_up}).content.decode()


def test_pointing_it_where_it_points_changes_nothing(alice, number, trunk):
    assign(alice, number, trunk)
    before = Number.objects.get().generation

    assign(alice, number, trunk)

    assert Number.objects.get().generation == before


def test_the_list_says_what_is_not_confirmed_and_polls(alice, number, trunk):
    assign(alice, number, trunk)

    content = alice.get(LIST).content.decode()

    assert "Not yet confirmed by the nodes" in content
    assert polled(content)


def test_polling_stops_when_the_nodes_confirm(alice, number, trunk):
    assign(alice, number, trunk)
    url = polled(alice.get(LIST).content.decode())
    states(number).update(verified=True)

    response = alice.get(url)

    assert response.status_code == 286
    assert "Live on both nodes" in response.content.decode()
    assert alice.get(LIST).content.decode().count("data-poll-url") == 0


def test_an_unchanged_poll_is_empty(alice, number, trunk):
    assign(alice, number, trunk)

    assert alice.get(polled(alice.get(LIST).content.decode())).status_code == 204


def test_without_numbers_the_list_says_how_to_get_one(alice):
    assert "No numbers yet" in alice.get(LIST).content.decode()


def test_a_trunk_elsewhere_is_neither_offered_nor_taken(alice, account, number):
    far = order_trunk(account, make_specification(open_data_centre("FRANKFURT"), name="Far away"))

    response = assign(alice, number, far)

    page = alice.get(reverse("routing:assign", args=[number.pk])).content.decode()
    assert "Far away" not in page
    assert response.status_code == 422
    assert response.content.decode().count("Choose one of your routes, or of your trunks in New York") == 2


def test_a_strangers_trunk_is_not_taken(alice, stranger_account, number, new_york):
    theirs = order_trunk(stranger_account, make_specification(new_york))

    assert assign(alice, number, theirs).status_code == 422
    assert Number.objects.get().trunk is None


def test_a_deleted_trunk_is_not_offered(alice, number, trunk):
    settle(trunk)
    delete_trunk(trunk, trunk.created_by)

    assert assign(alice, number, trunk).status_code == 422


def test_numbers_of_a_trunk_that_is_gone_lead_nowhere(alice, number, trunk):
    settle(trunk)
    assign(alice, number, trunk)

    delete_trunk(trunk, trunk.created_by)
    settle(trunk)

    number.refresh_from_db()
    assert number.trunk is None
    assert states(number).filter(wanted_generation=number.generation).exclude(wanted_hash="").count() == 2


@pytest.mark.parametrize("trunk_id", ["x", "00000000-0000-0000-0000-000000000000"])
def test_nonsense_is_not_taken(alice, number, trunk_id):
    response = alice.post(reverse("routing:assign", args=[number.pk]), {"to": f"trunk:{trunk_id}"})

    assert response.status_code == 422


def test_a_strangers_number_is_404(charlie, number):
    assert assign(charlie, number).status_code == 404
    assert E164 not in charlie.get(LIST).content.decode()


def test_an_unknown_number_is_404(alice):
    assert alice.post(reverse("routing:assign", args=["+19995550100"])).status_code == 404


def test_a_viewer_reads_and_changes_nothing(bob, number, trunk):
    assign_number(number, trunk, None)

    content = bob.get(LIST).content.decode()

    assert "Main office" in content
    assert reverse("routing:assign", args=[number.pk]) not in content
    assert assign(bob, number).status_code == 403


def test_visitors_sign_in_first(client, number):
    assert client.get(LIST)["Location"].startswith(reverse("account_login"))
    assert assign(client, number)["Location"].startswith(reverse("account_login"))


def test_three_rows_need_as_many_queries_as_one(alice, account, number, trunk):
    assign(alice, number, trunk)
    alice.get(LIST)
    with CaptureQueriesContext(connection) as one:
        alice.get(LIST)
    for e164 in ("+13125550101", "+13125550102"):
        more = Number.objects.create(e164=e164, data_centre=number.data_centre, account=account)
        assign_number(more, trunk, None)

    with CaptureQueriesContext(connection) as three:
        alice.get(LIST)

    assert len(three) == len(one)
