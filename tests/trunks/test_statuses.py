"""The three statuses of a trunk's page, what was read from its nodes, and what it shows of each kind."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from provisioning.enums import CheckCode, Status
from provisioning.models import DestinationCheck, FailedSignIn, GroupCalls, Registration, SbcNode
from tests.factories import freshworks, genesys, make_address, make_member, make_specification, order_trunk, registered
from tests.trunks.states import settle
from trunks.differences import merged
from trunks.enums import Cause
from trunks.groups import group_id_of
from trunks.services import change_trunk, delete_trunk, disable_trunk, release_trunk, suspend_trunk
from trunks.specification import TrunkSettings


def shown(client, trunk):
    page = client.get(reverse("trunks:detail", args=[trunk.pk])).content.decode()
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


@pytest.fixture
def live(trunk):
    return settle(trunk)


@pytest.fixture
def phone(account, new_york):
    SbcNode.objects.update(facts_read_at=timezone.now(), registered_address="127.77.1.20")
    return settle(order_trunk(account, registered(new_york)))


def test_administrative_enabled_disabled_and_disabled_by_us(alice, live):
    actor = make_member(live.account)
    assert "Administrative Enabled since" in shown(alice, live)

    disable_trunk(live, actor)
    settle(live)
    assert re.search(r"Administrative Disabled since \d+ s ago Calls are not processed\.", shown(alice, live))

    suspend_trunk(live, Cause.SPEND_LIMIT, "", None)
    settle(live)
    assert re.search(r"Administrative Disabled by us since \d+ s ago Spend limit reached\.", shown(alice, live))

    release_trunk(live, None)
    settle(live)
    assert "Administrative Disabled since" in shown(alice, live)


def test_channels_in_use_are_counted_over_both_nodes(alice, live):
    SbcNode.objects.update(facts_read_at=timezone.now())
    for node in SbcNode.objects.all():
        GroupCalls.objects.create(node=node, subject_id=str(live.pk), calls=2)

    assert f"Channels 4 of {live.live.channels} channels in use seen" in shown(alice, live)


def test_channels_in_use_are_unknown_while_a_node_is_silent(alice, live):
    SbcNode.objects.update(facts_read_at=timezone.now())
    SbcNode.objects.filter(role="BACKUP").update(facts_read_at=timezone.now() - timedelta(minutes=5))

    assert "Channels Unknown: a node could not be asked lately seen" in shown(alice, live)


def test_freshworks_has_a_limit_per_trunk_for_calls_in_and_one_over_all_for_calls_out(alice, account, new_york):
    SbcNode.objects.update(facts_read_at=timezone.now())
    first, second = (settle(order_trunk(account, freshworks(new_york, channels=many))) for many in (3, 4))
    for node in SbcNode.objects.all():
        GroupCalls.objects.create(node=node, subject_id=str(first.pk), calls=1)
        GroupCalls.objects.create(node=node, subject_id=group_id_of(first), calls=2)

    for trunk, own in ((first, "2 of 3"), (second, "0 of 4")):
        page = shown(alice, trunk)
        assert f"Channels {own} channels in use by calls coming in 4 of 7" in page
        assert "4 of 7 in use by calls going out, over all your Freshworks trunks in New York seen" in page


def test_what_is_off_the_nodes_promises_no_calls(alice, live):
    delete_trunk(live, make_member(live.account))
    settle(live, Status.FAILED, "The primary node did not answer")

    assert "No calls all the same: the trunk is taken off the nodes" in shown(alice, live)


def sign_in(trunk, contact, node=None):
    """Its equipment registered from one address five minutes ago."""
    now = timezone.now()
    Registration.objects.create(
        node=node or SbcNode.objects.get(role="PRIMARY"),
        subject_id=str(trunk.pk),
        contact=contact,
        source="127.77.130.1:5060",
        user_agent="Asterisk 20",
        since=now - timedelta(minutes=5),
        refreshed_at=now,
        expires_at=now + timedelta(hours=1),
    )


def test_a_registered_phone_is_shown_per_node_with_since_and_seen(alice, phone):
    sign_in(phone, "sip:pbx@10.0.0.5:5070")

    page = shown(alice, phone)

    assert "Registration Registered since 5 min ago" in page
    assert re.search(
        r"Primary node: registered from 127\.77\.130\.1:5060 \(Asterisk 20\), its Contact says sip:pbx@10\.0\.0\.5:5070"
        r" since 5 min ago , seen \d+ s ago",
        page,
    )
    assert re.search(r"Backup node: unregistered, seen \d+ s ago", page)


@pytest.mark.parametrize(
    ("contact", "is_said"),
    [
        ("sip:127.77.130.1:5060", False),
        ("sips:pbx;x=1@127.77.130.1:5060;transport=tls", False),
        ("sip:pbx@10.127.77.130.1:5060", True),
        ("sip:pbx@127.77.130.1:50601", True),
        ("sip:127.77.130.1:5060@10.0.0.5:5060", True),
    ],
)
def test_a_contact_is_said_where_it_leads_to_another_address(alice, phone, contact, is_said):
    sign_in(phone, contact)

    assert (f"its Contact says {contact}" in shown(alice, phone)) == is_said


def test_nobody_registered_is_shown(alice, phone):
    assert "Registration Unregistered" in shown(alice, phone)


def failed(trunk, source, count, minutes_ago, role="PRIMARY"):
    FailedSignIn.objects.create(
        node=SbcNode.objects.get(role=role),
        subject_id=str(trunk.pk),
        source=source,
        count=count,
        last_at=timezone.now() - timedelta(minutes=minutes_ago),
    )


def test_failed_sign_ins_are_shown_per_address_over_both_nodes(alice, phone):
    failed(phone, "203.0.113.9", 7, 3)
    failed(phone, "203.0.113.9", 5, 9, role="BACKUP")
    failed(phone, "203.0.113.8", 1, 60)
    failed(phone, "203.0.113.7", 9, 60 * 25)

    page = shown(alice, phone)

    assert "12 sign-ins failed from 203.0.113.9 in the last 24 hours, last 3 min ago ." in page
    assert "1 sign-in failed from 203.0.113.8 in the last 24 hours" in page
    assert "203.0.113.7" not in page
    assert "A wrong password or user name in your PBX, or somebody guessing." in page


def test_of_many_addresses_the_latest_are_shown(alice, phone):
    for n in range(1, 6):
        failed(phone, f"203.0.113.{n}", n, n)

    page = shown(alice, phone)

    assert "from 203.0.113.3 in" in page
    assert "203.0.113.4" not in page
    assert "Others failed from 2 more addresses." in page


def test_without_a_failed_sign_in_nothing_is_said(alice, phone):
    assert "ign-ins failed" not in shown(alice, phone)


def test_static_trunks_have_no_registration(alice, live):
    assert "Registration Not used" in shown(alice, live)


def test_the_action_says_what_who_and_why(alice, live):
    disable_trunk(live, make_member(live.account, email="ana@example.com"))
    settle(live, Status.RESET, "A later change took its place")

    page = shown(alice, live)

    assert re.search(r"Action Not applied, restored Disable, by ana@example\.com, \d+ s ago", page)
    assert "A later change took its place." in page


def test_the_options_check_shows_result_and_time_per_destination(alice, account, new_york):
    trunk = settle(order_trunk(account, make_specification(new_york, options=True)))
    SbcNode.objects.update(facts_read_at=timezone.now())
    asked = {"subject_id": str(trunk.pk), "host": "127.77.200.1", "port": 5060, "tried_at": timezone.now()}
    primary, backup = SbcNode.objects.order_by("-role")
    DestinationCheck.objects.create(
        node=primary, alive=True, code=200, round_trip_ms=12, missed=0, answered_at=timezone.now(), **asked
    )
    DestinationCheck.objects.create(node=backup, alive=False, code=408, round_trip_ms=0, missed=3, **asked)

    page = shown(alice, trunk)

    assert re.search(r"127\.77\.200\.1:5060 Primary Answers in 12 ms \d+ s ago", page)
    assert re.search(r"127\.77\.200\.1:5060 Backup Does not answer no answer \d+ s ago", page)


@pytest.mark.parametrize("code", [CheckCode.NAME_LOST, CheckCode.NAME_REFUSED])
@pytest.mark.parametrize("options", [True, False])
def test_a_destination_whose_name_is_of_no_use_is_shown_checked_or_not(alice, account, new_york, code, options):
    destinations = [("pbx.example.com", 0), ("127.77.200.1", 5060)]
    trunk = settle(order_trunk(account, make_specification(new_york, options=options, destinations=destinations)))
    SbcNode.objects.update(facts_read_at=timezone.now())
    found = {"subject_id": str(trunk.pk), "round_trip_ms": 0, "missed": 0}
    for node in SbcNode.objects.all():
        DestinationCheck.objects.create(node=node, host="pbx.example.com", port=0, alive=False, code=code, **found)

    page = shown(alice, trunk)

    assert f"pbx.example.com Primary Cannot be called {code.label}" in page
    assert ("127.77.200.1:5060 Primary Not asked yet" in page) is options


def test_without_the_check_nothing_is_said_about_answers(alice, live):
    assert "Do your destinations answer?" not in shown(alice, live)


def test_a_registered_trunk_shows_its_user_name_and_its_own_addresses_never_a_password(alice, phone):
    content = alice.get(reverse("trunks:detail", args=[phone.pk])).content.decode()

    assert phone.username in content
    assert 'data-copy="127.77.1.20"' in content
    assert "127.77.1.20:5060" in content
    assert "ha1" not in content.lower()


@pytest.mark.parametrize(("specification", "fact"), [(freshworks, "account_sid"), (genesys, "inbound_identifier")])
def test_a_provider_shows_its_facts(alice, account, new_york, specification, fact):
    trunk = settle(order_trunk(account, specification(new_york)))

    page = shown(alice, trunk)

    assert str(next(each.label for each in trunk.connects.questions if each.name == fact)) in page
    assert trunk.provider_facts[fact] in page
    assert f"You can place calls from {trunk.connects.label}" in page


@pytest.mark.parametrize("specification", [make_specification, registered, freshworks, genesys])
def test_the_fullest_page_of_every_kind_needs_few_queries(
    alice, account, new_york, specification, django_assert_max_num_queries
):
    wanted = specification(new_york, service_address=make_address(account), options=True)
    trunk = settle(order_trunk(account, wanted))
    renamed = replace(TrunkSettings.of(trunk.wanted), name="Renamed")
    change_trunk(trunk, renamed, seen=1, price="", actor=make_member(account))
    settle(trunk)
    alice.get(reverse("trunks:detail", args=[trunk.pk]))

    with django_assert_max_num_queries(15):
        alice.get(reverse("trunks:detail", args=[trunk.pk]))


def test_a_test_call_is_not_offered_where_no_call_passes(alice, live, settings):
    settings.MEMORY_NODES = False
    assert "Place a test call" in shown(alice, live)

    disable_trunk(live, make_member(live.account))
    settle(live)

    assert "Place a test call" not in shown(alice, live)


def test_opening_the_address_of_a_button_says_so(alice, live):
    page = alice.get(reverse("trunks:enable", args=[live.pk]))

    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert "Nothing was done" in page.content.decode()


BASE = TrunkSettings("Main", 10, ["PCMA"], source_hosts=["10.0.0.1", "10.0.0.2"])
A, B, C, D = "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"


@pytest.mark.parametrize(
    ("theirs", "mine", "together"),
    [
        ([A, B], [A], [A]),
        ([A], [A, B], [A]),
        ([A, B, C], [A, B, D], [A, B, C, D]),
        ([A, C], [B, D], [C, D]),
        ([A, B, C], [A, B, C], [A, B, C]),
    ],
)
def test_hosts_of_two_people_go_together(theirs, mine, together):
    result = merged(BASE, replace(BASE, source_hosts=theirs), replace(BASE, source_hosts=mine))

    assert result.source_hosts == together


def test_disabling_says_how_many_phones_it_disconnects(alice, phone):
    for node in SbcNode.objects.all():
        sign_in(phone, "sip:pbx@127.77.130.1", node)

    page = unescape(alice.get(reverse("trunks:disable", args=[phone.pk])).content.decode())

    assert "1 registered phone will be disconnected" in page


def test_while_it_is_being_disabled_it_is_not_disabled_since_long(alice, live):
    disable_trunk(live, make_member(live.account))

    assert "Administrative Disabled Calls are not processed." in shown(alice, live)
