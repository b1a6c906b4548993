"""Extensions that need methods which we refuse are not passed on, and nobody gets a call that insists on them."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from conftest import until_equal
from parties import CALLEE, Party
from talking import BOTH_WAYS, OUT

from sbc.lab.net import SIP_PORT
from sbc.lab.sip import Address, offer

ALLOWED = "INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER"
EAGER = (
    ("Allow", "INVITE, ACK, CANCEL, BYE, PRACK, UPDATE, REFER, INFO"),
    ("Supported", "timer, 100rel, precondition, replaces"),
    ("Session-Expires", "1800;refresher=uac"),
)
COMPACT = (("Allow", "PRACK"), ("Allow", "UPDATE"), ("k", "100rel,timer"), ("Supported", "precondition"))


@asynccontextmanager
async def ends(site, trunk, direction, more=()):
    """The two ends of a call, with headers that both send."""
    gateway = Address(site.net.carrier(4), SIP_PORT if direction == OUT else 5090)
    pbx = Address(trunk.source, 5090) if direction == OUT else Address(trunk.destinations[0], SIP_PORT)
    site.gateways(gateway.host)
    local, remote = (pbx, gateway) if direction == OUT else (gateway, pbx)
    async with Party(local, site.address, more=more) as caller, Party(remote, site.address, more=more) as callee:
        yield caller, callee


def callee_of(trunk, direction):
    return CALLEE if direction == OUT else trunk.number


def extensions(message):
    """All that Supported and Require name."""
    values = message.all("Supported") + message.all("k") + message.all("Require")
    return sorted(tag.strip() for value in values for tag in value.split(",") if tag.strip())


@pytest.mark.parametrize("direction", BOTH_WAYS)
@pytest.mark.parametrize(("headers", "left"), [(EAGER, ["replaces", "timer"]), (COMPACT, ["timer"])])
def test_neither_side_is_offered_what_we_would_refuse(site, direction, headers, left):
    trunk = site.place()

    async def scenario():
        async with ends(site, trunk, direction, headers) as (caller, callee):
            answer = await caller.call(callee_of(trunk, direction))
            again = await callee.ask("INVITE", body=offer(callee.local), more=headers)
            await caller.ask("BYE")
            [invite, reinvite] = [
                message for party in (callee, caller) for message in party.heard if message.method == "INVITE"
            ]
            return invite, answer, reinvite, again

    for message in asyncio.run(scenario()):
        assert message.all("Allow") == [ALLOWED]
        assert extensions(message) == left


@pytest.mark.parametrize("direction", BOTH_WAYS)
@pytest.mark.parametrize("name", ["100rel", "precondition"])
def test_a_call_that_insists_is_refused_and_says_why(site, direction, name):
    trunk = site.place()

    async def scenario():
        async with ends(site, trunk, direction, (("Require", f"timer, {name}"),)) as (caller, callee):
            return await caller.call(callee_of(trunk, direction)), callee.heard

    answer, heard = asyncio.run(scenario())

    assert answer.first == "SIP/2.0 420 Bad Extension"
    assert answer["Unsupported"] == name
    assert "why=extension-required" in answer["Reason"]
    assert heard == []
    until_equal(lambda: [(record.code, record.why) for record in site.records(trunk)], [(420, "extension-required")])


@pytest.mark.parametrize("side", [0, 1], ids=["caller", "callee"])
def test_a_change_that_insists_is_refused_and_the_call_goes_on(site, side):
    trunk = site.place()

    async def scenario():
        async with ends(site, trunk, OUT) as parties:
            caller, callee = parties
            await caller.call()
            answer = await parties[side].ask("INVITE", body=offer(caller.local), more=[("Require", "100rel")])
            assert site.up(trunk) == 1
            assert (await caller.ask("OPTIONS")).status == 200
            await caller.ask("BYE")
            return answer, caller.methods() + callee.methods()

    answer, heard = asyncio.run(scenario())

    assert (answer.status, answer["Unsupported"]) == (420, "100rel")
    assert [method for method in heard if method != "OPTIONS"] == ["INVITE", "ACK", "BYE"]


@pytest.mark.parametrize("direction", BOTH_WAYS)
@pytest.mark.parametrize("side", [0, 1], ids=["caller", "callee"])
def test_a_session_timer_is_agreed_and_refreshed(site, direction, side):
    trunk = site.place()
    timer = (("Supported", "timer"), ("Session-Expires", "90;refresher=uac"), ("Min-SE", "90"))

    async def scenario():
        async with ends(site, trunk, direction, (*timer, ("Require", "timer"))) as parties:
            answer = await parties[0].call(callee_of(trunk, direction))
            sender, other = parties[side], parties[1 - side]
            again = await sender.ask("INVITE", body=offer(sender.local), more=timer)
            await parties[0].ask("BYE")
            [*_, refresh] = [message for message in other.heard if message.method == "INVITE"]
            return answer, parties[1].heard[0], again, refresh

    for message in asyncio.run(scenario()):
        assert message["Session-Expires"] == "90;refresher=uac"
        assert "timer" in extensions(message)
