"""Calls from the carrier to a trunk."""

import asyncio
import contextlib

import pytest

from sbc.documents import Fence
from sbc.lab.answerer import Answerer, Reaction
from sbc.lab.net import SIP_PORT
from sbc.lab.samples import sample_number
from sbc.lab.sip import Address


def listening(site, hosts, calls, decide=lambda _: Reaction()):
    """Answer at `hosts` while `calls` calls come in; the traces, and how many each host got."""

    async def scenario():
        async with contextlib.AsyncExitStack() as stack:
            phones = [await stack.enter_async_context(Answerer(Address(host, SIP_PORT), decide)) for host in hosts]
            traces = [await asyncio.to_thread(call) for call in calls]
            return traces, [phone.calls() for phone in phones], [phone.wire.seen for phone in phones]

    return asyncio.run(scenario())


def test_a_number_reaches_its_trunks_first_destination(site):
    trunk = site.place(destinations=2)
    [trace], (first, second), (seen, _) = listening(site, trunk.destinations, [lambda: site.call_in(trunk)])
    assert trace.answered
    assert (first, second) == ([trace.call_id], [])
    invite = seen[0].raw
    assert invite.startswith(f"INVITE sip:+{trunk.number}@{trunk.destinations[0]}:5060 SIP/2.0")
    assert f"Via: SIP/2.0/UDP {site.node.address}" in invite
    assert any(f"Record-Route: <sip:{site.node.address}" in message.raw for message in trace.seen)
    [record] = site.records(trunk)
    assert (record.direction, record.caller, record.callee) == ("inbound", "13125559999", trunk.number)
    assert (record.code, record.hop) == (200, f"{trunk.destinations[0]}:5060")


def test_the_second_destination_takes_over_from_a_dead_one_which_is_then_passed_over(site):
    trunk = site.place(destinations=2)
    second = trunk.destinations[1:]
    (slow, quick), _, _ = listening(site, second, [lambda: site.call_in(trunk)] * 2)
    assert slow.answered
    assert quick.answered

    def setup_time(trace):
        return next(seen.at for seen in trace.seen if "200 OK" in seen.first_line) - trace.seen[0].at

    assert setup_time(slow) > 0.6 > setup_time(quick)


@pytest.mark.parametrize(("status", "taken_over"), [(503, True), (500, True), (486, False), (603, False)])
def test_only_a_destination_in_trouble_is_passed_over(site, status, taken_over):
    trunk = site.place(destinations=2)

    def decide(invite):
        return Reaction(status if trunk.destinations[0] in invite.first else 200, 0)

    [trace], (first, second), _ = listening(site, trunk.destinations, [lambda: site.call_in(trunk)], decide)
    assert len(first) == 1
    assert (trace.status, len(second)) == ((200, 1) if taken_over else (status, 0))


def test_a_destination_whose_name_leads_nowhere_is_passed_over(site):
    trunk = site.place()
    trunk.destinations.insert(0, "no-such-host.invalid")
    site.change(trunk)
    [trace], [came], _ = listening(site, trunk.destinations[1:], [lambda: site.call_in(trunk)])
    assert (trace.status, came) == (200, [trace.call_id])
    trunk.destinations[1:] = ["nor-this.invalid"]
    site.change(trunk)
    assert site.call_in(trunk).status == 480


def test_round_robin_takes_turns(site):
    trunk = site.place(destinations=3, strategy="ROUND_ROBIN")
    _, phones, _ = listening(site, trunk.destinations, [lambda: site.call_in(trunk)] * 6)
    assert [len(calls) for calls in phones] == [2, 2, 2]


def test_failover_does_not_take_turns(site):
    trunk = site.place(destinations=2)
    _, phones, _ = listening(site, trunk.destinations, [lambda: site.call_in(trunk)] * 3)
    assert [len(calls) for calls in phones] == [3, 0]


def test_no_destination_answers(site):
    trunk = site.place(destinations=2)
    assert site.call_in(trunk).status == 480
    assert [record.code for record in site.records(trunk)] == [480]
    assert site.up(trunk) == 0
    [trace], _, _ = listening(site, trunk.destinations, [lambda: site.call_in(trunk)])
    assert trace.answered


def test_a_trunk_without_destinations(site):
    assert site.call_in(site.place(destinations=0)).status == 480


def test_the_caller_gives_up(site):
    trunk = site.place()
    reaction = Reaction(status=200, ring_seconds=30)

    async def scenario():
        from sbc.lab.softphone import call

        async with Answerer(Address(trunk.destinations[0], SIP_PORT), lambda _: reaction) as phone:
            local = Address(site.net.carrier(1), 0)
            trace = await call(local, site.address, "13125559999", trunk.number, cancel_after=0.2)
            return trace, phone.trace(trace.call_id)

    ours, theirs = asyncio.run(scenario())
    assert ours.status == 487
    assert any(seen.first_line.startswith("CANCEL ") for seen in theirs.seen)
    assert [record.code for record in site.records(trunk)] == [487]


def test_an_unassigned_number(site):
    trunk = site.place()
    good = lambda: site.call_in(trunk)  # noqa: E731
    unassigned = lambda: site.carrier.place_call(site.address, caller="13125559999", callee="13125550000")  # noqa: E731
    traces, _, _ = listening(site, trunk.destinations, [good, unassigned, good])
    assert [trace.status for trace in traces] == [200, 404, 200]


def test_a_number_that_was_taken_away(site):
    trunk = site.place()
    site.delete("number", f"+{trunk.number}")
    assert site.call_in(trunk).status == 404
    site.put(sample_number(f"+{trunk.number}", trunk.id))
    [trace], _, _ = listening(site, trunk.destinations, [lambda: site.call_in(trunk)])
    assert trace.answered


@pytest.mark.parametrize("admin_status", ["DISABLED", "SYSTEM_DISABLED"])
def test_a_disabled_trunk_passes_nothing(site, admin_status):
    trunk = site.place()
    both_ways = [lambda: site.call(trunk), lambda: site.call_in(trunk)]
    _, [came_in], _ = listening(site, trunk.destinations, both_ways)
    assert len(came_in) == 1
    site.change(trunk, admin_status=admin_status)
    refused = [lambda: site.refused(trunk, 403), lambda: site.call_in(trunk)]
    (_, inbound), [came_in], _ = listening(site, trunk.destinations, refused)
    assert (inbound.status, came_in) == (403, [])
    site.change(trunk)
    _, [came_in], _ = listening(site, trunk.destinations, both_ways)
    assert len(came_in) == 1


def test_a_deleted_trunk_passes_nothing(site):
    trunk, other = site.place(), site.place()
    site.call(trunk)
    held = site.delete("trunk", trunk.id)
    assert (held.present, held.fence > Fence(1, 0)) == (False, True)
    site.refused(trunk, 407)
    assert site.call_in(trunk).status == 403
    site.call(other)
