"""Whether a registered trunk can be called: only while a PBX is registered, and whoever is missed is told so."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from provisioning.models import NodeState, Registration, SbcNode
from routing.models import Number
from routing.services import assign_number
from tests.factories import open_data_centre, order_trunk, registered
from tests.trunks.states import settle
from trunks.reach import unreachable
from trunks.services import disable_trunk

LIST = reverse("trunks:list")


@pytest.fixture
def new_york(db):
    return open_data_centre()


@pytest.fixture
def trunk(account, new_york):
    """Live, with a number that its nodes know; the nodes were asked a moment ago, and nobody is registered."""
    trunk = settle(order_trunk(account, registered(new_york, name="Warehouse")))
    number = Number.objects.create(e164="+13125550100", data_centre=new_york, account=account)
    assign_number(number, trunk, None)
    NodeState.objects.update(verified=True)
    SbcNode.objects.update(facts_read_at=timezone.now())
    return trunk


def sign_in(trunk):
    now = timezone.now()
    times = {"since": now, "refreshed_at": now, "expires_at": now + timedelta(hours=1)}
    node = SbcNode.objects.get(role="PRIMARY")
    Registration.objects.create(node=node, subject_id=str(trunk.pk), contact="sip:pbx@127.77.130.1", **times)


def words(client, url):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(url).content.decode())))


def page(client, trunk):
    return words(client, reverse("trunks:detail", args=[trunk.pk]))


def test_nobody_can_be_called_while_nobody_is_registered(alice, trunk):
    shown = page(alice, trunk)

    assert "You cannot receive calls yet your PBX is not registered" in shown
    assert "You can receive calls" not in shown


def test_a_registered_pbx_can_be_called(alice, trunk):
    sign_in(trunk)

    assert "You can receive calls +13125550100 points here. Change" in page(alice, trunk)


def test_while_the_nodes_cannot_be_asked_it_is_unknown(alice, account, trunk):
    SbcNode.objects.update(facts_read_at=timezone.now() - timedelta(hours=1))

    assert "Unknown whether you can receive calls" in page(alice, trunk)
    assert not unreachable(account)


def test_the_list_counts_it_as_needing_attention_and_shows_it_first(alice, account, trunk, new_york):
    settle(order_trunk(account, registered(new_york, name="Annex")))

    shown = words(alice, LIST)

    assert "One needs your attention." in shown
    assert "You cannot receive calls: your PBX is not registered" in shown
    assert shown.index("Warehouse") < shown.index("Annex")


def test_the_file_has_the_lists_order(alice, account, trunk, new_york):
    settle(order_trunk(account, registered(new_york, name="Annex")))

    lines = b"".join(alice.get(reverse("trunks:export")).streaming_content).decode()

    assert lines.index("Warehouse") < lines.index("Annex")


def test_who_is_registered_needs_no_attention(alice, trunk):
    sign_in(trunk)

    assert "attention." not in words(alice, LIST)


def test_without_a_number_nobody_is_missed(account, trunk):
    Number.objects.update(trunk=None)

    assert not unreachable(account)


def test_a_disabled_trunk_is_not_missed(account, trunk):
    disable_trunk(trunk, trunk.created_by)
    settle(trunk)

    assert not unreachable(account)


def test_another_accounts_trunks_are_not_looked_at(stranger_account, trunk):
    assert not unreachable(stranger_account)


def test_the_page_polls_until_the_nodes_know_the_number(alice, trunk):
    sign_in(trunk)
    NodeState.objects.filter(subject_kind="number").update(verified=False)
    content = alice.get(reverse("trunks:detail", args=[trunk.pk])).content.decode()
    poll = unescape(re.search(r'data-poll-url="([^"]*)"', content)[1])
    NodeState.objects.update(verified=True)

    answer = alice.get(poll)

    assert re.search(r"not yet confirmed by the nodes: <bdi[^>]*>\+13125550100</bdi>\. ", content)
    assert answer.status_code == 286
    assert "You can receive calls" in answer.content.decode()


def test_a_viewer_sees_change_disabled_with_the_reason(bob, trunk):
    sign_in(trunk)
    content = bob.get(reverse("trunks:detail", args=[trunk.pk])).content.decode()

    assert re.search(r'<a role="link" aria-disabled="true"[^>]*>Change</a>', content)
    assert "your role may look at numbers but not point them to another trunk" in content
