"""A node without memory refuses calls, and those that are up go on: no call passes that nobody counts or records."""

import asyncio
import time
from contextlib import AsyncExitStack, suppress

import pytest
from conftest import TIMERS, Site, until_equal
from parties import Party

from sbc.agent.render import Key
from sbc.agent.switch import SwitchUnavailable
from sbc.lab.net import SIP_PORT
from sbc.lab.node import LabNode
from sbc.lab.sip import Address

RESERVE = 10_000_000
REFUSED = "SIP/2.0 503 Node Out of Resources"


class Small(Site):
    """A node of its own with little memory, and ways to take that."""

    taken = 0

    def free(self):
        return int(self.node.switch().call("core.shmmem")["free"])

    def fill(self, left):
        """Take memory until so many bytes are left, or nothing can be had."""
        for size in (30_000, 3_000, 300):
            while self.free() > left + size and self._take(size):
                pass

    def _take(self, size):
        self.taken += 1
        with suppress(SwitchUnavailable):
            self.node.switch().call("htable.sets", "towards", f"taken{self.taken}", "x" * size)
            return True

    def relieve(self):
        for n in range(1, self.taken + 1):
            self.node.switch().call("htable.delete", "towards", f"taken{n}", missing=None)
        self.taken = 0
        time.sleep(2)  # Kamailio looks at its memory once a second


@pytest.fixture(scope="module")
def small(net, folder, carrier, authority):
    node = LabNode("small", net.node(8), folder / "s", 8300, "token", memory_mb=48, defines=TIMERS, authority=authority)
    node.start()
    site = Small(node, node.client(), net, folder, carrier)
    site._places = iter(range(2400, 2500))
    site.gateways(net.carrier(4))
    yield site
    site.client.close()
    node.stop()


def until_recorded(site, trunk, calls):
    until_equal(lambda: [record.code for record in site.records(trunk)], [200] * calls)
    assert len({record.call_id for record in site.records(trunk)}) == calls
    until_equal(lambda: site.up(trunk), 0)


def test_calls_begin_while_there_is_memory_and_each_that_began_is_counted_and_recorded(small):
    trunk = small.place(channels=1000)
    small.fill(left=RESERVE + 400_000)

    async def scenario():
        async with AsyncExitStack() as stack:
            callee = await stack.enter_async_context(Party(Address(small.net.carrier(4), SIP_PORT), small.address))
            callers = [Party(Address(trunk.source, 6000 + n), small.address) for n in range(80)]
            answers = []
            for caller in callers:
                answers.append(await (await stack.enter_async_context(caller)).call())
                await asyncio.sleep(0.05)  # over some seconds
            began = [caller for caller, answer in zip(callers, answers, strict=True) if answer.status == 200]
            assert small.up(trunk) == len(began)
            assert [(await caller.ask("BYE")).status for caller in began] == [200] * len(began)
            return len(began), {answer.first for answer in answers}, callee.methods()

    calls, answers, heard = asyncio.run(scenario())

    assert 5 < calls < 75
    assert answers == {"SIP/2.0 200 OK", REFUSED}
    assert (heard.count("INVITE"), heard.count("BYE")) == (calls, calls)
    until_recorded(small, trunk, calls)
    small.relieve()


def test_a_call_that_cannot_be_ended_now_is_ended_and_recorded_later(small):
    trunk = small.place()

    async def scenario():
        callee = Party(Address(small.net.carrier(4), SIP_PORT), small.address)
        async with callee, Party(Address(trunk.source, 6000), small.address) as caller:
            assert (await caller.call()).status == 200
            await asyncio.sleep(0.3)
            for _ in range(4):  # what was called before gives its memory back seconds later
                small.fill(left=0)
                await asyncio.sleep(1.5)
            refused = await caller.ask("BYE")
            small.relieve()
            assert small.up(trunk) == 1
            return refused.first, (await caller.ask("BYE")).status, callee.methods()

    assert asyncio.run(scenario()) == (REFUSED, 200, ["INVITE", "ACK", "BYE"])
    until_recorded(small, trunk, 1)


@pytest.mark.parametrize("direction", ["outbound", "inbound"])
def test_a_call_that_cannot_be_counted_is_refused(site, direction):
    trunk = site.place()
    switch, key = site.node.switch(), Key("trunk", trunk.id)

    site.node.stop_agent()  # it would put that right
    try:
        switch.set(key, switch.get(key).replace(f"group={trunk.id};", ""))
        if direction == "outbound":
            site.refused(trunk, 503)
        else:
            assert site.call_in(trunk).status == 503
    finally:
        site.node.start_agent()

    until_equal(lambda: [record.why for record in site.records(trunk)], ["node-exhausted"])
    site.change(trunk, channels=11)
    site.call(trunk)
