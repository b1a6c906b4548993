"""Records of real calls through the agent: each call once, with what became of it, whatever is killed meanwhile."""

import asyncio
import threading
import time
from itertools import count

import pytest
from conftest import until
from parties import CALLEE, CALLER, Party

from sbc.agent.collecting import Collector
from sbc.agent.record_store import RecordStore
from sbc.lab.net import SIP_PORT
from sbc.lab.sip import Address
from sbc.lab.softphone import call


def pulled(site, trunk):
    """What a portal that has nothing yet would pull, of this trunk."""
    page = site.client.records("", 0)
    found = list(page.records)
    while page.records:
        page = site.client.records(page.store, found[-1][0])
        found += page.records
    return [record for _sequence, record in found if record.trunk == trunk.id]


def until_recorded(site, trunk, calls):
    """Exactly so many, a while later too."""
    until(lambda: len(pulled(site, trunk)) >= calls)
    time.sleep(1.5)
    records = pulled(site, trunk)
    assert len(records) == calls
    return records


def test_calls_of_every_kind_are_there_exactly_once(site):
    trunk = site.place(channels=1, international=False)
    began = time.time() * 1000
    site.call(trunk, caller="13125550100", callee="13125551234")
    site.refused(trunk, 486, callee="13125551486")
    # Not with SIPp: it takes the 487 amiss that overtakes the answer to its CANCEL.
    giving_up = call(Address(trunk.source, 0), site.address, "13125550100", "13125551180", cancel_after=0.2)
    assert asyncio.run(giving_up).status == 487
    site.refused(trunk, 403, callee="442071838750")
    held = site.hold(trunk, hold_ms=3000)
    site.refused(trunk, 503)
    held.wait()

    records = until_recorded(site, trunk, 6)

    assert sorted(record.code for record in records) == [200, 200, 403, 486, 487, 503]
    by_code = {record.code: record for record in records}
    assert {code: by_code[code].why for code in by_code} == {
        200: "",
        403: "international-blocked",
        486: "",
        487: "",
        503: "channels-exceeded",
    }
    assert all(began - 1000 < record.begun <= record.ended_ms for record in records)
    assert len({record.call_id for record in records}) == 6
    busy = by_code[486]
    assert (busy.answered, busy.duration_ms, busy.tried) == (0, 0, 1)
    assert busy.hop == f"{site.net.carrier(1)}:5060"


def test_an_answered_call_says_who_when_and_how_long(site):
    trunk = site.place()
    site.call(trunk, caller="13125550100", callee="13125551234", hold_ms=1200)

    [record] = until_recorded(site, trunk, 1)

    assert (record.direction, record.caller, record.callee) == ("outbound", "13125550100", "13125551234")
    assert (record.caller_e164, record.callee_e164) == ("+13125550100", "+13125551234")
    assert (record.caller_country, record.callee_country) == ("US", "US")
    assert (record.code, record.tried, record.hung_up) == (200, 1, "caller")
    assert record.begun <= record.answered <= record.ended_ms
    assert 1000 <= record.duration_ms < 3000
    assert abs(record.ended_ms - 1000 * record.ended) < 2500


def test_two_calls_with_one_call_id_at_once_are_recorded_both(site):
    first, second = site.place(), site.place()

    async def scenario():
        async with (
            Party(Address(first.source, 5090), site.address, call_id="one-and-the-same") as one,
            Party(Address(second.source, 5090), site.address, call_id="one-and-the-same") as other,
        ):
            await asyncio.gather(*(party.call("13125551404") for party in (one, other)))

    asyncio.run(scenario())

    records = until_recorded(site, first, 1) + until_recorded(site, second, 1)
    assert {record.call_id for record in records} == {"one-and-the-same"}
    assert len({record.leg for record in records} - {""}) == 2


