"""How a customer's PBX is told whom to trust."""

from __future__ import annotations

import pytest
from django.urls import reverse

from sbc.lab.samples import sample_certificate
from tests.factories import genesys, make_specification, open_data_centre, order_trunk

BACKUP = sample_certificate(subject="CN=ny2.sip.example.com")


@pytest.fixture
def place(db):
    return open_data_centre()


@pytest.fixture
def read(place):
    """The nodes were asked."""
    place.nodes.filter(role="PRIMARY").update(certificate=sample_certificate())
    place.nodes.filter(role="BACKUP").update(certificate=BACKUP)


def page(client, trunk):
    return client.get(reverse("trunks:handover", args=[trunk.pk])).content.decode()


def authority(client, trunk):
    return client.get(reverse("trunks:handover_authority", args=[trunk.pk]))


@pytest.mark.parametrize(
    "make", [lambda place: make_specification(place, tls=True), lambda place: genesys(place, tls=True)]
)
def test_a_tls_trunk_shows_the_certificate_of_every_node(alice, account, place, read, make):
    content = page(alice, order_trunk(account, make(place)))

    for shown in (
        "CN=ny1.sip.example.com",
        "CN=ny2.sip.example.com",
        "CN=Example authority",
        "2 October 2096",
        "AB:AB",
    ):
        assert shown in content


def test_the_authority_can_be_downloaded_once_for_all_nodes(alice, account, place, read):
    answer = authority(alice, order_trunk(account, make_specification(place, tls=True)))

    assert answer.content.decode() == sample_certificate()["authority"]
    assert answer["Content-Disposition"] == "attachment; filename=trunkline-ca.pem"


def test_before_the_nodes_were_asked_the_page_says_so(alice, account, place):
    trunk = order_trunk(account, make_specification(place, tls=True))

    assert "have not told us their certificates yet" in page(alice, trunk)
    assert authority(alice, trunk)["Location"] == reverse("trunks:handover", args=[trunk.pk])


def test_a_udp_trunk_needs_no_trust(alice, account, place, read):
    trunk = order_trunk(account, make_specification(place))

    assert "trust us" not in page(alice, trunk)
    assert authority(alice, trunk).status_code == 302
