"""kill -9 in the middle of calls, of one part and of the whole node: no channel is lost, each call is recorded once."""

import asyncio
import contextlib
import sqlite3
import time

from conftest import until, until_equal
from parties import Party
from test_sip_records import until_recorded

from sbc.lab.net import LabError
from sbc.lab.sip import Address
from sbc.lab.softphone import call

RINGS_ON = "13125551180"


def answered_once_each(records, calls):
    assert [record.code for record in records] == [200] * calls
    assert len({record.call_id for record in records}) == len({record.leg for record in records}) == calls


def until_on_disk(site, trunk, calls):
    """Until Kamailio would find them again; it writes calls that were answered down every second."""
    sql = "SELECT count(*) FROM dialog WHERE state = 4 AND from_uri LIKE ?"

    def found():
        with contextlib.closing(sqlite3.connect(f"file:{site.node.folder}/dialogs.db?mode=ro", uri=True)) as dialogs:
            return dialogs.execute(sql, (f"%@{trunk.source}",)).fetchone()[0]

    until_equal(found, calls)
    time.sleep(0.5)  # for the rest of the last one


def passes(site, trunk):
    calling = call(Address(trunk.source, 0), site.address, "13125550100", "13125551234", hold_seconds=0)
    return asyncio.run(calling).status == 200


def test_calls_go_on_without_their_sound_when_rtpengine_is_killed(site):
    trunk, other = site.place(channels=5), site.place()
    held = site.hold(trunk, calls=5, hold_ms=9000)
    until_on_disk(site, trunk, 5)

    site.node.stop_rtpengine(kill=True)
    refused = site.refused(other, 503)
    still_up = site.up(trunk)
    site.node.start_rtpengine()
    until(lambda: passes(site, other), seconds=5)
    held.wait()

    assert "why=media-unavailable" in refused
    assert still_up == 5
    until_equal(lambda: site.up(trunk), 0)
    answered_once_each(until_recorded(site, trunk, 5), 5)
    site.call(trunk)


def test_a_whole_node_killed_with_twenty_calls_up_counts_ends_and_records_each_of_them(pair, site):
    _, backup = pair
    trunk = site.place(channels=20)
    backup.change(trunk, channels=20)

    async def scenario():
        async with contextlib.AsyncExitStack() as stack:
            callers = [Party(Address(trunk.source, 6000 + n), site.address) for n in range(20)]
            for caller in callers:
                await stack.enter_async_context(caller)
            assert [(await caller.call()).status for caller in callers] == [200] * 20
            until_on_disk(site, trunk, 20)
            site.node.kill()
            site.node.start()
            assert site.up(trunk) == 20
            for one in (site, backup):
                await asyncio.to_thread(one.refused, trunk, 503)
            answers = await asyncio.gather(*(caller.ask("BYE") for caller in callers))
            assert [answer.status for answer in answers] == [200] * 20

    asyncio.run(scenario())

    until_equal(lambda: site.up(trunk), 0)
    records = [record for record in until_recorded(site, trunk, 21) if record.code != 503]
    answered_once_each(records, 20)
    assert {record.hung_up for record in records} == {"caller"}
    backup.hold(trunk, calls=20).stop()


def test_a_node_killed_while_calls_end_records_each_of_them_once_and_gives_every_channel_back(site):
    trunk = site.place(channels=20)
    held = site.hold(trunk, calls=20, hold_ms=4000)
    until(lambda: site.up(trunk) < 15)

    site.node.kill()
    site.node.start()
    with contextlib.suppress(LabError):  # a BYE whose answer was lost is answered with 481 the second time
        held.wait()

    until_equal(lambda: site.up(trunk), 0, seconds=75)
    answered_once_each(until_recorded(site, trunk, 20), 20)


def test_a_call_that_ended_a_moment_before_a_crash_does_not_come_back(site):
    """Also with equipment that answers when it is asked about a call that it has not any more."""
    trunk = site.place(channels=1)

    async def scenario():
        async with Party(Address(trunk.source, 6000), site.address) as caller:
            await caller.call()
            until_on_disk(site, trunk, 1)
            await caller.ask("BYE")
            until(lambda: site.records(trunk))
            site.node.restart_kamailio(kill=True)
            await asyncio.to_thread(until_equal, lambda: site.up(trunk), 0)

    asyncio.run(scenario())

    answered_once_each(until_recorded(site, trunk, 1), 1)
    site.call(trunk)


def test_a_call_that_rang_when_kamailio_was_killed_keeps_no_channel(site):
    trunk = site.place(channels=1)

    async def scenario():
        ringing = asyncio.create_task(call(Address(trunk.source, 0), site.address, "13125550100", RINGS_ON))
        await asyncio.to_thread(until_equal, lambda: site.up(trunk), 1)
        site.node.restart_kamailio(kill=True)
        ringing.cancel()

    asyncio.run(scenario())

    assert site.up(trunk) == 0
    site.call(trunk)
