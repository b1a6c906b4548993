"""What a rehearsal tells is the way that the call takes: random routes in random states, called for real."""

import asyncio
import contextlib
import os
import random
from collections import Counter

import pytest
from conftest import until_equal
from random_routes import AWAY, CALLERS, GATEWAY, HOME, Random, rehearse

from sbc.documents import PeerNodes
from sbc.lab.answerer import Answerer
from sbc.lab.carrier import by_ending
from sbc.lab.net import SIP_PORT
from sbc.lab.sip import Address
from sbc.lab.softphone import call
from sbc.lab.wire import open_wire

ROUTES, AT_ONCE = 200, 25
SEED = int(os.environ.get("TRUNKLINE_SEED", "5060"))
ENDS = {200: "answered", 408: "rang", 480: "unreachable", 486: "busy", 404: "not found", 403: "refused"}


@pytest.fixture
def made(pair):
    home, away = pair
    home.peers, away.peers = (PeerNodes(AWAY, (away.node.address,)),), (PeerNodes(HOME, (home.node.address,)),)
    away.data_centre = AWAY
    for site in pair:
        site.gateways(site.net.carrier(GATEWAY))
    made = Random(home, away, random.Random(SEED))
    yield made
    for site in pair:
        site.peers, site.data_centre = (), HOME
        site.gateways(site.net.carrier(1))


def silent(made):
    return {check.host for check in made.home.client.checks() if check.alive is False}


async def listen(stack, host, reaction):
    """The wire of somebody who does nothing else."""
    where = Address(host, SIP_PORT)
    if not reaction.silent:
        return (await stack.enter_async_context(Answerer(where, lambda _: reaction))).wire
    wire = await open_wire(where, lambda _message, _remote: None)
    stack.callback(wire.close)
    return wire


async def call_all(made, cases, gateway):
    """All at once, while everybody listens who may be called."""
    await asyncio.sleep(0.1)  # until those who listened before have closed
    async with contextlib.AsyncExitStack() as stack:
        wires = {host: await listen(stack, host, reaction) for host, reaction in made.reactions.items()}
        wires[gateway.local.host] = gateway
        await asyncio.to_thread(until_equal, lambda: silent(made) >= made.unanswered, True)
        await asyncio.to_thread(lambda: [rehearse(made, case) for case in cases])
        local = Address(gateway.local.host, 0)
        calling = [
            call(local, made.home.address, case.caller or "anonymous", case.number, hold_seconds=0) for case in cases
        ]
        traces = await asyncio.gather(*calling)
        came = {}
        for host, wire in wires.items():
            for one in wire.seen:
                if one.direction == "received" and one.first_line.startswith("INVITE "):
                    came.setdefault((one.call_id, host), one.at)
    for case, trace in zip(cases, traces, strict=True):
        ways = {host: at for (call_id, host), at in came.items() if call_id == trace.call_id}
        case.found = (sorted(ways, key=ways.get), trace.status)


@contextlib.asynccontextmanager
async def a_call_that_is_up(made):
    """It has the only channel of `made.held`."""
    trunk = made.home.place(channels=1)
    calling = call(Address(trunk.source, 0), made.home.address, CALLERS[0], "13125551234", hold_seconds=600)
    held = asyncio.create_task(calling)
    await asyncio.to_thread(until_equal, lambda: made.home.up(trunk), 1)
    made.held = trunk.id
    yield
    held.cancel()


async def call_in_batches(made):
    """Every case, rehearsed and called."""
    cases = []
    gateway = Address(made.home.net.carrier(GATEWAY), SIP_PORT)
    async with Answerer(gateway, by_ending) as carrier, a_call_that_is_up(made):
        for _ in range(ROUTES // AT_ONCE):
            made.reactions.clear()
            made.unanswered.clear()
            batch = await asyncio.to_thread(lambda: [made.route() for _ in range(AT_ONCE)])
            await call_all(made, batch, carrier.wire)
            again = [case for case in batch if case.expected != case.found]
            made.again += len(again)
            for case in again:
                await call_all(made, [case], carrier.wire)
            cases += batch
    return cases


def shares(title, found):
    total = sum(found.values())
    print(f"\n{title}: " + ", ".join(f"{name} {count / total:.0%}" for name, count in found.most_common()))
    return {name: count / total for name, count in found.items()}


def test_two_hundred_calls_take_the_way_that_was_told(made):
    cases = asyncio.run(call_in_batches(made))

    assert made.again <= ROUTES // 20
    different = [case for case in cases if case.expected != case.found]
    for case in different:
        print(case.number, case.route.entries, case.told, case.expected, case.found, sep="\n  ")
    assert different == []
    verdicts = Counter(one.why or one.verdict for case in cases for one in case.told)
    verdicts["international-blocked"] += verdicts.pop("caller-missing", 0)  # it is blocked for that, too
    verdicts["elsewhere"] = sum(case.elsewhere for case in cases)
    assert min(shares("verdicts", verdicts).values()) > 0.03
    ends = Counter(ENDS.get(case.found[1], "out of service") for case in cases)
    assert min(shares("ends", ends).values()) > 0.03
    lengths = Counter(min(len(case.found[0]), 4) for case in cases)
    assert min(shares("places that were tried", lengths).values()) > 0.03
