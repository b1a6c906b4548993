"""What documents become in Kamailio, and what never gets there."""

from dataclasses import replace

import pytest

from sbc.agent.media import media_members
from sbc.agent.render import Key, parse, render
from sbc.documents import EarlierHa1, NodeDocument, PeerNodes, ProviderSource
from sbc.lab.samples import (
    REALM,
    ha1,
    sample_entry,
    sample_group,
    sample_node,
    sample_number,
    sample_registered,
    sample_route,
    sample_trunk,
)


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
        "enabled": "1", "registered": "0", "challenge": "0", "tls": "0",
        "provider": "DIRECT", "group": "T1", "channels": "10", "rate": "1000", "international": "1", "format": "E164",
        "identity": "-", "rotate": "0",
        **{name: str(member) for name, member in media_members(trunk).items()},
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
        ({"number_format": "US_NATIONAL"}, "format", "US_NATIONAL"),
        ({"privacy": "ASSERTED_IDENTITY"}, "identity", "P-Asserted-Identity"),
        ({"privacy": "REMOTE_PARTY_ID"}, "identity", "Remote-Party-ID"),
        ({"privacy": "PREFERRED_IDENTITY"}, "identity", "P-Preferred-Identity"),
        ({"group": "G7"}, "group", "G7"),
        ({"challenge_invites": True}, "challenge", "1"),
    ],
)
def test_members_of_a_trunk(change, member, value):
    assert members(render(sample_trunk("T1", **change))[Key("trunk", "T1")])[member] == value


def test_addresses_are_written_as_kamailio_writes_them():
    facts = render(sample_trunk("T1", ["2001:DB8:0::1"], [("2001:DB8::9", 5060)]))
    assert Key("source", "2001:db8::1") in facts
    assert members(facts[Key("trunk", "T1")])["h1"] == "[2001:db8::9]:5060"


def test_a_number_and_a_node():
    assert render(sample_number("+13125550100", "T1")) == {Key("number", "13125550100"): "trunk=T1;"}
    assert render(sample_number("+13125550100", route_id="R1")) == {Key("number", "13125550100"): "route=R1;"}
    assert render(sample_number("+13125550100")) == {Key("number", "13125550100"): "nowhere=1;"}
    facts = render(sample_node(("192.0.2.30", 5060), ("192.0.2.31", 5080)))
    assert facts == {
        Key("carrier", "192.0.2.30"): "node",
        Key("carrier", "192.0.2.31"): "node",
        Key("gateways", "all"): "n=2;h1=192.0.2.30:5060;h2=192.0.2.31:5080;",
        Key("realm", "all"): REALM,
        Key("peer", "own"): "NEW_YORK",
    }


def peers(document):
    return {key.name: value for key, value in render(document).items() if key.table == "peer"}


def test_a_node_knows_the_other_nodes_by_their_addresses_and_where_to_call_them():
    nodes = PeerNodes("FRANKFURT", ("192.0.2.77", "2001:DB8::78")), PeerNodes("LONDON", ("192.0.2.90",))

    assert peers(sample_node(other_node="192.0.2.2", peers=nodes)) == {
        "own": "NEW_YORK",
        "pair": "n=1;h1=192.0.2.2;",
        "192.0.2.2": "NEW_YORK",
        "FRANKFURT": "n=2;h1=192.0.2.77;h2=[2001:db8::78];",
        "192.0.2.77": "FRANKFURT",
        "2001:db8::78": "FRANKFURT",
        "LONDON": "n=1;h1=192.0.2.90;",
        "192.0.2.90": "LONDON",
    }


def test_a_node_that_was_told_no_data_centre_still_knows_its_other_node():
    assert peers(sample_node(other_node="192.0.2.2", data_centre="")) == {"pair": "n=1;h1=192.0.2.2;", "192.0.2.2": "-"}


def test_only_the_last_entry_of_a_route_may_be_a_telephone_number():
    phone = sample_entry(phone="+13125550199")

    with pytest.raises(ValueError, match="only the last entry"):
        render(sample_route("R1", phone, sample_entry("T1")))


