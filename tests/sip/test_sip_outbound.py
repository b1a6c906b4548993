"""Calls from a trunk to the carrier, and those that never get there."""

import asyncio
import socket

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


def ask(site, method, local, *headers, callee="13125551234"):
    """One hand-made request over UDP; answers with the first reply, "" for none."""
    lines = [
        f"{method} sip:{callee}@{site.net.carrier(1)} SIP/2.0",
        f"Via: SIP/2.0/UDP {local}:5099;branch=z9hG4bKhandmade{method}{len(headers)}",
        "Max-Forwards: 70", f"From: <sip:13125550100@{local}>;tag=a1", *headers,
        f"Call-ID: handmade-{method}-{local}", f"CSeq: 1 {method}", f"Contact: <sip:x@{local}:5099>",
        "Content-Length: 0", "", "",
    ]  # fmt: skip
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind((local, 5099))
        phone.settimeout(1)
        phone.sendto("\r\n".join(lines).encode(), site.address)
        try:
            return phone.recv(65536).decode()
        except TimeoutError:
            return ""


TO = "To: <sip:13125551234@example.com>"


@pytest.mark.parametrize(
    "method", ["SUBSCRIBE", "NOTIFY", "INFO", "UPDATE", "PRACK", "MESSAGE", "REFER", "PUBLISH", "FOO"]
)
@pytest.mark.parametrize("tag", ["", ";tag=b2"])
def test_other_methods_are_not_allowed(site, method, tag):
    reply = ask(site, method, site.net.customer(30001), TO + tag)
    assert reply.startswith("SIP/2.0 405 ")
    assert "\r\nAllow: INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER\r\n" in reply


@pytest.mark.parametrize("known", [True, False])
def test_options_is_always_answered(site, known):
    trunk = site.place(admin_status="DISABLED")
    reply = ask(site, "OPTIONS", trunk.source if known else site.net.customer(30002), TO)
    assert reply.startswith("SIP/2.0 200 ")


@pytest.mark.parametrize("method", ["INVITE", "BYE", "OPTIONS"])
def test_a_forged_to_tag_is_no_way_past_the_checks(site, method):
    trunk = site.place()
    site.call(trunk)
    route = f"Route: <sip:{site.node.address};lr>"
    for local in (site.net.customer(30003), trunk.source):
        reply = ask(site, method, local, f"{TO};tag=forged", route)
        assert reply.startswith("SIP/2.0 481 ")
        assert site.carrier.trace(f"handmade-{method}-{local}").seen == []
    site.call(trunk)


def test_a_forged_ack_goes_nowhere(site):
    local = site.net.customer(30004)
    assert ask(site, "ACK", local, f"{TO};tag=forged", f"Route: <sip:{site.node.address};lr>") == ""
    assert site.carrier.trace(f"handmade-ACK-{local}").seen == []


def test_a_caller_does_not_choose_the_way_beyond_the_gateway(site):
    trunk = site.place()
    routes = [f"Route: <sip:{host};lr>" for host in (site.node.address, site.net.customer(30005))]

    ask(site, "INVITE", trunk.source, TO, *routes, callee="13125551404")

    seen = site.carrier.trace(f"handmade-INVITE-{trunk.source}").seen
    [invite] = {message.raw for message in seen if message.first_line.startswith("INVITE ")}
    assert "\nRecord-Route: " in invite
    assert "\nRoute: " not in invite
