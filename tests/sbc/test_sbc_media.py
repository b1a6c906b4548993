"""What a trunk's codecs, DTMF and fax become for RTPengine; RTPengine's control protocol."""

import re

import pytest

from sbc.agent.media import media_members
from sbc.agent.render import Key, parse, render
from sbc.lab.rtpengine import _decoded, _encoded
from sbc.lab.samples import sample_trunk


def media(**changes):
    return media_members(sample_trunk("T1", **changes))


def named(verb, flags):
    return re.findall(rf"codec-{verb}-(\S+?)(?=[ \"])", flags)


@pytest.mark.parametrize("codecs", [("PCMA",), ("G729", "PCMU"), ("PCMU", "PCMA", "G729")])
def test_the_order_of_the_codecs_is_kept_in_both_directions(codecs):
    found = media(codecs=codecs)
    assert found["codecs"] == f'"{",".join(codecs)}"'
    assert named("transcode", found["to_trunk"]) == [*codecs, "telephone-event"]
    assert named("offer", found["to_carrier"]) == [*codecs, "telephone-event"]
    assert named("accept", found["to_carrier"]) == [*codecs, "telephone-event"]


def test_an_inband_trunk_is_neither_offered_events_nor_may_it_offer_them():
    found = media(dtmf="INBAND")
    assert named("consume", found["to_trunk"]) == ["telephone-event"]
    assert "telephone-event" not in named("transcode", found["to_trunk"])
    assert "telephone-event" not in found["to_carrier"]


@pytest.mark.parametrize(
    ("tls", "fax", "becomes"),
    [
        (False, "T38", "T38"),
        (False, "NONE", "NONE"),
        (True, "T38", "INBAND"),
        (True, "INBAND", "INBAND"),
        (True, "NONE", "NONE"),
    ],
)
def test_fax_on_a_trunk_with_tls_is_sound(tls, fax, becomes):
    found = media(tls=tls, fax=fax)
    assert (found["fax"], found["srtp"]) == (becomes, int(tls))


@pytest.mark.parametrize(
    "changes", [{"codecs": ()}, {"codecs": ("OPUS",)}, {"codecs": ("PCMA;enabled=1",)}, {"dtmf": "INFO"}, {"fax": ""}]
)
def test_what_is_not_known_does_not_reach_a_node(changes):
    with pytest.raises(ValueError):
        parse("trunk", "T1", sample_trunk("T1", **changes).to_wire())


def test_the_members_are_in_the_trunks_value():
    value = render(sample_trunk("T1"))[Key("trunk", "T1")]
    assert ';srtp=0;fax=T38;codecs="PCMA,PCMU";to_trunk="codec-transcode-PCMA codec-transcode-PCMU ' in value


def test_the_control_protocol_is_read_as_it_is_written():
    command = {"command": "list", "limit": 10, "calls": ["a", "b"], "more": {"": -1}}
    assert _decoded(_encoded(command), 0)[0] == command