def test_a_route_is_one_key_with_its_entries_in_order():
    entries = sample_entry("T1"), sample_entry(phone="+13125550199", ring_seconds=30, hunt_on=())

    assert render(sample_route("R1", *entries)) == {
        Key("route", "R1"): "n=2;t1=T1;d1=NEW_YORK;r1=20;u1=1;o1=1;e1=1;b1=0;p2=13125550199;r2=30;u2=0;o2=0;e2=0;b2=0;"
    }


def test_a_registered_trunk_has_a_key_by_its_user_name():
    earlier = (EarlierHa1("a" * 32, "b" * 64, 1800000000), EarlierHa1("c" * 32, "d" * 64, 1800000001))
    facts = render(sample_registered("T1", "secret", username="alice-7", earlier_ha1s=earlier))
    assert members(facts[Key("trunk", "T1")])["registered"] == "1"
    assert members(facts[Key("user", "alice-7")]) == {
        "trunk": "T1", "ha1": ha1("alice-7", "secret"), "n": "2",
        "e1": "c" * 32, "u1": "1800000001", "e2": "a" * 32, "u2": "1800000000",
    }  # fmt: skip


def test_of_many_earlier_passwords_those_that_end_last_are_kept():
    earlier = tuple(EarlierHa1(f"{until:032x}", "", until) for until in range(1, 41))
    found = members(render(sample_registered("T1", "secret", earlier_ha1s=earlier))[Key("user", "T1")])
    assert (found["n"], found["u1"], found["u10"]) == ("10", "40", "31")


def checked_keys(**changes):
    trunk = sample_trunk("T1", [], [("192.0.2.9", 5070), ("pbx.example.com", 0), ("2001:db8::9", 5060)], **changes)
    return {key.name for key in render(trunk) if key.table == "options"}


def test_each_destination_is_checked_by_itself():
    for tls in (False, True):
        assert checked_keys(options=True, tls=tls) == {
            "T1/192.0.2.9:5070",
            "T1/pbx.example.com",
            "T1/[2001:db8::9]:5060",
        }


@pytest.mark.parametrize("changes", [{}, {"admin_status": "DISABLED"}])
def test_who_is_not_checked(changes):
    assert checked_keys(**{"options": bool(changes)} | changes) == set()


