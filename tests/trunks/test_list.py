"""The list of trunks: what stands first, what filters find, who may look."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.bench.copies import copy_trunk
from provisioning.enums import Status
from tests.factories import freshworks, open_data_centre, order_trunk, registered
from tests.trunks.states import settle
from trunks.models import Trunk, TrunkDraft
from trunks.services import delete_trunk, disable_trunk, enable_trunk

LIST = reverse("trunks:list")


def names(response):
    return re.findall(r'<a class="name"[^>]*>([^<]*)</a>', response.content.decode())


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


def test_a_change_that_was_not_applied_stays_in_the_row_with_a_way_to_its_history(alice, order):
    trunk = settle(order("Main office"))
    disable_trunk(trunk, trunk.created_by)
    settle(trunk)
    enable_trunk(trunk, trunk.created_by)
    settle(trunk, Status.RESET, "The backup node refused it")

    content = alice.get(LIST).content.decode()

    assert "Could not be enabled: the backup node refused it. It stays disabled." in content
    assert f'href="{reverse("trunks:history", args=[trunk.pk])}"' in content


def test_a_live_trunk_that_a_node_does_not_confirm_says_so(alice, order):
    settle(order("Owed"), verified=(True, False))

    assert "not yet confirmed by the backup node" in alice.get(LIST).content.decode()


@pytest.mark.parametrize("text", ["main", "OFFICE", " office ", "127.77.150.9", "127.77.150.", "127.77.150"])
def test_text_finds_parts_of_names_and_beginnings_of_source_addresses(alice, order, text):
    order("Main office", source_hosts=["127.77.150.9"])
    order("Warehouse")

    assert names(alice.get(LIST, {"q": text})) == ["Main office"]


def test_text_finds_the_reference(alice, order):
    trunk = order("Main office")
    order("Warehouse")

    assert names(alice.get(LIST, {"q": trunk.reference})) == ["Main office"]


def test_text_finds_the_id(alice, order):
    trunk = order("Main office")
    order("Warehouse")

    assert names(alice.get(LIST, {"q": str(trunk.pk)})) == ["Main office"]


def test_text_finds_the_user_name(alice, account, new_york, order):
    trunk = order_trunk(account, registered(new_york, name="Shop"))
    order("Warehouse")

    assert names(alice.get(LIST, {"q": trunk.username})) == ["Shop"]


@pytest.mark.parametrize("text", ["127.77.", "1.2.3.4.5", "300.1", "2001:db8::1", ":", ".", "%", "\x00", "TR-", "'"])
def test_any_text_is_looked_for_without_harm(alice, order, text):
    order("Main office")

    assert alice.get(LIST, {"q": text}).status_code == 200


def test_a_type_filters(alice, account, new_york, order):
    order("My own")
    order_trunk(account, registered(new_york, name="Signs in"))
    order_trunk(account, freshworks(new_york, name="Help desk"))

    assert names(alice.get(LIST, {"type": "DIRECT.STATIC"})) == ["My own"]
    assert names(alice.get(LIST, {"type": "DIRECT.REGISTERED"})) == ["Signs in"]
    assert names(alice.get(LIST, {"type": "FRESHWORKS.PROVIDER"})) == ["Help desk"]


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

    assert names(alice.get(LIST, {"state": "NONSENSE", "data_centre": "MARS", "type": "X.Y"})) == ["Here"]


@pytest.mark.parametrize("page", ["x", "0", "-1", "2", "9" * 30, "²", ""])
@pytest.mark.parametrize("filters", [{}, {"q": "here"}])
def test_a_wrong_page_is_the_nearest_one(alice, order, page, filters):
    order("Here")

    assert names(alice.get(LIST, {"page": page} | filters)) == ["Here"]


def test_no_match_names_the_filters_and_offers_to_clear_them(alice, order):
    order("Here")

    content = alice.get(LIST, {"q": "frankfurt", "state": "FAILED"}).content.decode()

    assert "No trunks match “frankfurt, Failed”" in content
    assert "Clear filters" in content


def test_the_caption_says_how_many_match(alice, order):
    order("Main office")
    order("Warehouse")

    content = alice.get(LIST, {"q": "main"}).content.decode()

    assert "1 of 2 match." in content


def test_matches_beyond_the_page_are_not_counted(alice, order):
    copy_trunk(settle(order("Office")), 60)

    response = alice.get(LIST, {"q": "office", "page": 2})

    assert len(names(response)) == 25
    assert "More than 50 of 61 match." in response.content.decode()
    assert "page=3" in response.content.decode()


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


def test_more_drafts_than_fit_are_a_link_away(alice, account):
    for number in range(4):
        TrunkDraft.objects.create(account=account, answers={"settings": {"name": [f"Office {number}"]}})

    content = alice.get(LIST).content.decode()

    assert content.count("Continue “Office") == 3
    assert f'<a href="{reverse("trunks:new")}">All drafts</a>' in content


def test_a_viewer_sees_drafts_with_disabled_buttons_and_the_reason(bob, account):
    draft = TrunkDraft.objects.create(account=account, answers={"settings": {"name": ["Second office"]}})

    content = bob.get(LIST).content.decode()

    assert "“Second office”" in content
    assert reverse("trunks:resume", args=[draft.pk]) not in content
    assert content.count('aria-describedby="drafts-why"') == 2
    assert '<p class="hint" id="drafts-why">Your role may look at trunks but not order them.</p>' in content


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
    assert len(three) <= 12, [query["sql"][:150] for query in three]


@pytest.mark.parametrize("filters", [{}, {"state": "LIVE"}, {"q": "office"}])
def test_hundreds_of_trunks_need_as_many_queries_as_ten(alice, order, filters):
    few, others = settle(order("Office")), settle(order("Office of others"))
    copy_trunk(few, 8)
    alice.get(LIST, filters)
    with CaptureQueriesContext(connection) as ten:
        alice.get(LIST, filters)
    copy_trunk(others, 400)

    with CaptureQueriesContext(connection) as hundreds:
        alice.get(LIST, filters)

    assert Trunk.objects.count() == 410
    assert len(hundreds) == len(ten)


def test_pages_hold_25_trunks_and_say_how_many_there_are(alice, order):
    copy_trunk(settle(order("Zuletzt")), 25)

    first, second = alice.get(LIST), alice.get(LIST, {"page": 2})

    assert len(names(first)) == 25
    assert names(second) == ["Zuletzt"]
    assert "Page 2 of 2, 26 trunks" in second.content.decode()


def test_a_deleted_trunk_is_not_listed(alice, order):
    trunk = settle(order("Old"))
    delete_trunk(trunk, trunk.created_by)
    settle(trunk)

    assert names(alice.get(LIST)) == []
