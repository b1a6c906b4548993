"""The channel limit: how many calls at once, and when a channel is free again."""

import asyncio
import time

from conftest import until

from sbc.lab.answerer import Answerer, Reaction
from sbc.lab.net import SIP_PORT
from sbc.lab.sip import Address
from sbc.lab.softphone import call


def test_as_many_calls_as_channels_and_not_one_more(site):
    trunk = site.place(channels=3)
    held = site.hold(trunk, calls=3)
    site.refused(trunk, 503)
    assert site.call_in(trunk).status == 486
    assert site.up(trunk) == 3
    refused = {(record.direction, record.code) for record in site.records(trunk)}
    assert refused == {("outbound", 503), ("inbound", 486)}
    held.stop()


def test_both_directions_and_all_trunks_of_a_group_share_one_count(site):
    first = site.place(channels=2, group="shared")
    second = site.place(channels=2, group="shared")

    async def scenario():
        async with Answerer(Address(second.destinations[0], SIP_PORT)):
            incoming = asyncio.to_thread(site.call_in, second, hold_seconds=2)
            local = Address(first.source, 0)
            outgoing = call(local, site.address, "13125550100", "13125551234", hold_seconds=2)
            up = asyncio.gather(incoming, outgoing)
            await asyncio.to_thread(until, lambda: site.client.calls().get("shared") == 2)
            await asyncio.to_thread(site.refused, first, 503)
            await asyncio.to_thread(site.refused, second, 503)
            return await up

    assert all(trace.answered for trace in asyncio.run(scenario()))
    until(lambda: "shared" not in site.client.calls())


def test_forty_calls_at_once_and_exactly_three_pass(site):
    trunk = site.place(channels=3)

    async def scenario():
        local = Address(trunk.source, 0)
        calls = [call(local, site.address, "13125550100", "13125551234", hold_seconds=3) for _ in range(40)]
        return await asyncio.gather(*calls)

    outcomes = sorted(trace.status for trace in asyncio.run(scenario()))
    assert outcomes == [200] * 3 + [503] * 37


def test_a_channel_is_free_again_after_every_kind_of_end(site):
    trunk = site.place(channels=1)
    site.call(trunk)
    site.call(trunk)  # after BYE
    site.call(trunk, "cancel", callee="13125551180")
    site.call(trunk)  # after CANCEL
    site.refused(trunk, 486, callee="13125551486")
    site.call(trunk)  # after a refusal of the callee
    site.gateways(site.net.carrier(8))
    site.refused(trunk, 503)
    site.gateways(site.net.carrier(1))
    site.call(trunk)  # after a gateway that is not there
    assert site.call_in(trunk).status == 480
    site.call(trunk)  # after a destination that is not there
    until(lambda: site.up(trunk) == 0)
    assert [record.code for record in site.records(trunk)].count(200) == 6


def test_a_call_in_takes_its_one_channel_over_all_destinations(site):
    trunk = site.place(channels=1, destinations=3)

    async def scenario():
        decide = lambda _: Reaction(503, 0)  # noqa: E731
        first, last = (Address(trunk.destinations[place], SIP_PORT) for place in (0, 2))
        async with Answerer(first, decide), Answerer(last) as phone:
            trace = await asyncio.to_thread(site.call_in, trunk)
            return trace, phone.calls()

    trace, came = asyncio.run(scenario())
    assert (trace.status, came) == (200, [trace.call_id])
    until(lambda: site.up(trunk) == 0)


def test_a_new_limit_counts_for_the_next_call(site):
    trunk = site.place(channels=1)
    held = site.hold(trunk)
    site.refused(trunk, 503)
    site.change(trunk, channels=2)
    site.call(trunk)
    site.change(trunk, channels=0)
    site.refused(trunk, 503)
    held.stop()


def test_calls_that_begin_too_fast_are_refused_and_those_of_others_pass_beside_them(site):
    trunk, other = site.place(calls_per_second=2), site.place()

    async def scenario():
        placed = [
            call(Address(source, 0), site.address, "13125550100", "13125551234", hold_seconds=0.5)
            for source in [trunk.source] * 8 + [other.source] * 4
        ]
        return await asyncio.gather(*placed)

    traces = asyncio.run(scenario())

    statuses = [trace.status for trace in traces]
    assert sorted(set(statuses[:8])) == [200, 503]
    assert statuses[:8].count(200) in (2, 3, 4)  # 4 when they fell into two seconds
    assert statuses[8:] == [200] * 4
    [refused, *_] = [trace for trace in traces if trace.status == 503]
    assert any("why=rate-exceeded" in message.raw for message in refused.seen)
    time.sleep(1)  # the next second
    site.call(trunk)
