"""Calls from a trunk to the carrier, and those that never get there."""

import asyncio

import pytest
from conftest import until_equal

from sbc.lab.answerer import Answerer, Reaction
from sbc.lab.net import SIP_PORT
from sbc.lab.sip import Address
from sbc.lab.sipp import Sipp
from sbc.lab.softphone import call


@pytest.mark.parametrize("which", ["primary", "backup"])
def test_an_answered_call(pair, which):
    site = pair[which == "backup"]
    trunk = site.place()
    gateway = site.net.carrier(9)
    site.gateways(gateway)
    answering = Sipp("answer", site.folder, Address(gateway, SIP_PORT))
    ours = site.call(trunk, caller="13125550100", callee="13125551234")
    answering.wait()
    theirs = answering.messages()
    site.gateways(site.net.carrier(1))

    assert f"INVITE sip:+13125551234@{gateway}" in theirs
    assert f"Via: SIP/2.0/UDP {site.node.address}" in theirs
    assert f"Record-Route: <sip:{site.node.address}" in theirs
    assert f"Record-Route: <sip:{site.node.address}" in ours
    assert "BYE" in theirs
    [record] = site.records(trunk)
    assert (record.direction, record.caller, record.callee) == ("outbound", "13125550100", "13125551234")
    assert (record.code, record.hop) == (200, f"{gateway}:5060")
    assert record.seconds >= 0.2


def test_an_unknown_source_is_asked_for_a_password(site):
    trunk = site.place()
    site.call(trunk)
    stranger = site.place()
    site.delete("trunk", stranger.id)
    site.refused(stranger, 407)
    assert site.records(stranger) == []
    site.call(trunk)


@pytest.mark.parametrize("status", [404, 480, 486, 603])
def test_the_carriers_refusal_reaches_the_caller(site, status):
    trunk = site.place()
    site.refused(trunk, status, callee=f"13125551{status}")
    assert [record.code for record in site.records(trunk)] == [status]


def test_a_cancelled_call(site):
    trunk = site.place()
    site.call(trunk, "cancel", callee="13125551180")
    assert [record.code for record in site.records(trunk)] == [487]


@pytest.mark.parametrize("callee", ["alice", "1312555'--", "13125551234;x=1", "%7C", "1" * 21, "+"])
def test_only_telephone_numbers_are_called(site, callee):
    trunk = site.place()
    site.call(trunk)
    site.refused(trunk, 404, callee=callee)
    until_equal(lambda: [record.code for record in site.records(trunk)], [200, 404])
    site.call(trunk)


def test_a_caller_without_a_number_is_recorded_without_one(site):
    trunk = site.place()
    site.call(trunk, caller="anonymous|x")
    assert [record.caller for record in site.records(trunk)] == [""]


def test_the_next_gateway_takes_over_from_a_dead_one(site):
    trunk = site.place()
    site.gateways(site.net.carrier(7), site.net.carrier(2))
    for _ in range(2):
        site.call(trunk)
    first, second = site.records(trunk)
    assert first.hop == second.hop == f"{site.net.carrier(2)}:5060"
    assert site.node.switch().dump("dead") == {f"{site.net.carrier(7)}:5060": 1}


def test_the_next_gateway_takes_over_from_one_that_is_out_of_service(site):
    trunk = site.place()
    site.gateways(site.net.carrier(6), site.net.carrier(2))

    async def scenario():
        async with Answerer(Address(site.net.carrier(6), SIP_PORT), lambda _: Reaction(503, 0)) as full:
            trace = await call(Address(trunk.source, 0), site.address, "13125550100", "13125551234", hold_seconds=0)
            assert trace.answered
            assert full.calls() == [trace.call_id]

    asyncio.run(scenario())
    assert site.node.switch().dump("dead").keys() <= {f"{site.net.carrier(7)}:5060"}


def test_when_every_gateway_is_dead_the_caller_hears_503_and_a_live_one_is_found_again(site):
    trunk = site.place()
    site.call(trunk)
    site.gateways(site.net.carrier(5))
    for _ in range(2):
        site.refused(trunk, 503)
    site.gateways(site.net.carrier(1))
    site.call(trunk)
    assert sorted(record.code for record in site.records(trunk)) == [200, 200, 503, 503]
