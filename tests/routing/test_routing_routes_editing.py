"""The editor without JavaScript: its buttons, its mistakes, what would change, conflicts, undo, delete."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from provisioning.models import NodeState
from routing.models import Number, Route
from routing.services import assign_number, change_route
from routing.specification import RouteSettings
from tests.factories import make_specification, make_user, open_data_centre, order_trunk
from tests.routing.roads import again, live_route, make_route, newest, settings_of, settle_route
from tests.trunks.states import settle
from trunks.services import delete_trunk, suspend_account

NEW = reverse("routes:new")
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
def route(account, office, backup):
    return live_route(account, "Day", office, backup, PHONE)


def url_of(route, name="edit"):
    return reverse(f"routes:{name}", args=[route.pk])


def answers(*places, name="Day", ring="20", **more):
    """As a browser would send them."""
    data = {"name": name, "entries": [str(at) for at in range(len(places))], **more}
    for at, place in enumerate(places):
        kind = "phone" if isinstance(place, str) else "trunk"
        data |= {f"entries_{kind}_{at}": place if kind == "phone" else str(place.pk), f"entries_ring_{at}": ring}
        data[f"entries_hunt_{at}"] = ["UNREACHABLE", "TIMEOUT", "ERROR"]
    return data


def rows(response):
    """What the page's rows are about, in order."""
    page = unescape(response.content.decode()).split("<template>")[0]
    return re.findall(r'data-row="([^"]+)"', page)


def sent(response):
    """What the form on the page would send."""
    page = re.sub(r"<template.*?</template>", "", response.content.decode(), flags=re.DOTALL)
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ("checkbox" not in tag or " checked" in tag):
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    return {name: values for name, values in found.items() if name not in {"csrfmiddlewaretoken", "called", "caller"}}


def test_a_route_is_created_from_what_was_entered(alice, account, office, backup):
    answer = alice.post(NEW, answers(office, backup, PHONE, ring="30"))

    route = Route.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, url_of(route, "detail"))
    found = RouteSettings.of(route.wanted)
    assert [entry.key for entry in found.entries] == [str(office.pk), str(backup.pk), PHONE]
    assert {entry.ring_seconds for entry in found.entries} == {30}


def test_buttons_build_the_list_row_by_row(alice, office, backup):
    data = answers(name="Night")
    add = {"action": "add:entries", "entries_add": str(office.pk)}

    first = alice.post(NEW, data | add)
    assert rows(first) == ["Main office, New York"]
    phone = alice.post(NEW, sent(first) | {"action": "phone:entries"})
    assert rows(phone) == ["Main office, New York", "Phone number"]
    # A trunk that is added later stands before the phone number.
    second = alice.post(NEW, sent(phone) | {"action": "add:entries", "entries_add": str(backup.pk)})
    assert rows(second) == ["Main office, New York", "Backup, New York", "Phone number"]
    up = alice.post(NEW, sent(second) | {"action": "up:entries-1"})
    assert rows(up) == ["Backup, New York", "Main office, New York", "Phone number"]
    down = alice.post(NEW, sent(up) | {"action": "down:entries-1"})
    assert rows(down) == rows(up)
    gone = alice.post(NEW, sent(down) | {"action": "remove:entries-2"})
    assert rows(gone) == ["Backup, New York", "Main office, New York"]
    assert "1. Backup (20 s) → 2. Main office (20 s)" in gone.content.decode()
    assert not Route.objects.exists()


def test_what_was_typed_into_a_row_moves_with_it(alice, office, backup):
    data = answers(office, backup) | {"entries_ring_1": "45", "entries_hunt_1": ["BUSY"], "action": "up:entries-1"}

    moved = sent(alice.post(NEW, data))

    assert (moved["entries_ring_0"], moved["entries_hunt_0"]) == (["45"], ["BUSY"])


def test_nothing_is_added_twice_nor_what_is_not_offered(alice, account, stranger_account, office, new_york):
    theirs = order_trunk(stranger_account, make_specification(new_york, name="Secret"))
    for trunk_id in (str(office.pk), str(theirs.pk), "x", ""):
        answer = alice.post(NEW, answers(office) | {"action": "add:entries", "entries_add": trunk_id})
        assert rows(answer) == ["Main office, New York"]
        assert "Secret" not in answer.content.decode()


def test_mistakes_are_said_where_they_are(alice, office, backup):
    answer = alice.post(NEW, answers(office, backup, "12345", name="") | {"entries_ring_1": "3"})

    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert page.count("Ring time must be a whole number of seconds from 5 to 60") == 3  # summary, row, preview
    assert 'href="#id_entries_1_ring"' in page
    assert 'href="#id_entries_2"' in page
    assert "Enter a route name" in page
    assert not Route.objects.exists()


