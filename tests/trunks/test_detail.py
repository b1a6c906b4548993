"""The page of one trunk: proof per node, readiness, settings, history."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from provisioning.enums import Status
from provisioning.models import NodeState
from routing.models import Number
from tests.factories import make_member
from tests.trunks.states import ask_nodes, settle
from trunks.services import delete_trunk, disable_trunk, enable_trunk

PAGES = ["trunks:detail", "trunks:detail_status", "trunks:history"]


def page(client, trunk, name="trunks:detail"):
    return client.get(reverse(name, args=[trunk.pk])).content.decode()


def test_the_page_opens_with_one_sentence(alice, trunk):
    settle(trunk)

    assert re.search(r'<span id="trunk-sentence">Live on both nodes, checked \d+ s ago\.</span>', page(alice, trunk))


def test_each_node_shows_its_proof(alice, trunk):
    settle(trunk)

    content = page(alice, trunk)

    assert content.count("<span>Revision 1</span></span>") == 2
    assert content.count("21 ms") == 2


def test_a_node_that_does_not_answer_shows_its_error(alice, trunk):
    ask_nodes(trunk, True, False)
    NodeState.objects.filter(verified=False).update(last_error="connection refused")

    content = page(alice, trunk)

    assert "Not yet confirmed" in content
    assert "connection refused" in content


def test_a_node_is_not_said_to_have_what_it_was_not_asked_yet(alice, trunk):
    settle(trunk)
    disable_trunk(trunk, trunk.created_by)

    content = page(alice, trunk)

    assert "Revision 1, disabled" not in content
    assert content.count("As before this change") == 4


def test_calls_are_not_promised_before_enabling_is_confirmed(alice, trunk):
    settle(trunk)
    disable_trunk(trunk, trunk.created_by)
    settle(trunk)
    enable_trunk(trunk, trunk.created_by)

    assert page(alice, trunk).count("the nodes have not confirmed yet that it is enabled") == 2


def test_nodes_are_listed_before_they_are_asked(alice, trunk):
    assert page(alice, trunk).count("Not asked yet") == 2


def test_a_live_trunk_can_place_calls_from_its_addresses(alice, trunk):
    settle(trunk)

    assert "from 127.77.150.9" in page(alice, trunk)


def test_a_trunk_without_number_says_that_nobody_can_call(alice, trunk):
    settle(trunk)

    assert "no number points to this trunk" in page(alice, trunk)


def test_a_number_makes_the_trunk_reachable_once_its_nodes_have_it(alice, trunk):
    settle(trunk)
    number = Number.objects.create(
        e164="+13125550100", data_centre=trunk.data_centre, account=trunk.account, trunk=trunk, generation=1
    )
    assert "You can receive calls</span>" not in page(alice, trunk)
    for node in trunk.data_centre.nodes.all():
        NodeState.objects.create(
            node=node,
            subject_kind="number",
            subject_id=number.pk,
            wanted_generation=1,
            wanted_epoch=1,
            wanted_hash="x",
            verified=True,
        )

    assert "You can receive calls</span>" in page(alice, trunk)


def test_a_disabled_trunk_cannot_be_used(alice, trunk):
    settle(trunk)
    disable_trunk(trunk, trunk.created_by)
    settle(trunk)

    assert page(alice, trunk).count("the trunk is disabled") == 2


def test_the_addresses_to_allow_are_the_nodes(alice, trunk):
    content = page(alice, trunk)

    assert 'data-copy="127.77.1.10"' in content
    assert 'data-copy="127.77.1.11"' in content


def test_the_history_shows_every_change_with_its_reason(alice, trunk):
    settle(trunk)
    disable_trunk(trunk, trunk.created_by)
    settle(trunk, Status.RESET, "A later change took its place")

    content = page(alice, trunk, "trunks:history")

    assert [*re.findall(r'<span class="name">(\w+)</span>', content)] == ["Disable", "Create"]
    assert "A later change took its place" in content
    assert "Disable: asked for" in content


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_everybody_of_the_account_sees_the_price(request, trunk, who):
    assert "$30.00 a month" in page(request.getfixturevalue(who), trunk)


@pytest.mark.parametrize("name", PAGES)
def test_a_viewer_reads(bob, trunk, name):
    assert bob.get(reverse(name, args=[trunk.pk])).status_code in {200, 286}


@pytest.mark.parametrize("name", ["trunks:detail", "trunks:history"])
def test_a_strangers_trunk_is_404(charlie, trunk, name):
    assert charlie.get(reverse(name, args=[trunk.pk])).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_visitors_sign_in_first(client, trunk, name):
    assert client.get(reverse(name, args=[trunk.pk]))["Location"].startswith(reverse("account_login"))


def test_the_page_needs_few_queries(alice, trunk):
    settle(trunk)
    alice.get(reverse("trunks:detail", args=[trunk.pk]))

    with CaptureQueriesContext(connection) as queries:
        alice.get(reverse("trunks:detail", args=[trunk.pk]))

    assert len(queries) <= 12, [query["sql"][:150] for query in queries]


def test_three_changes_need_as_many_queries_as_one(alice, trunk):
    def queries():
        with CaptureQueriesContext(connection) as queries:
            page(alice, trunk, "trunks:history")
        return len(queries)

    settle(trunk)
    page(alice, trunk, "trunks:history")
    one = queries()
    disable_trunk(trunk, make_member(trunk.account))
    settle(trunk)
    delete_trunk(trunk, make_member(trunk.account))

    assert queries() == one


def test_the_biller_sees_the_price(account, trunk):
    client = Client()
    client.force_login(make_member(account, Role.BILLING), backend="django.contrib.auth.backends.ModelBackend")

    assert "$30.00 a month" in page(client, trunk)