@pytest.mark.parametrize(
    "trunk",
    [
        sample_trunk("T 1"),
        sample_trunk("T1;enabled=1"),
        sample_trunk("T1", group="G;channels=999"),
        sample_trunk("T1", group=""),
        sample_trunk("T1", ["not an address"]),
        sample_trunk("T1", ["192.0.2.1 "]),
        sample_trunk("T1", ["fe80::1%x"]),
        sample_trunk("T1", ["2a00::1%;h2=192.0.2.66:5060"]),
        sample_trunk("T1", [7]),
        sample_trunk("T1", [], [("fe80::1%x", 5060)]),
        sample_trunk("T1", [], [("2a00::1%;h2=192.0.2.66:5060", 5060)]),
        sample_trunk("T1", [], [("host;x=1", 5060)]),
        sample_trunk("T1", [], [("host name", 5060)]),
        sample_trunk("T1", [], [("", 5060)]),
        sample_trunk("T1", [], [("127.1", 5060)]),
        sample_trunk("T1", [], [("2130706433", 5060)]),
        sample_trunk("T1", [], [("1.2.3.4.5", 5060)]),
        sample_trunk("T1", [], [("192.0.2.9", 65536)]),
        sample_trunk("T1", [], [("192.0.2.9", -1)]),
        sample_trunk("T1", [], [("192.0.2.9", "5060;h1=x")]),
        sample_trunk("T1", channels=-1),
        sample_trunk("T1", channels="10"),
        sample_trunk("T1", channels=True),
        sample_trunk("T1", channels=10**9),
        sample_trunk("T1", group=None),
        sample_trunk("T1", source_hosts=None),
        sample_registered("T1", "x", username=""),
        sample_registered("T1", "x", username="a;trunk=T2"),
        sample_registered("T1", "x", username="a b"),
        sample_registered("T1", "x", username="a@example.com"),
        sample_registered("T1", "x", username="a" * 65),
        replace(sample_registered("T1", "x"), ha1_md5=""),
        replace(sample_registered("T1", "x"), ha1_md5="A" * 32),
        replace(sample_registered("T1", "x"), ha1_md5="a" * 31),
        replace(sample_registered("T1", "x"), ha1_md5="a" * 31 + ";"),
        sample_registered("T1", "x", earlier_ha1s=(EarlierHa1("", "", 1),)),
        sample_registered("T1", "x", earlier_ha1s=(EarlierHa1("a" * 32, "", -1),)),
        sample_registered("T1", "x", earlier_ha1s=(EarlierHa1("a" * 32, "", 1 << 31),)),
        sample_registered("T1", "x", earlier_ha1s=(EarlierHa1("a" * 32, "", "1;ha1=x"),)),
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


@pytest.mark.parametrize("host", ["fe80::1%x", "2a00::1%;h2=192.0.2.66:5060"])
def test_a_gateway_with_a_scope_stays_out(host):
    with pytest.raises(ValueError):
        parse("node", "node", sample_node((host, 5060)).to_wire())


def test_a_bad_realm_stays_out():
    wire = NodeDocument("node", (), 'a" b', "", "", (), ()).to_wire()
    with pytest.raises(ValueError, match="realm"):
        parse("node", "node", wire)


def test_an_error_does_not_repeat_a_secret():
    trunk = replace(sample_registered("T1", "x"), ha1_md5="secret")
    with pytest.raises(ValueError) as error:
        parse("trunk", "T1", trunk.to_wire())
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("wire", [None, [], "text", 7, {}, {"format": 1}])
def test_what_is_no_document_is_a_value_error(wire):
    with pytest.raises(ValueError):
        parse("trunk", "T1", wire)


def test_a_document_is_only_taken_under_its_own_id():
    with pytest.raises(ValueError, match="T1"):
        parse("trunk", "T2", sample_trunk("T1").to_wire())


def test_a_group_is_found_by_its_providers_key_in_lower_case():
    facts = render(sample_group("fw-1", "AC12", 5, "T1", booked_on="T0"))

    assert facts == {Key("provider_key", "FRESHWORKS/ac12"): "trunk=T1;booked=T0;group=fw-1;channels=5;"}


def test_a_trunk_with_a_key_of_its_own_is_found_by_it():
    facts = render(sample_trunk("T1", provider="GENESYS_CLOUD", provider_key="Acme.example.com"))

    assert facts[Key("provider_key", "GENESYS_CLOUD/acme.example.com")] == "trunk=T1;"


def test_each_address_of_a_providers_network_is_a_key():
    sources = ProviderSource("FRESHWORKS", "192.0.2.8/31", "X-Key"), ProviderSource("GENESYS_CLOUD", "192.0.2.1", "")

    facts = render(sample_node(provider_sources=sources))

    found = {key.name: value for key, value in facts.items() if key.table == "provider_source"}
    assert found == {
        "192.0.2.8": "provider=FRESHWORKS;header=X-Key;",
        "192.0.2.9": "provider=FRESHWORKS;header=X-Key;",
        "192.0.2.1": "provider=GENESYS_CLOUD;header=-;",
    }


@pytest.mark.parametrize(
    "source",
    [
        ProviderSource("FRESHWORKS", "10.0.0.0/16", ""),
        ProviderSource("FRESHWORKS", "192.0.2.1", 'a" b'),
        ProviderSource("fresh works", "192.0.2.1", ""),
        ProviderSource("FRESHWORKS", "somewhere", ""),
    ],
)
def test_a_source_of_a_provider_that_is_none_is_refused(source):
    with pytest.raises(ValueError):
        parse("node", "node", sample_node(provider_sources=[source]).to_wire())