def test_the_agent_killed_while_calls_end_loses_and_doubles_nothing(site):
    trunk = site.place(channels=10)
    calling = threading.Event()
    numbers = count(1)

    def caller():
        while not calling.is_set():
            site.refused(trunk, 404, callee="13125551404")
            next(numbers)

    thread = threading.Thread(target=caller)
    thread.start()
    for pause in (0.3, 0.9, 0.5, 1.3):
        time.sleep(pause)
        site.node._agent.kill()
        time.sleep(0.2)
        site.node.start_agent()
    calling.set()
    thread.join()
    placed = next(numbers) - 1

    records = until_recorded(site, trunk, placed)

    assert placed >= 4
    assert {record.code for record in records} == {404}
    assert len({record.call_id for record in records}) == placed


def test_kamailio_killed_with_a_call_up_records_it_when_it_ends(site):
    trunk = site.place(channels=1)
    held = site.hold(trunk, hold_ms=6000)
    time.sleep(1.5)  # the dialog is written back within a second
    site.node.restart_kamailio(kill=True)
    assert pulled(site, trunk) == []
    held.wait()
    until(lambda: site.up(trunk) == 0)

    [record] = until_recorded(site, trunk, 1)

    assert (record.code, record.callee) == (200, "13125551234")
    assert record.duration_ms >= 5000


def test_files_are_turned_by_the_real_kamailio_without_losing_a_record(site):
    trunk = site.place()
    site.node.stop_agent()
    store, switch = RecordStore(site.node.folder / "records.db"), site.node.switch()
    folder = site.node.folder / "records"
    collector = Collector(store, folder, switch.turn_records, turn_bytes=1)
    inodes = set()
    for _call in range(8):
        site.refused(trunk, 404, callee="13125551404")
        collector.look()
        inodes |= {file.stat().st_ino for file in folder.iterdir()}
    store.close()
    site.node.start_agent()

    until_recorded(site, trunk, 8)

    assert len(list(folder.iterdir())) < 8
    assert len(inodes) > len(list(folder.iterdir()))


class Odd(Party):
    """A carrier that refuses every call, with characters that mean something to files, databases and scripts."""

    reason = "Busy"

    def _receive(self, message, remote):
        if message.method == "INVITE" and not message.status:
            refusal = message.answer(486, self.reason, tag=self.tag, contact=self.place)
            refusal.headers += [("Reason", self.reason), ("Warning", f'399 x "{self.reason}"'), ("Server", self.reason)]
            self.wire.send(refusal, remote)


@pytest.mark.parametrize(
    "reason", ["|a|b|%7C", "a\x85b\u2028c\x0bd", "'\";--\\", "$var(x) $(avp(y)) %s%n", "\x00\x01\x7f", "x" * 3000]
)
def test_nothing_that_a_carrier_says_breaks_a_record(site, reason):
    trunk = site.place()
    gateway = Address(site.net.carrier(4), SIP_PORT)
    site.gateways(gateway.host)

    async def scenario():
        carrier = Odd(gateway, site.address, tag="t|'%7C")
        carrier.reason = reason
        async with carrier, Party(Address(trunk.source, 5090), site.address) as caller:
            return (await caller.call()).status

    assert asyncio.run(scenario()) == 486
    [record] = until_recorded(site, trunk, 1)
    assert (record.code, record.why, record.hop) == (486, "", str(gateway))
    assert (record.caller, record.callee, record.hung_up) == (CALLER, CALLEE, "")


@pytest.mark.parametrize("side", [0, 1], ids=["caller", "callee"])
def test_a_call_whose_end_reaches_nobody_is_recorded(site, side):
    """The other side gave a Contact that leads nowhere."""
    trunk, lost = site.place(), Address("nowhere.invalid", SIP_PORT)
    gateway = Address(site.net.carrier(4), SIP_PORT)
    site.gateways(gateway.host)

    async def scenario():
        parties = [Party(Address(trunk.source, 5090), site.address), Party(gateway, site.address)]
        parties[1 - side].contact = lost
        async with parties[0], parties[1]:
            assert (await parties[0].call()).status == 200
            await asyncio.sleep(0.2)
            await parties[side].ask("BYE")

    asyncio.run(scenario())

    [record] = until_recorded(site, trunk, 1)
    assert (record.code, record.hung_up) == (200, ("caller", "callee")[side])
