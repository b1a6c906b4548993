"""What a node survives on its own, without a portal: kill -9, restarts, lost keys."""

import asyncio
import contextlib
import sqlite3

import pytest
from conftest import until, until_equal

from sbc.agent.render import Key
from sbc.client import Unavailable
from sbc.lab.answerer import Answerer
from sbc.lab.net import SIP_PORT
from sbc.lab.samples import sample_trunk
from sbc.lab.sip import Address


def call_in(site, trunk):
    async def scenario():
        async with Answerer(Address(trunk.destinations[0], SIP_PORT)):
            return await asyncio.to_thread(site.call_in, trunk)

    return asyncio.run(scenario())


def calls_on_disk(site, trunk):
    """Calls of the trunk that Kamailio would find again; SIPp ends a Call-ID with the caller's address."""
    with contextlib.closing(sqlite3.connect(f"file:{site.node.folder}/dialogs.db?mode=ro", uri=True)) as dialogs:
        query = "SELECT count(*) FROM dialog WHERE state = 4 AND callid LIKE ?"
        return dialogs.execute(query, (f"%@{trunk.source}",)).fetchone()[0]


def test_a_killed_node_comes_back_without_the_portal_and_still_counts_the_calls_that_are_up(site):
    trunk, disabled = site.place(channels=3), site.place(admin_status="DISABLED")
    held = site.hold(trunk, calls=2)
    until_equal(lambda: calls_on_disk(site, trunk), 2)
    site.node.kill()
    site.node.start_rtpengine()
    site.node.start_kamailio()  # no agent, no portal
    site.call(trunk)
    assert call_in(site, trunk).answered
    site.refused(disabled, 403)
    assert site.node.switch().calls()[trunk.id] == 2
    site.node.start_agent()
    assert site.up(trunk) == 2
    third = site.hold(trunk)
    site.refused(trunk, 503)
    assert site.client.read("trunk", trunk.id).present
    held.stop()
    third.stop()


def test_calls_that_were_up_at_a_crash_end_normally_and_are_recorded(site):
    trunk = site.place(channels=1)
    held = site.hold(trunk, hold_ms=5000)
    until_equal(lambda: calls_on_disk(site, trunk), 1)
    site.node.restart_kamailio(kill=True)
    site.refused(trunk, 503)
    held.wait()
    until(lambda: site.up(trunk) == 0)
    assert sorted(record.code for record in site.records(trunk)) == [200, 503]
    site.call(trunk)


def test_calls_pass_while_the_agent_is_down(site):
    trunk = site.place()
    site.node.stop_agent()
    with pytest.raises(Unavailable):
        site.client.status()
    site.call(trunk)
    assert call_in(site, trunk).answered
    site.node.start_agent()


def test_what_was_written_while_kamailio_was_down_is_there_when_it_starts(site):
    gone, changed, late = site.place(), site.place(), site.place()
    site.node.stop_kamailio()
    assert site.client.status().kamailio is False
    with pytest.raises(Unavailable):
        site.delete("trunk", gone.id)
    with pytest.raises(Unavailable):
        site.change(changed, admin_status="DISABLED")
    site.node.start_kamailio()
    site.refused(gone, 407)
    site.refused(changed, 403)
    site.call(late)
    until(lambda: site.client.read("trunk", gone.id).present is False)
    held = {held.id: held for held in site.client.list("trunk")}
    until(lambda: {held.id: held.hash for held in site.client.list("trunk")}[changed.id] != "")
    assert gone.id not in held


def test_a_hanging_kamailio_is_reported_and_caught_up_with(site):
    trunk = site.place()
    site.node.freeze_kamailio()
    with pytest.raises(Unavailable):
        site.change(trunk, admin_status="DISABLED")
    site.node.thaw_kamailio()
    wanted = sample_trunk(
        trunk.id, [trunk.source], [(host, SIP_PORT) for host in trunk.destinations], admin_status="DISABLED"
    )
    until(lambda: site.client.read("trunk", trunk.id).hash == wanted.hash)
    site.refused(trunk, 403)


@pytest.mark.parametrize("table", ["trunk", "source", "number", "carrier", "gateways"])
def test_a_table_that_was_emptied_is_filled_again(site, table):
    trunk = site.place()
    switch = site.node.switch()
    before = switch.dump(table)
    switch.call("htable.flush", table)
    until(lambda: switch.dump(table) == before)
    site.call(trunk)
    assert call_in(site, trunk).answered


def test_keys_changed_or_added_by_hand_are_put_right(site):
    trunk, stranger = site.place(), site.net.customer(31000)
    switch = site.node.switch()
    before = switch.get(Key("trunk", trunk.id))
    switch.set(Key("trunk", trunk.id), before.replace("enabled=1", "enabled=0"))
    switch.set(Key("source", stranger), trunk.id)
    until(lambda: switch.get(Key("trunk", trunk.id)) == before)
    until(lambda: switch.get(Key("source", stranger)) is None)
    site.call(trunk)


def test_a_store_that_was_lost_is_told_by_another_boot_id(site):
    trunk = site.place()
    before = site.client.status()
    site.node.stop()
    for file in site.node.folder.glob("facts.db*"):
        file.unlink()
    site.node.start()
    after = site.client.status()
    assert before.boot_id != after.boot_id
    assert set(after.counts.values()) == {0}
    site.refused(trunk, 503)
    site.change(trunk)
    site.gateways(site.net.carrier(1))
    site.call(trunk)


def test_a_restart_of_both_keeps_the_boot_id(site):
    trunk = site.place()
    before = site.client.status()
    site.node.stop()
    site.node.start()
    assert site.client.status() == before
    site.call(trunk)
