"""What documents become in Kamailio, and what never gets there."""

import pytest

from sbc.agent.render import Key, parse, render
from sbc.lab.samples import sample_node, sample_number, sample_trunk


def members(value):
    return dict(part.split("=", 1) for part in value.rstrip(";").split(";"))


def test_a_trunk_is_one_key_and_one_for_each_source():
    trunk = sample_trunk("T1", ["192.0.2.1", "192.0.2.2"], [("192.0.2.9", 5070), ("pbx.example.com", 0)])
    facts = render(trunk)
    assert facts.keys() == {Key("source", "192.0.2.1"), Key("source", "192.0.2.2"), Key("trunk", "T1")}
    assert facts[Key("source", "192.0.2.1")] == "T1"
    found = members(facts[Key("trunk", "T1")])
    assert found.pop("document") == trunk.hash[:16]
    assert found == {
        "enabled": "1", "group": "T1", "channels": "10", "international": "1", "domestic": "0", "rotate": "0",
        "n": "2", "h1": "192.0.2.9:5070", "h2": "pbx.example.com",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "member", "value"),
    [
        ({"admin_status": "DISABLED"}, "enabled", "0"),
        ({"admin_status": "SYSTEM_DISABLED"}, "enabled", "0"),
        ({"admin_status": "anything new"}, "enabled", "0"),
        ({"international": False}, "international", "0"),
        ({"strategy": "ROUND_ROBIN"}, "rotate", "1"),
        ({"number_format": "US_NATIONAL"}, "domestic", "1"),
        ({"group": "G7"}, "group", "G7"),
    ],
)
def test_members_of_a_trunk(change, member, value):
    assert members(render(sample_trunk("T1", **change))[Key("trunk", "T1")])[member] == value


def test_addresses_are_written_as_kamailio_writes_them():
    facts = render(sample_trunk("T1", ["2001:DB8:0::1"], [("2001:DB8::9", 5060)]))
    assert Key("source", "2001:db8::1") in facts
    assert members(facts[Key("trunk", "T1")])["h1"] == "[2001:db8::9]:5060"


def test_a_number_and_a_node():
    assert render(sample_number("+13125550100", "T1")) == {Key("number", "13125550100"): "T1"}
    facts = render(sample_node(("192.0.2.30", 5060), ("192.0.2.31", 5080)))
    assert facts == {
        Key("carrier", "192.0.2.30"): "node",
        Key("carrier", "192.0.2.31"): "node",
        Key("gateways", "all"): "n=2;h1=192.0.2.30:5060;h2=192.0.2.31:5080;",
    }


@pytest.mark.parametrize(
    "trunk",
    [
        sample_trunk("T 1"),
        sample_trunk("T1;enabled=1"),
        sample_trunk("T1", group="G;channels=999"),
        sample_trunk("T1", group=""),
        sample_trunk("T1", ["not an address"]),
        sample_trunk("T1", ["192.0.2.1 "]),
        sample_trunk("T1", [], [("host;x=1", 5060)]),
        sample_trunk("T1", [], [("host name", 5060)]),
        sample_trunk("T1", [], [("", 5060)]),
        sample_trunk("T1", [], [("192.0.2.9", 65536)]),
        sample_trunk("T1", [], [("192.0.2.9", -1)]),
        sample_trunk("T1", [], [("192.0.2.9", "5060;h1=x")]),
        sample_trunk("T1", channels=-1),
        sample_trunk("T1", channels="10"),
        sample_trunk("T1", channels=True),
        sample_trunk("T1", channels=10**9),
        sample_trunk("T1", group=None),
        sample_trunk("T1", source_hosts=None),
    ],
    ids=repr,
)
def test_bad_values_stay_out(trunk):
    with pytest.raises(ValueError):
        parse("trunk", trunk.id, trunk.to_wire())


@pytest.mark.parametrize("number", ["13125550100", "+0312", "+1312555;x", "+", "+1312 5550100", "+" + "1" * 20])
def test_bad_numbers_stay_out(number):
    with pytest.raises(ValueError):
        parse("number", number, sample_number(number, "T1").to_wire())


@pytest.mark.parametrize("wire", [None, [], "text", 7, {}, {"format": 1}])
def test_what_is_no_document_is_a_value_error(wire):
    with pytest.raises(ValueError):
        parse("trunk", "T1", wire)


def test_a_document_is_only_taken_under_its_own_id():
    with pytest.raises(ValueError, match="T1"):
        parse("trunk", "T2", sample_trunk("T1").to_wire())