def test_an_empty_route_is_refused(alice, db):
    answer = alice.post(NEW, answers())

    assert unescape(answer.content.decode()).count("Add at least one trunk or a phone number") == 2


def test_too_many_routes_are_refused_before_anything_is_typed(alice, account, office):
    account.limits.routes = 0
    account.limits.save()

    assert alice.get(NEW)["Location"] == reverse("routes:list")
    assert "You have 0 of 0 routes" in alice.post(NEW, answers(office)).content.decode()


def test_an_edit_is_checked_before_it_is_saved(alice, route, office, backup):
    asked = answers(backup, office, PHONE, name="Night", revision="1")
    check = alice.post(url_of(route), asked)
    assert check.status_code == 303
    page = alice.get(check["Location"])
    shown = unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))

    assert "Check your changes" in shown
    assert "1. Main office, 20 s, goes on when it cannot be reached" in shown
    assert "moved" in shown
    assert "No number uses this route, so no call notices it yet." in shown
    assert newest(route).kind == "CREATE"

    saved = alice.post(url_of(route), sent(page) | {"action": "save"})

    assert (saved.status_code, saved["Location"]) == (303, url_of(route, "detail"))
    assert (newest(route).kind, again(route).name) == ("UPDATE", "Night")


def test_the_way_back_from_checking_keeps_the_answers(alice, route, office, backup):
    check = alice.post(url_of(route), answers(backup, name="Night", revision="1"))
    page = alice.get(check["Location"])

    back = alice.post(url_of(route), sent(page) | {"action": "back"})

    assert rows(back) == ["Backup, New York"]
    assert 'value="Night"' in back.content.decode()


def test_nothing_changed_is_said(alice, route, office, backup):
    page = alice.get(url_of(route))

    answer = alice.post(url_of(route), sent(page), follow=True)

    assert "Nothing differs from how the route is" in answer.content.decode()


def test_who_was_quicker_is_told_and_nothing_is_lost(alice, account, route, office, backup):
    person = make_user("ana@example.com", first_name="Ana")
    change_route(route, settings_of("Evening", office), seen=1, actor=person)
    settle_route(route)

    answer = alice.post(url_of(route), answers(backup, name="Night", revision="1"), follow=True)

    page = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "Ana changed this route at" in page
    assert "Evening" in page
    assert "Night" in page
    on_top = alice.post(url_of(route), sent(answer), follow=True)
    assert "Check your changes" in on_top.content.decode()


def test_nothing_can_be_edited_while_a_change_is_applied(alice, route, office, backup):
    change_route(route, settings_of("Evening", office), seen=1, actor=make_user())

    asked = answers(backup, name="Night", revision="2")
    answer = alice.post(url_of(route), asked | {"action": "save"})

    assert answer.status_code == 409
    assert "Another change is still being applied" in answer.content.decode()
    assert "<fieldset disabled" in alice.get(url_of(route)).content.decode()


def test_a_deleted_trunk_must_be_removed(alice, route, office, backup):
    delete_trunk(backup, make_user())
    settle(backup)
    page = alice.get(url_of(route))
    assert "Deleted: remove it" in page.content.decode()

    answer = alice.post(url_of(route), sent(page) | {"name": "Night"}, follow=True)
    assert '"Backup" cannot receive calls' in unescape(answer.content.decode())

    fixed = sent(alice.post(url_of(route), sent(page) | {"action": "remove:entries-1"}))
    assert alice.post(url_of(route), fixed | {"action": "save"}).status_code == 303


def test_a_loop_is_said_beside_the_phone_number(alice, account, new_york, route, office):
    number = Number.objects.create(e164="+13124441213", data_centre=new_york, account=account)
    assign_number(number, route, None)

    answer = alice.post(url_of(route), answers(office, number.pk, revision="1"), follow=True)

    words = "+13124441213 uses this route, so calls would loop. Choose another number"
    assert answer.content.decode().count(words) == 2


def test_undo_shows_what_it_changes_and_does_it(alice, route, office):
    change_route(route, settings_of("Night", office), seen=1, actor=make_user())
    settle_route(route)
    page = alice.get(url_of(route, "undo"))
    assert "Go back to revision 1?" in page.content.decode()

    answer = alice.post(url_of(route, "undo"), sent(page))

    assert (answer.status_code, again(route).name, newest(route).kind) == (303, "Day", "UPDATE")
    assert alice.get(url_of(route, "undo")).status_code == 409


