"""The OPTIONS check: which destinations are there, and what that means for calls."""

import asyncio
import contextlib

from conftest import until

from sbc.lab.answerer import Answerer
from sbc.lab.net import SIP_PORT
from sbc.lab.sip import Address


def with_phones(hosts, act):
    """Answer at `hosts` while `act` runs in a thread; its result, and what each host saw."""

    async def scenario():
        async with contextlib.AsyncExitStack() as stack:
            phones = [await stack.enter_async_context(Answerer(Address(host, SIP_PORT))) for host in hosts]
            result = await asyncio.to_thread(act)
            return result, [list(phone.wire.seen) for phone in phones]

    return asyncio.run(scenario())


def alive(site, trunk):
    return [check.alive for check in site.checks(trunk)]


def test_a_destination_that_answers_is_alive_and_one_that_does_not_is_dead(site):
    trunk = site.place(destinations=2, options=True)
    assert alive(site, trunk) == [None, None]

    _, [seen] = with_phones(trunk.destinations[1:], lambda: until(lambda: alive(site, trunk) == [False, True]))

    dead, living = site.checks(trunk)
    assert (dead.code, dead.answered_at, dead.missed >= 2) == (408, 0, True)
    assert (living.code, living.missed, living.round_trip_ms < 500) == (200, 0, True)
    assert dead.tried_at >= living.answered_at - 2 > 0
    asked = next(message for message in seen if message.first_line.startswith("OPTIONS "))
    assert asked.remote == str(site.address)


def test_a_dead_destination_is_passed_over_and_is_back_with_its_next_answer(site):
    trunk = site.place(destinations=2, options=True)

    def call_when(wanted):
        until(lambda: alive(site, trunk) == wanted)
        return site.call_in(trunk)

    without_the_first, _ = with_phones(trunk.destinations[1:], lambda: call_when([False, True]))
    with_both, _ = with_phones(trunk.destinations, lambda: call_when([True, True]))

    answered_at = next(seen.at for seen in without_the_first.seen if "200 OK" in seen.first_line)
    assert answered_at - without_the_first.seen[0].at < 0.6  # nobody waited for the first one
    assert with_both.answered
    hops = {record.call_id: record.hop for record in site.records(trunk)}
    expected = [f"{host}:5060" for host in reversed(trunk.destinations)]
    assert [hops[without_the_first.call_id], hops[with_both.call_id]] == expected


def test_when_all_are_dead_all_are_tried(site):
    trunk = site.place(destinations=2, options=True)
    until(lambda: alive(site, trunk) == [False, False])

    trace, _ = with_phones(trunk.destinations, lambda: site.call_in(trunk))

    assert trace.answered


def test_a_dead_destination_is_back_at_once_when_the_check_is_switched_off(site):
    trunk = site.place(destinations=2, options=True)

    def switch_off_and_call():
        until(lambda: alive(site, trunk) == [False, True])
        site.change(trunk, options=False)
        return with_phones(trunk.destinations[:1], lambda: site.call_in(trunk))[0]

    trace, _ = with_phones(trunk.destinations[1:], switch_off_and_call)

    assert trace.answered
    [record] = site.records(trunk)
    assert record.hop == f"{trunk.destinations[0]}:5060"


def test_only_enabled_trunks_that_ask_for_it_are_checked(site):
    trunk = site.place(options=True)
    until(lambda: alive(site, trunk) == [False])

    site.change(trunk, options=False)

    assert [check for check in site.client.checks() if check.trunk_id == trunk.id] == []
    site.change(trunk, options=True, admin_status="DISABLED")
    assert [check for check in site.client.checks() if check.trunk_id == trunk.id] == []
