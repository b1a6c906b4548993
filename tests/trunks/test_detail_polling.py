"""Polling of one trunk's page: until the end, only what changed, nothing about others."""

from __future__ import annotations

import re

from django.urls import reverse

from routing.models import Number
from routing.services import assign_number
from tests.trunks.states import settle
from trunks.services import delete_trunk


def page(client, trunk, name="trunks:detail"):
    return client.get(reverse(name, args=[trunk.pk])).content.decode()


def polled(content):
    found = re.search(r'data-poll-url="([^"]*)"', content)
    return found[1].replace("&amp;", "&") if found else None


def test_a_pending_page_polls_until_the_end(alice, trunk):
    url = polled(page(alice, trunk))
    settle(trunk)

    response = alice.get(url)

    assert response.status_code == 286
    assert "Live on both nodes" in response.content.decode()
    assert polled(response.content.decode()) is None


def test_a_settled_page_does_not_poll(alice, trunk):
    settle(trunk)

    assert polled(page(alice, trunk)) is None


def test_polling_leaves_what_did_not_change_alone(alice, trunk):
    url = polled(page(alice, trunk))
    settle(trunk)

    content = alice.get(url).content.decode()

    assert 'id="trunk-actions"' in content
    assert alice.get(url.split("?")[0]).status_code == 286


def test_the_end_of_a_change_is_announced_although_a_number_is_waited_for(alice, trunk):
    number = Number.objects.create(e164="+13124441212", data_centre=trunk.data_centre, account=trunk.account)
    assign_number(number, trunk, None)
    url = polled(page(alice, trunk))
    assert announced(alice, url) is None
    settle(trunk)

    content = alice.get(url).content.decode()

    assert "Live on both nodes" in announced(alice, url)
    assert announced(alice, polled(content)) is None


def announced(client, url):
    found = re.search(r'data-announce="([^"]*)"', client.get(url).content.decode())
    return found[1] if found else None


def test_a_page_whose_trunk_goes_leads_to_the_list(alice, trunk):
    settle(trunk)
    delete_trunk(trunk, trunk.created_by)
    url = polled(page(alice, trunk))
    settle(trunk)

    assert alice.get(url)["HX-Redirect"] == reverse("trunks:list")
    assert alice.get(reverse("trunks:detail", args=[trunk.pk])).status_code == 404


def test_polling_a_strangers_trunk_that_is_gone_is_not_found(charlie, trunk):
    settle(trunk)
    delete_trunk(trunk, trunk.created_by)
    settle(trunk)

    assert charlie.get(reverse("trunks:detail_status", args=[trunk.pk])).status_code == 404


def test_buttons_that_went_while_deleting_leave_their_place(alice, trunk):
    settle(trunk)
    delete_trunk(trunk, trunk.created_by)

    content = alice.get(f"{reverse('trunks:detail_status', args=[trunk.pk])}?seen=trunk-actions.0").content.decode()

    assert 'id="trunk-actions"' in content
    assert not re.search(r'id="trunk-actions"\s+hx-swap-oob="delete"', content)
