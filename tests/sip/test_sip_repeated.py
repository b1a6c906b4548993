"""A call is known by its Call-ID and From tag: an INVITE with those of a call that is up never touches it."""

import asyncio

import pytest
from conftest import until_equal
from parties import CALLEE, Party
from talking import BOTH_WAYS, GATEWAY, IN, OUT, talk

from sbc.lab.net import SIP_PORT
from sbc.lab.sip import Address


class Ringing(Party):
    """Rings for a second before it answers."""

    def _receive(self, message, remote):
        if message.method != "INVITE" or message.status:
            super()._receive(message, remote)
            return
        self.wire.send(message.answer(180, "Ringing", tag=self.tag, contact=self.place), remote)
        asyncio.get_running_loop().call_later(1, super()._receive, message, remote)


class Reluctant(Party):
    """Answers at the second attempt."""

    def _receive(self, message, remote):
        if message.method == "INVITE" and message["CSeq"] == "1 INVITE":
            self.wire.send(message.answer(404, "Not Found", tag="t", contact=self.place), remote)
        else:
            super()._receive(message, remote)


def copy_of(party, site, source, port=5091):
    return Party(Address(source, port), site.address, tag=party.tag, call_id=party.call_id)


def until_recorded(site, trunk, codes):
    until_equal(lambda: sorted(record.code for record in site.records(trunk)), codes)


def until_free(site, trunk):
    until_equal(lambda: site.up(trunk), 0)


@pytest.fixture
def gateway(site):
    """Where the parties of a test are called."""
    local = Address(site.net.carrier(4), SIP_PORT)
    site.gateways(local.host)
    return local


@pytest.mark.parametrize("ringing", [True, False], ids=["ringing", "answered"])
@pytest.mark.parametrize("stranger", [False, True], ids=["same trunk", "other trunk"])
def test_a_copy_of_a_call_is_refused_and_changes_nothing(site, gateway, ringing, stranger):
    trunk, other = site.place(channels=1), site.place(channels=1)
    source = other.source if stranger else trunk.source

    async def scenario():
        callee = (Ringing if ringing else Party)(gateway, site.address)
        caller = Party(Address(trunk.source, 5090), site.address)
        copy = copy_of(caller, site, source)
        async with callee, caller, copy:
            calling = asyncio.create_task(caller.call())
            await asyncio.sleep(0.5)
            refused = await copy.call("13125559999")
            assert site.up(trunk) == 1
            assert (await calling).status == 200
            await asyncio.sleep(0.2)
            assert (await caller.ask("BYE")).status == 200
            return refused, callee.methods()

    refused, heard = asyncio.run(scenario())

    assert refused.first == "SIP/2.0 482 Loop Detected"
    assert "why=call-repeated" in refused["Reason"]
    assert heard == ["INVITE", "ACK", "BYE"]
    until_free(site, trunk)
    until_recorded(site, trunk, [200])
    [record] = site.records(trunk)
    assert (record.callee, record.hung_up) == (CALLEE, "caller")
    assert site.records(other) == []


@pytest.mark.parametrize("direction", BOTH_WAYS)
def test_a_copy_leaves_the_sound_of_a_call_alone(site, direction):
    trunk = site.place()
    source = trunk.source if direction == OUT else site.net.carrier(GATEWAY)

    async def scenario():
        async with talk(site, trunk, direction) as call:
            leg = call.caller.leg
            copy = Party(Address(source, 5091), site.address, tag=leg.own.partition("tag=")[2], call_id=leg.call_id)
            async with copy:
                refused = await copy.call(CALLEE if direction == OUT else trunk.number)
            await call.speak()
            return refused.status, call.understood()

    assert asyncio.run(scenario()) == (482, True)


def test_of_copies_that_come_together_one_is_the_call(site, gateway):
    trunk = site.place(channels=10)

    async def round_of_copies(port):
        one = Party(Address(trunk.source, port), site.address)
        async with one, copy_of(one, site, trunk.source, port + 1) as two:
            answers = await asyncio.gather(one.call(), two.call())
            caller = one if answers[0].status == 200 else two
            await asyncio.sleep(0.1)
            await caller.ask("BYE")
            return sorted(answer.status for answer in answers)

    async def scenario():
        async with Party(gateway, site.address):
            return [await round_of_copies(port) for port in range(6000, 6040, 2)]

    assert asyncio.run(scenario()) == [[200, 482]] * 20
    until_free(site, trunk)
    until_recorded(site, trunk, [200] * 20)


@pytest.mark.parametrize(("callee", "status"), [("442071838750", 403), (CALLEE, 404)], ids=["node", "carrier"])
def test_a_call_that_failed_may_be_tried_again_at_once(site, gateway, callee, status):
    trunk = site.place(channels=1, international=False)

    async def scenario():
        carrier = Reluctant(gateway, site.address)
        async with carrier, Party(Address(trunk.source, 5090), site.address) as caller:
            refused = await caller.call(callee)
            caller.numbers = 2
            answer = await caller.call()
            await asyncio.sleep(0.2)
            assert site.up(trunk) == 1
            assert (await caller.ask("BYE")).status == 200
            return refused.status, answer.status

    assert asyncio.run(scenario()) == (status, 200)
    until_free(site, trunk)
    until_recorded(site, trunk, [200, status])


def test_a_pbx_may_send_a_call_back_under_the_same_call_id(site):
    trunk = site.place(channels=2)

    async def scenario():
        async with talk(site, trunk, IN) as call:
            back = Party(Address(trunk.source, 5090), site.address, call_id=call.caller.leg.call_id)
            async with Party(Address(site.net.carrier(GATEWAY), SIP_PORT), site.address), back:
                assert (await back.call()).status == 200
                await asyncio.sleep(0.2)
                assert site.up(trunk) == 2
                await call.speak()
                assert call.understood()
                assert (await back.ask("BYE")).status == 200
            assert site.up(trunk) == 1
            await call.speak()
            assert call.understood()

    asyncio.run(scenario())

    until_free(site, trunk)
    until_equal(lambda: sorted(record.direction for record in site.records(trunk)), [IN, OUT])


def test_a_copy_of_a_call_is_known_after_a_crash(site, gateway):
    trunk = site.place(channels=2)

    async def scenario():
        caller = Party(Address(trunk.source, 5090), site.address)
        async with Party(gateway, site.address), caller, copy_of(caller, site, trunk.source) as copy:
            assert (await caller.call()).status == 200
            await asyncio.sleep(1.5)  # the dialog is written back within a second
            site.node.restart_kamailio(kill=True)
            refused = await copy.call()
            assert (await caller.ask("BYE")).status == 200
            return refused.status

    assert asyncio.run(scenario()) == 482
    until_free(site, trunk)
    until_recorded(site, trunk, [200])
