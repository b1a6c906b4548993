"""Calls that ring and that nobody takes: the node ends them, and their channel is free again."""

import asyncio

import pytest
from conftest import TIMERS, Site, until_equal

from sbc.lab.answerer import Answerer, Reaction
from sbc.lab.net import SIP_PORT
from sbc.lab.node import LabNode
from sbc.lab.sip import Address
from sbc.lab.softphone import call

CALLER, ANSWERS, RINGS = "13125550100", "13125551234", "13125551180"
FOR_EVER = Reaction(status=0)


@pytest.fixture(scope="module")
def impatient(net, folder, carrier):
    """A node of its own, where nobody may let it ring for longer than a second."""
    node = LabNode("impatient", net.node(8), folder / "i", 8300, "token", defines={**TIMERS, "RING_WAIT_MS": "1000"})
    node.start()
    site = Site(node, node.client(), net, folder, carrier)
    site._places = iter(range(2600, 2700))
    site.gateways(net.carrier(1))
    yield site
    site.client.close()
    node.stop()


def call_out(site, trunk, callee):
    return asyncio.run(call(Address(trunk.source, 0), site.address, CALLER, callee, hold_seconds=0.1)).status


async def rung(site, trunk, phone):
    """The answer to a call in that rings there for ever, and what the phone was told."""
    async with Answerer(phone, lambda _invite: FOR_EVER) as ringing:
        trace = await asyncio.to_thread(site.call_in, trunk)
        return trace.status, [message.first_line.split()[0] for message in ringing.wire.seen]


def test_a_call_out_that_nobody_takes_ends_and_gives_its_channel_back(impatient):
    trunk = impatient.place(channels=1)

    assert call_out(impatient, trunk, RINGS) == 408
    assert call_out(impatient, trunk, ANSWERS) == 200

    until_equal(lambda: [(record.code, bool(record.rang)) for record in impatient.records(trunk)],
                [(408, True), (200, True)])  # fmt: skip


@pytest.mark.parametrize("registers", [False, True])
def test_a_call_in_that_nobody_takes_stops_ringing_and_gives_its_channel_back(impatient, registers):
    trunk = impatient.registered(channels=1) if registers else impatient.place(channels=1)
    if registers:
        assert impatient.register(trunk).status == 200
    phone = trunk.phone if registers else Address(trunk.destinations[0], SIP_PORT)

    status, told = asyncio.run(rung(impatient, trunk, phone))

    assert status == 408
    assert "CANCEL" in told
    until_equal(lambda: impatient.up(trunk), 0)
    until_equal(lambda: [record.code for record in impatient.records(trunk)], [408])
