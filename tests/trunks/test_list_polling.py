"""Polling of the list: only what changed, only while something is pending, nothing about others."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from provisioning.enums import Status
from provisioning.models import Operation
from tests.trunks.states import newest, settle

LIST = reverse("trunks:list")


def polled(response):
    """Where the page asks next; None when it stops."""
    found = re.search(r'data-poll-url="([^"]*)"', response.content.decode())
    return found[1].replace("&amp;", "&") if found else None


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


def test_when_nothing_is_pending_the_words_above_the_rows_change_too(alice, order):
    trunk = order("New")
    url = polled(alice.get(LIST, {"q": "new"}))
    settle(trunk, Status.FAILED, "The primary node refused it")

    content = alice.get(url).content.decode()

    assert re.search(r'id="trunks-caption"\s+hx-swap-oob="innerHTML">1 of 1 match.', content)
    assert "Refresh status" not in content
    assert "One needs your attention." in content


def test_a_poll_brings_what_can_be_done_with_a_trunk_now(alice, order):
    trunk = order("New")
    before = alice.get(LIST)
    settle(trunk)

    content = alice.get(polled(before)).content.decode()

    assert "Disable: Another change is being applied" in before.content.decode()
    assert reverse("trunks:disable", args=[trunk.pk]) in content


def test_refresh_without_javascript_keeps_filters_and_page(alice, order):
    order("New")

    content = alice.get(LIST, {"q": "new", "state": "PENDING"}).content.decode()

    assert f'<a href="{LIST}?q=new&amp;state=PENDING&amp;page=1">Refresh status</a>' in content


def test_the_last_row_that_goes_reloads_the_page(alice, order):
    trunk = settle(order("Old"))
    alice.post(reverse("trunks:delete", args=[trunk.pk]), {"name": "Old"})
    url = polled(alice.get(LIST))
    settle(trunk)

    assert alice.get(url)["HX-Refresh"] == "true"
    assert "Old was deleted" in alice.get(LIST).content.decode()


def test_the_row_of_a_gone_trunk_goes_and_its_deletion_is_told_once(alice, order):
    order("Another")
    trunk = settle(order("Old"))
    alice.post(reverse("trunks:delete", args=[trunk.pk]), {"name": "Old"})
    url = polled(alice.get(LIST))
    settle(trunk)

    response = alice.get(url)

    assert re.search(rf'id="trunk-{trunk.pk}"\s+hx-swap-oob="delete"', response.content.decode())
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
