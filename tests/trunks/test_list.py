"""The list of trunks: what stands first, what filters find, what polls answer, who may look."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from provisioning.enums import Status
from provisioning.models import Operation
from tests.factories import make_specification, open_data_centre, order_trunk
from tests.trunks.states import newest, settle
from trunks.models import Trunk, TrunkDraft
from trunks.services import delete_trunk, disable_trunk

LIST = reverse("trunks:list")


@pytest.fixture
def order(account, new_york):
    def order(name, **changes):
        return order_trunk(account, make_specification(changes.pop("data_centre", new_york), name=name, **changes))

    return order


def names(response):
    return re.findall(r'<a class="name"[^>]*>([^<]*)</a>', response.content.decode())


def polled(response):
    """Where the page asks next; None when it stops."""
    found = re.search(r'data-poll-url="([^"]*)"', response.content.decode())
    return found[1].replace("&amp;", "&") if found else None


def test_without_trunks_the_list_says_what_a_trunk_is(alice):
    response = alice.get(LIST)

    assert "You have no SIP trunks yet" in response.content.decode()


def test_what_needs_attention_stands_first(alice, order):
    settle(order("A live one"))
    disabled = settle(order("B disabled one"))
    disable_trunk(disabled, disabled.created_by)
    settle(disabled)
    order("C pending one")
    settle(order("D failed one"), Status.FAILED, "The primary node refused it")

    response = alice.get(LIST)

    assert names(response) == ["D failed one", "C pending one", "B disabled one", "A live one"]


def test_the_lede_counts_what_needs_attention(alice, order):
    settle(order("Good"))
    settle(order("Bad"), Status.FAILED, "The primary node refused it")

    response = alice.get(LIST)

    assert "2 trunks. One needs your attention." in response.content.decode()


def test_a_failed_trunk_says_why(alice, order):
    settle(order("Bad"), Status.FAILED, "The primary node refused it")

    assert "the primary node refused it" in alice.get(LIST).content.decode()


def test_a_live_trunk_that_a_node_does_not_confirm_says_so(alice, order):
    settle(order("Owed"), verified=(True, False))

    assert "not yet confirmed by the backup node" in alice.get(LIST).content.decode()


@pytest.mark.parametrize("text", ["main", "127.77.150.9", "OFFICE"])
def test_text_finds_names_and_source_addresses(alice, order, text):
    order("Main office", source_hosts=["127.77.150.9"])
    order("Warehouse")

    assert names(alice.get(LIST, {"q": text})) == ["Main office"]


def test_text_finds_the_reference(alice, order):
    trunk = order("Main office")
    order("Warehouse")

    assert names(alice.get(LIST, {"q": trunk.reference})) == ["Main office"]


def test_a_state_filters(alice, order):
    settle(order("Live"))
    order("Pending")

    assert names(alice.get(LIST, {"state": "PENDING"})) == ["Pending"]


def test_a_data_centre_filters(alice, order):
    order("Here")
    order("There", data_centre=open_data_centre("FRANKFURT"))

    assert names(alice.get(LIST, {"data_centre": "FRANKFURT"})) == ["There"]


def test_a_wrong_filter_filters_nothing(alice, order):
    order("Here")

    assert names(alice.get(LIST, {"state": "NONSENSE", "data_centre": "MARS", "page": "x"})) == ["Here"]


def test_no_match_names_the_filters_and_offers_to_clear_them(alice, order):
    order("Here")

    content = alice.get(LIST, {"q": "frankfurt", "state": "FAILED"}).content.decode()

    assert "No trunks match “frankfurt, Failed”" in content
    assert "Clear filters" in content


def test_htmx_gets_the_table_alone(alice, order):
    order("Here")

    content = alice.get(LIST, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in content
    assert "Here" in content


def test_a_draft_can_be_continued(alice, account):
    draft = TrunkDraft.objects.create(account=account, answers={"settings": {"name": ["Second office"]}})

    content = alice.get(LIST).content.decode()

    assert "Continue “Second office”" in content
    assert str(draft.pk) in content


def test_a_settled_list_does_not_poll(alice, order):
    settle(order("Live"))

    assert polled(alice.get(LIST)) is None


def test_an_unchanged_poll_is_empty(alice, order):
    trunk = order("New")
    Operation.objects.filter(pk=newest(trunk).pk).update(requested_at=timezone.now() - timedelta(minutes=30))

    response = alice.get(polled(alice.get(LIST)))

    assert response.status_code == 204


def test_a_poll_sends_only_changed_cells_and_goes_on(alice, order):
    first, second = order("First"), order("Second")
    Operation.objects.update(requested_at=timezone.now() - timedelta(minutes=30))
    url = polled(alice.get(LIST))
    settle(first)

    response = alice.get(url)

    assert f'id="state-{first.pk}"' in response.content.decode()
    assert f'id="state-{second.pk}"' not in response.content.decode()
    assert str(second.pk) in polled(response)
    assert str(first.pk) not in polled(response)


def test_polling_stops_when_nothing_is_pending(alice, order):
    trunk = order("New")
    url = polled(alice.get(LIST))
    settle(trunk)

    response = alice.get(url)

    assert response.status_code == 286
    assert polled(response) is None
    assert 'data-announce="New: Live"' in response.content.decode()


def test_the_row_of_a_gone_trunk_goes_and_its_deletion_is_told_once(alice, order):
    trunk = settle(order("Old"))
    alice.post(reverse("trunks:delete", args=[trunk.pk]), {"name": "Old"})
    url = polled(alice.get(LIST))
    settle(trunk)

    response = alice.get(url)

    assert f'<div id="trunk-{trunk.pk}" hx-swap-oob="delete">' in response.content.decode()
    assert "Old was deleted" in response.content.decode()
    assert "Old was deleted" not in alice.get(LIST).content.decode()


def test_without_polling_the_next_list_tells_of_the_deletion_once(alice, order):
    trunk = settle(order("Old"))
    alice.post(reverse("trunks:delete", args=[trunk.pk]), {"name": "Old"})
    settle(trunk)

    assert "Old was deleted" in alice.get(LIST).content.decode()
    assert "Old was deleted" not in alice.get(LIST).content.decode()


def test_a_poll_tells_nothing_about_strangers_trunks(charlie, order):
    trunk = order("Secret name")

    content = charlie.get(reverse("trunks:list_status"), {"seen": f"state-{trunk.pk}.0"}).content.decode()

    assert "Secret name" not in content
    assert "Pending" not in content


@pytest.mark.parametrize("seen", ["state-nonsense.1", "x", ""])
def test_a_poll_survives_nonsense(alice, seen):
    assert alice.get(reverse("trunks:list_status"), {"seen": seen}).status_code == 286


def test_strangers_trunks_are_not_listed(charlie, order):
    order("Secret name")

    assert names(charlie.get(LIST)) == []


def test_a_viewer_sees_the_list_without_the_order_button(bob, order):
    order("Here")

    response = bob.get(LIST)

    assert names(response) == ["Here"]
    assert "Create SIP trunk" not in response.content.decode()


@pytest.mark.parametrize("name", ["trunks:list", "trunks:list_status"])
def test_visitors_sign_in_first(client, db, name):
    response = client.get(reverse(name))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_three_rows_need_as_many_queries_as_one(alice, order):
    settle(order("One"), verified=(True, False))
    alice.get(LIST)
    with CaptureQueriesContext(connection) as one:
        alice.get(LIST)
    settle(order("Two"))
    order("Three")

    with CaptureQueriesContext(connection) as three:
        alice.get(LIST)

    assert len(three) == len(one)
    assert len(three) <= 12


def test_pages_hold_25_trunks(alice, account, new_york):
    account.limits.trunks = account.limits.trunks_per_data_centre = 30
    account.limits.channels = 100
    account.limits.save()
    for number in range(26):
        order_trunk(account, make_specification(new_york, name=f"Trunk {number:02}"))

    assert len(names(alice.get(LIST))) == 25
    assert names(alice.get(LIST, {"page": 2})) == ["Trunk 25"]
    assert Trunk.objects.count() == 26


def test_a_deleted_trunk_is_not_listed(alice, order):
    trunk = settle(order("Old"))
    delete_trunk(trunk, trunk.created_by)
    settle(trunk)

    assert names(alice.get(LIST)) == []