def test_the_preview_says_what_is_right_so_far(alice, office):
    url = reverse("routes:preview")

    shown = unescape(alice.post(url, answers(office, PHONE)).content.decode())
    assert "1. Main office (20 s) → 2. +13124441212" in shown
    assert "charged at normal rates" in shown
    shown = unescape(alice.post(url, answers(office, "")).content.decode())
    assert "The phone number is still missing" in shown
    shown = unescape(alice.post(url, answers(office, ring="1")).content.decode())
    assert "Main office is left out here: Ring time must be" in shown
    assert "add a trunk or a phone number" in alice.post(url, {}).content.decode()


def test_warnings_do_not_stand_in_the_way(alice, account, office, backup):
    shown = unescape(alice.post(reverse("routes:preview"), answers(office, backup)).content.decode())

    assert "All its trunks are in New York" in shown
    assert alice.post(NEW, answers(office, backup)).status_code == 303


def test_an_unsaved_route_is_rehearsed_in_the_editor(alice, route, office):
    page = alice.post(url_of(route), answers(office, revision="1", called="NEW_YORK") | {"action": "rehearse"})
    part = alice.post(
        NEW, answers(office, called="NEW_YORK") | {"action": "rehearse"}, headers={"HX-Request": "true"}
    ).content.decode()

    assert "No node of New York can say at the moment" in page.content.decode()
    assert "No node of New York can say at the moment" in part
    assert "<html" not in part
    wrong = alice.post(NEW, answers(office, ring="1", called="NEW_YORK") | {"action": "rehearse"}).content.decode()
    assert "Put the entries right first" in wrong


@pytest.fixture
def number(account, new_york, route):
    number = Number.objects.create(e164="+13125550100", data_centre=new_york, account=account)
    assign_number(number, route, None)
    NodeState.objects.filter(subject_kind="number").update(verified=True)
    return number


def test_deleting_asks_where_the_numbers_go(alice, account, route, number, office):
    night = live_route(account, "Night", office)
    page = alice.get(url_of(route, "delete")).content.decode()
    assert "+13125550100" in page
    assert f'value="route:{night.pk}"' in page
    assert f'value="route:{route.pk}"' not in page

    nothing = alice.post(url_of(route, "delete"), {"seen": number.pk})
    assert nothing.status_code == 422
    assert "Choose where calls to these numbers go" in nothing.content.decode()

    answer = alice.post(url_of(route, "delete"), {"seen": number.pk, "to": f"route:{night.pk}"})

    number.refresh_from_db()
    assert (answer.status_code, number.route, newest(route).kind) == (303, night, "DELETE")


def test_a_number_that_came_meanwhile_is_shown_first(alice, route, number):
    answer = alice.post(url_of(route, "delete"), {"to": "nowhere"})

    assert answer.status_code == 422
    assert "+13125550100 uses this route by now" in answer.content.decode()
    assert alice.post(url_of(route, "delete"), {"to": "nowhere", "seen": number.pk}).status_code == 303


def test_a_suspended_account_is_told_so(alice, account, route, office):
    suspend_account(account.pk, "PAYMENT", "", reason="Invoice 7", actor=make_user(is_staff=True))

    assert alice.get(url_of(route)).status_code == 409
    assert alice.post(NEW, answers(office, name="Night")).status_code == 409
    assert alice.post(url_of(route, "delete")).status_code == 409
    assert "This account is suspended" in alice.get(url_of(route, "detail")).content.decode()


def test_a_strangers_route_is_404_everywhere(charlie, route):
    for name in ("detail", "edit", "edit_check", "undo", "delete", "rehearsal", "detail_status"):
        assert charlie.get(url_of(route, name)).status_code == 404


@pytest.mark.parametrize(
    "nonsense",
    [
        {"entries": ["\0", "x" * 500, "0"]},
        {"entries": ["0"] * 60},
        {"entries": ["0"], "entries_trunk_0": "\0"},
        {"entries": ["0"], "entries_phone_0": "\0", "entries_ring_0": "\0"},
        {"entries": ["0"], "entries_phone_0": PHONE, "entries_ring_0": "9" * 5000},
        {"action": "up:entries-\0"},
        {"action": "add:entries"},
        {"action": "phone:"},
        {"revision": "\0"},
        {"name": "\0"},
    ],
)
def test_nonsense_is_answered_with_a_page(alice, route, nonsense):
    for url in (NEW, url_of(route), reverse("routes:preview")):
        assert alice.post(url, {"name": "x", **nonsense}, follow=True).status_code in {200, 409, 422}


def test_a_made_up_reason_is_refused(alice, account, office):
    answer = alice.post(NEW, answers(office) | {"entries_hunt_0": ["RAIN"]})

    assert answer.status_code == 422
    assert not Route.objects.filter(account=account).exists()
    assert make_route(account, "Day", office).name == "Day"
