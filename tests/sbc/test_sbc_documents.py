"""Documents on the wire and their hashes."""

import json
from dataclasses import replace

import pytest

from sbc.documents import EarlierHa1, Fence, ProviderSource, read_document, upgraded
from sbc.lab.samples import sample_group, sample_node, sample_number, sample_registered, sample_trunk

SAMPLES = [
    sample_trunk("T1", ["192.0.2.1"], [("192.0.2.9", 5060)]),
    sample_registered("T2", "secret", earlier_ha1s=(EarlierHa1("a" * 32, "b" * 64, 1800000000),)),
    sample_number("+13125550100", "T1"),
    sample_node(("192.0.2.30", 5060), provider_sources=[ProviderSource("FRESHWORKS", "192.0.2.8/30", "X-Key")]),
    sample_group("fw-1", "AC12", 5, "T1"),
]


@pytest.mark.parametrize("document", SAMPLES, ids=lambda document: document.kind)
def test_a_document_survives_the_wire(document):
    wire = json.loads(json.dumps(document.to_wire()))
    again = read_document(document.kind, wire)
    assert again == document
    assert again.hash == document.hash


def test_the_hash_tells_every_change():
    trunk = SAMPLES[0]
    others = [
        sample_trunk("T1", ["192.0.2.1"], [("192.0.2.9", 5060)], **change)
        for change in ({"channels": 11}, {"codecs": ("PCMU", "PCMA")}, {"dtmf": "INBAND"}, {"tls": True})
    ]
    assert len({trunk.hash, *(other.hash for other in others)}) == 5


@pytest.mark.parametrize(
    "spoil",
    [
        lambda wire: wire.pop("channels"),
        lambda wire: wire.update(colour="red"),
        lambda wire: wire.update(format=99),
        lambda wire: wire.pop("format"),
    ],
)
def test_another_format_is_refused(spoil):
    wire = SAMPLES[0].to_wire()
    spoil(wire)
    with pytest.raises(ValueError):
        read_document("trunk", wire)


def test_a_document_of_format_1_can_be_read_on():
    wire = SAMPLES[0].to_wire() | {"format": 1}
    for added in ("realm", "earlier_ha1s", "calls_per_second"):
        del wire[added]
    assert read_document("trunk", upgraded("trunk", wire)) == replace(SAMPLES[0], calls_per_second=10)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="kind"):
        read_document("fax", {})


def test_generation_comes_before_epoch():
    assert Fence(1, 9) < Fence(2, 1) < Fence(2, 2)
