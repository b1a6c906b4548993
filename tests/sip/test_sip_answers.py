"""Answers: what they say of identities and machines stays on their side, and where else to go is for us to say."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from conftest import until_equal
from parties import CALLEE, Party
from talking import BOTH_WAYS, OUT

from sbc.lab.net import SIP_PORT
from sbc.lab.sip import Address

TELLING = (
    ("P-Asserted-Identity", "<sip:+442079460000@10.1.2.3>"),
    ("Remote-Party-ID", "<sip:+442079460000@10.1.2.3>;party=called"),
    ("Privacy", "id"),
    ("Server", "SBC 10.1.2.3"),
    ("Warning", '399 10.1.2.3 "none"'),
)


class Redirecting(Party):
    """Answers every INVITE with 302."""

    def _receive(self, message, remote):
        if message.method != "INVITE":
            super()._receive(message, remote)
            return
        self.heard.append(message)
        elsewhere = Address("192.0.2.99", SIP_PORT)
        self.wire.send(message.answer(302, "Moved Temporarily", tag=self.tag, contact=elsewhere), remote)


@asynccontextmanager
async def ends(site, trunk, direction, kind=Party, **callees):
    gateway = Address(site.net.carrier(4), SIP_PORT if direction == OUT else 5090)
    pbx = Address(trunk.source, 5090) if direction == OUT else Address(trunk.destinations[0], SIP_PORT)
    site.gateways(gateway.host)
    local, remote = (pbx, gateway) if direction == OUT else (gateway, pbx)
    async with Party(local, site.address) as caller, kind(remote, site.address, **callees) as callee:
        yield caller, callee


def number(trunk, direction):
    return CALLEE if direction == OUT else trunk.number


@pytest.mark.parametrize("direction", BOTH_WAYS)
def test_an_answer_tells_the_other_side_nothing_of_identities_and_machines(site, direction):
    trunk = site.place()

    async def scenario():
        async with ends(site, trunk, direction, more=TELLING) as (caller, _callee):
            answer = await caller.call(number(trunk, direction))
            return [answer, await caller.ask("BYE")]

    for answer in asyncio.run(scenario()):
        assert answer.status == 200
        assert "10.1.2.3" not in str(answer)
        assert answer.all("Privacy") == []


@pytest.mark.parametrize("direction", BOTH_WAYS)
def test_a_redirection_is_not_followed_and_says_so(site, direction):
    trunk = site.place()

    async def scenario():
        async with ends(site, trunk, direction, Redirecting) as (caller, _callee):
            return await caller.call(number(trunk, direction))

    answer = asyncio.run(scenario())

    assert answer.status == 480
    assert "why=redirected" in answer["Reason"]
    assert "192.0.2" not in str(answer)
    until_equal(lambda: [(record.code, record.why) for record in site.records(trunk)], [(480, "redirected")])
    until_equal(lambda: site.up(trunk), 0)


@pytest.mark.parametrize("direction", BOTH_WAYS)
def test_the_acknowledgement_of_a_change_that_we_refused_goes_no_further(site, direction):
    trunk = site.place()

    async def scenario():
        async with ends(site, trunk, direction) as (caller, callee):
            await caller.call(number(trunk, direction))
            await asyncio.sleep(0.1)
            before = callee.methods()
            refusal = await caller.ask("INVITE", body=caller.offer(), more=[("Require", "100rel")])
            caller.send("ACK", branch=caller.branch)
            await asyncio.sleep(0.2)
            after = callee.methods()
            await caller.ask("BYE")
            return refusal, before, after

    refusal, before, after = asyncio.run(scenario())

    assert refusal.status == 420
    assert after == before
