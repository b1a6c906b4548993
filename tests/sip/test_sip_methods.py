"""What the product page says about methods: each that it lists does its work, all others are refused with 405."""

import asyncio
import socket

import pytest
from conftest import until_equal
from parties import talking

from sbc.lab.sip import offer

ALLOWED = "INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER"
OTHERS = ["SUBSCRIBE", "NOTIFY", "INFO", "UPDATE", "PRACK", "MESSAGE", "REFER", "PUBLISH", "FOO"]
HOLD, OTHER_CODEC = ("a=sendrecv", "a=sendonly"), ("RTP/AVP 8 0 101", "RTP/AVP 0 101")


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
    ("scenario", "callee", "status"),
    [("call", "13125551234", 200), ("refused", "13125551404", 404), ("cancel", "13125551180", 487)],
)
def test_calls_are_placed_refused_and_cancelled(site, scenario, callee, status):
    trunk = site.place()

    site.call(trunk, scenario, callee=callee, status=status)

    until_equal(lambda: [record.code for record in site.records(trunk)], [status])


@pytest.mark.parametrize("side", ["caller", "callee"])
@pytest.mark.parametrize(
    ("method", "change"),
    [
        ("INVITE", HOLD),
        ("INVITE", OTHER_CODEC),
        ("OPTIONS", None),
        ("BYE", None),
    ],
)
def test_methods_in_a_call_reach_the_other_party(site, method, change, side):
    trunk = site.place()

    async def scenario():
        async with talking(site, trunk) as talk:
            sender, other = (talk.caller, talk.callee) if side == "caller" else (talk.callee, talk.caller)
            body = offer(sender.local).replace(*change) if change else ""
            answer = await sender.ask(method, body=body)
            await asyncio.sleep(0.1)
            return answer.status, list(other.heard)

    status, heard = asyncio.run(scenario())

    assert status == 200
    [message] = [message for message in heard if message.method == method][-1:]
    if change == HOLD:
        assert change[1] in message.body
    if change:
        assert heard[-1].method == "ACK"


@pytest.mark.parametrize("method", OTHERS)
@pytest.mark.parametrize("tag", ["", ";tag=b2"])
def test_other_methods_are_not_allowed(site, method, tag):
    reply = ask(site, method, site.net.customer(30001), TO + tag)

    assert reply.startswith("SIP/2.0 405 ")
    assert f"\r\nAllow: {ALLOWED}\r\n" in reply


def test_other_methods_are_not_allowed_in_a_call_either(site):
    trunk = site.place()

    async def scenario():
        async with talking(site, trunk) as talk:
            answers = [await talk.caller.ask(method) for method in OTHERS]
            answers += [await talk.callee.ask(method) for method in OTHERS]
            return answers, talk.caller.methods() + talk.callee.methods()

    answers, heard = asyncio.run(scenario())

    assert {(answer.status, answer["Allow"]) for answer in answers} == {(405, ALLOWED)}
    assert heard == ["INVITE", "ACK"]


@pytest.mark.parametrize("known", [True, False])
def test_options_is_always_answered(site, known):
    trunk = site.place(admin_status="DISABLED")

    reply = ask(site, "OPTIONS", trunk.source if known else site.net.customer(30002), TO)

    assert reply.startswith("SIP/2.0 200 ")
    assert f"\r\nAllow: {ALLOWED}\r\n" in reply


@pytest.mark.parametrize("method", ["INVITE", "BYE", "OPTIONS"])
def test_a_forged_to_tag_is_no_way_past_the_checks(site, method):
    trunk = site.place()
    site.call(trunk)
    route = f"Route: <sip:{site.node.address};lr>"
    for local in (site.net.customer(30003), trunk.source):
        reply = ask(site, method, local, f"{TO};tag=forged", route)
        assert reply.startswith("SIP/2.0 200 " if method == "OPTIONS" else "SIP/2.0 481 ")
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
