"""The page that connects a PBX: what it shows for every kind of trunk, and that polling leaves the rest alone."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from provisioning.enums import Status
from sbc.lab.rtpengine import FIRST_PORT, LAST_PORT
from tests.factories import freshworks, genesys, make_specification, open_data_centre, order_trunk, registered
from tests.trunks.states import settle
from trunks.models import Trunk, TrunkDraft
from trunks.views.handover import NEW


@pytest.fixture
def place(db):
    return open_data_centre()


@pytest.fixture
def trunk(account, place):
    return order_trunk(account, make_specification(place, name="Main office"))


def url(name, trunk):
    return reverse(f"trunks:{name}", args=[trunk.pk])


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def page(client, trunk, name="handover"):
    return text_of(client.get(url(name, trunk)))


def title_of(response):
    return re.search(r"<title>(.*?)</title>", text_of(response))[1].strip()


def replaced(answer):
    return set(re.findall(r'<div id="([^"]*)"', text_of(answer)))


def polled(content):
    found = re.search(r'data-poll-url="([^"]*)"', content)
    return found[1].replace("&amp;", "&") if found else None


def test_it_shows_what_to_allow_and_polls_while_pending(alice, trunk):
    content = page(alice, trunk)

    assert f"Order received, reference {trunk.reference}" in content
    assert "127.77.1.10" in content
    assert polled(content).startswith(url("handover_status", trunk))


def test_it_stops_polling_when_the_trunk_is_ready(alice, trunk):
    asked = polled(page(alice, trunk))
    settle(trunk)

    answer = alice.get(asked)

    assert answer.status_code == 286
    assert polled(text_of(answer)) is None
    assert "Ready" in text_of(answer)
    assert polled(page(alice, trunk)) is None


def test_the_title_says_pending_until_a_poll_says_ready(alice, trunk):
    asked = polled(page(alice, trunk))
    assert title_of(alice.get(url("handover", trunk))) == "(1 pending) Connect Main office – Trunkline"

    settle(trunk)

    assert title_of(alice.get(asked)) == "Connect Main office – Trunkline"


def test_polling_replaces_only_what_changed(alice, account, place):
    trunk = order_trunk(account, registered(place))
    asked = polled(page(alice, trunk))

    pending = replaced(alice.get(asked))
    settle(trunk)
    ready = replaced(alice.get(asked))

    assert pending <= {"handover-progress"}
    assert ready == {"handover-progress", "handover-refresh"}


def test_a_trunk_that_fails_while_somebody_waits_reloads_the_page(alice, trunk):
    asked = polled(page(alice, trunk))
    settle(trunk, Status.FAILED, "No node took it")

    answer = alice.get(asked)

    assert answer["HX-Redirect"] == url("handover", trunk)
    assert "could not be created. You have not been charged" in page(alice, trunk)
    assert "127.77.1.10" not in page(alice, trunk)


def test_a_failed_order_without_a_draft_offers_no_second_attempt(alice, trunk):
    settle(trunk, Status.FAILED)

    assert "Try again with the same answers" not in page(alice, trunk)
    TrunkDraft.objects.create(account=trunk.account, trunk=trunk)
    assert "Try again with the same answers" in page(alice, trunk)


def test_static_trunks_use_the_static_address_and_registered_ones_their_own(alice, account, place):
    place.nodes.filter(role="PRIMARY").update(registered_address="127.77.1.20")
    pages = [page(alice, order_trunk(account, make(place))) for make in (make_specification, registered)]

    assert ["127.77.1.20" in content for content in pages] == [False, True]
    assert ["127.77.1.10" in content for content in pages] == [True, False]


def test_tls_is_on_port_5061(alice, account, place):
    trunk = order_trunk(account, make_specification(place, tls=True))

    assert "127.77.1.10:5061" in page(alice, trunk)
    assert "5060" not in page(alice, trunk, "handover_addresses")


def test_the_addresses_can_be_downloaded(alice, trunk):
    answer = alice.get(url("handover_addresses", trunk))

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "Primary: 127.77.1.10, port 5060, UDP" in answer.content.decode()


def test_genesys_gets_its_identifier_and_name_to_copy(alice, account, place):
    trunk = order_trunk(account, genesys(place))

    content = page(alice, trunk)

    for value in (trunk.provider_facts["inbound_identifier"], trunk.provider_facts["outbound_fqdn"]):
        assert f'data-copy="{value}"' in content
    assert "US East (Virginia)" in content
    assert "pjsip" not in content


def test_freshworks_gets_its_account_and_domain_to_copy(alice, account, place):
    trunk = order_trunk(account, freshworks(place))

    content = page(alice, trunk)

    for value in trunk.provider_facts.values():
        assert f'data-copy="{value}"' in content


def test_a_provider_without_a_page_of_its_own_shows_its_answers(alice, account, place, monkeypatch):
    trunk = order_trunk(account, freshworks(place))
    monkeypatch.setattr("trunks.views.handover.OWN", "trunks/handover/none/%s.html")

    assert trunk.provider_facts["sip_domain"] in page(alice, trunk)


def test_a_viewer_reads_everything_but_the_password(bob, account, place):
    trunk = order_trunk(account, registered(place))

    content = page(bob, trunk)

    assert trunk.username in content
    assert "The password is shown to" in content
    assert url("reveal_password", trunk) not in content


@pytest.mark.parametrize("make", [make_specification, registered, freshworks, genesys])
def test_the_page_asks_the_database_at_most_twelve_times(alice, account, place, make, django_assert_max_num_queries):
    trunk = order_trunk(account, make(place))
    alice.get(url("handover", trunk))

    with django_assert_max_num_queries(12):
        alice.get(url("handover", trunk))


def test_later_the_page_is_a_tab_of_the_trunk(alice, trunk):
    assert 'aria-label="Trunk"' not in page(alice, trunk)

    Trunk.objects.update(created_at=timezone.now() - NEW)

    assert f'<a href="{url("handover", trunk)}" aria-current="page">Connect your PBX</a>' in page(alice, trunk)


def test_the_tab_of_a_provider_s_trunk_speaks_of_no_pbx(alice, account, place):
    trunk = order_trunk(account, freshworks(place))

    assert ">Connect</a>" in page(alice, trunk, "detail")
    assert "Our addresses" in page(alice, trunk, "detail")


def test_a_firewall_is_told_each_nodes_ports_for_calls_and_for_voice(alice, account, place, settings):
    settings.MEDIA_PORTS = "30000-39999"
    trunk = order_trunk(account, make_specification(place))

    page = alice.get(reverse("trunks:handover", args=[trunk.pk])).content.decode()
    text = alice.get(reverse("trunks:handover_addresses", args=[trunk.pk])).content.decode()

    assert page.count("30000-39999") == 2
    assert text.count("UDP; voice: UDP ports 30000-39999") == 2


def test_the_voice_ports_that_we_say_are_those_of_rtpengine(settings):
    told = settings.MEDIA_PORTS.split("-")
    compose = (settings.BASE_DIR / "docker-compose.yml").read_text()

    assert [int(port) for port in told] == [FIRST_PORT, LAST_PORT]
    assert re.findall(r"--port-(?:min|max)=(\d+)", compose) == told * 2
