"""The list of routes and a route's own page: what they say in every state, and when they ask again."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from provisioning.enums import Status
from provisioning.models import NodeState, SbcNode
from routing.models import Number
from routing.models.route import SUBJECT
from routing.services import assign_number, change_route, routes_follow
from tests.factories import make_member, make_specification, open_data_centre, order_trunk
from tests.routing.roads import drop, live_route, make_route, settings_of, settle_route
from tests.trunks.states import settle
from trunks.services import delete_trunk, disable_trunk

LIST = reverse("routes:list")
PHONE = "+13124441212"


@pytest.fixture
def new_york(db):
    return open_data_centre()


@pytest.fixture
def office(account, new_york):
    return settle(order_trunk(account, make_specification(new_york, name="Main office")))


@pytest.fixture
def backup(account, new_york):
    return settle(order_trunk(account, make_specification(new_york, name="Backup")))


@pytest.fixture
def engineer(account):
    return make_member(account)


@pytest.fixture
def route(account, office, backup, engineer):
    return live_route(account, "Day", office, backup, PHONE, actor=engineer)


@pytest.fixture
def number(account, new_york, route):
    number = Number.objects.create(e164="+13125550100", data_centre=new_york, account=account)
    assign_number(number, route, None)
    NodeState.objects.filter(subject_kind="number").update(verified=True)
    return number


def words(client, url):
    page = re.sub(r"<(script|style|head).*?</\1>", "", client.get(url).content.decode(), flags=re.DOTALL)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def url_of(route, name="detail"):
    return reverse(f"routes:{name}", args=[route.pk])


def polled(client, url):
    found = re.search(r'data-poll-url="([^"]*)"', client.get(url).content.decode())
    return found[1].replace("&amp;", "&") if found else None


def test_without_routes_the_list_says_what_one_is_for(alice, bob, db):
    assert "A route decides where calls go when a trunk does not answer." in words(alice, LIST)
    assert "Create a route" in words(alice, LIST)
    assert "Create a route" not in words(bob, LIST)


def test_a_row_says_where_calls_are_tried_and_how_it_is(alice, route, number):
    shown = words(alice, LIST)

    assert "1. Main office (20 s) → 2. Backup (20 s) → 3. +13124441212 3 of 10 1" in shown
    assert "Live" in shown
    assert polled(alice, LIST) is None


def test_a_pending_route_is_asked_about_until_it_is_live(alice, account, office, engineer):
    route = make_route(account, "Day", office, actor=engineer)
    asked = polled(alice, LIST)
    assert "Pending: creating" in words(alice, LIST)

    settle_route(route)
    answer = alice.get(asked)

    assert answer.status_code == 286
    assert "Live" in answer.content.decode()


def test_the_page_opens_with_one_sentence(alice, route, number):
    shown = words(alice, url_of(route))

    assert "Live on both nodes of New York. Used by 1 number." in shown
    assert "Rings for 20 s at most. The call goes on when it cannot be reached, does not answer in time" in shown
    assert "+13125550100" in shown
    assert "Revision 1" in shown


def test_several_places_are_all_named(alice, account, route, number):
    SbcNode.objects.filter(data_centre=open_data_centre("FRANKFURT"), role="BACKUP").delete()
    far = Number.objects.create(e164="+4930123456", data_centre_id="FRANKFURT", account=account)
    assign_number(far, route, None)
    routes_follow(account)
    assert "Not yet confirmed by the primary node of Frankfurt." in words(alice, url_of(route))

    NodeState.objects.filter(subject_kind=SUBJECT).update(verified=True)

    assert "Live on the only node of Frankfurt and both nodes of New York. Used by 2 numbers." in words(
        alice, url_of(route)
    )


def test_a_route_on_no_node_says_so(alice, account, engineer):
    route = live_route(account, "Phone", PHONE, actor=engineer)

    assert "Saved, and on no node yet: you have no number, and it has no trunk." in words(alice, url_of(route))


def test_a_change_that_came_to_nothing_is_kept_to_try_again(alice, route, office, engineer):
    change_route(route, settings_of("Night", office, PHONE), seen=1, actor=engineer)
    settle_route(route, Status.RESET, "The backup node did not answer")

    shown = words(alice, url_of(route))

    assert "Your last change was not applied: the backup node did not answer. Your route works as before." in shown
    assert "Not saved" in shown
    assert "Name: Day → Night" in shown
    form = alice.get(f"{url_of(route, 'edit')}?from=2").content.decode()
    assert 'value="Night"' in form
    assert f'value="{PHONE}"' in form


def test_a_route_that_could_not_be_created_offers_only_its_end(alice, account, office, engineer):
    route = settle_route(make_route(account, "Day", office, actor=engineer), Status.FAILED, "The node refused it")

    shown = alice.get(url_of(route)).content.decode()

    assert "Could not be created: the node refused it. Delete it and create a new one." in shown
    assert url_of(route, "delete") in shown
    assert url_of(route, "edit") not in shown


def test_history_says_who_changed_what_and_offers_undo(alice, route, office, engineer):
    change_route(route, settings_of("Night", office, PHONE), seen=1, actor=engineer)
    settle_route(route)

    shown = words(alice, url_of(route))

    assert "Undo: back to revision 1" in shown
    assert "Change settings Revision 2 Name: Day → Night" in shown
    assert str(engineer) in shown


def test_a_viewer_looks_and_rehearses_and_changes_nothing(bob, route):
    shown = bob.get(url_of(route)).content.decode()

    assert "Only these roles may" in unescape(shown)
    assert url_of(route, "edit") not in shown
    assert bob.get(url_of(route, "rehearsal")).status_code == 200
    for name in ("edit", "delete", "undo"):
        assert bob.get(url_of(route, name)).status_code == 403


def test_disabled_and_deleted_trunks_are_marked(alice, route, office, backup, engineer):
    disable_trunk(office, engineer)
    delete_trunk(backup, engineer)
    settle(backup)

    shown = words(alice, url_of(route))

    assert "Main office New York Disabled, passed over" in shown
    assert "Backup New York deleted, passed over" in shown
    assert "Main office is disabled: calls pass it over until it is enabled." in shown
    assert "2. Backup (20 s), deleted, passed over" in words(alice, LIST)


def test_a_gone_route_is_404_and_its_page_leads_to_the_list(alice, route, engineer):
    drop(route, actor=engineer)
    asked = polled(alice, url_of(route))
    assert "Pending: deleting" in words(alice, url_of(route))

    settle_route(route)

    assert alice.get(asked)["HX-Redirect"] == LIST
    assert alice.get(url_of(route)).status_code == 404


def test_who_deletes_is_told_when_it_is_done(alice, route):
    alice.post(url_of(route, "delete"))
    settle_route(route)

    assert "Day was deleted" in words(alice, LIST)
    assert "Day was deleted" not in words(alice, LIST)


def test_the_trunk_page_names_its_routes(alice, route, office, number):
    shown = words(alice, reverse("trunks:detail", args=[office.pk]))

    assert "An entry in Day" in shown
    assert "You can receive calls along Day" in shown
    warning = "The route “Day” loses an entry: calls pass it over, and the next change of the route must remove it."
    assert warning in words(alice, reverse("trunks:delete", args=[office.pk]))


def test_the_list_of_numbers_links_to_the_route(alice, route, number):
    assert f'href="{url_of(route)}"' in alice.get(reverse("routing:list")).content.decode()


def test_three_routes_need_as_many_queries_as_one(alice, account, route, office, number):
    alice.get(LIST)
    with CaptureQueriesContext(connection) as one:
        alice.get(LIST)
    for name in ("Night", "Evening"):
        live_route(account, name, office, PHONE)

    with CaptureQueriesContext(connection) as three:
        alice.get(LIST)

    assert len(three) == len(one) <= 12


def test_the_page_needs_few_queries(alice, route, number):
    alice.get(url_of(route))
    with CaptureQueriesContext(connection) as queries:
        alice.get(url_of(route))

    assert len(queries) <= 12, "\n".join(query["sql"][:90] + "..." + query["sql"][-120:] for query in queries)


@pytest.mark.parametrize("made_up", ["state-\0", "state-x", "\0", ""])
def test_a_made_up_poll_finds_no_route(alice, route, made_up):
    assert "Live" not in alice.get(reverse("routes:list_status"), {"seen": made_up}).content.decode()


def test_a_rehearsal_that_asks_nonsense_is_answered_with_words(alice, route):
    for query in ({"called": "x"}, {"called": "NEW_YORK", "caller": "12"}, {"called": "NEW_YORK", "caller": "\0"}):
        assert alice.get(url_of(route, "rehearsal"), query).status_code == 422


def test_a_rehearsal_without_an_answering_node_says_so(alice, route):
    shown = alice.get(url_of(route, "rehearsal"), {"called": "NEW_YORK"}, headers={"HX-Request": "true"})

    assert "No node of New York can say at the moment what it would do" in shown.content.decode()
    assert "<html" not in shown.content.decode()
