"""Destinations that are host names: found before a call needs them, checked at every answer, never waited for."""

import asyncio
import contextlib
import itertools
import re
import time

import pytest
from conftest import until, until_equal
from parties import talking

from sbc.lab.answerer import Answerer, Reaction
from sbc.lab.net import SIP_PORT
from sbc.lab.samples import sample_trunk
from sbc.lab.sip import Address, offer

_names, _hosts = itertools.count(1), itertools.count(20000)


@pytest.fixture(autouse=True)
def _asks_nobody(site):
    """Whatever a test does, Kamailio itself asks no name server."""
    yield
    assert site.node.switch().call("dns.view") == []


def new_name():
    return f"pbx{next(_names)}.example.net"


def named(site, *names, port=SIP_PORT, **changes):
    """A trunk whose destinations are host names."""
    trunk = site.place(**changes)
    site.put(sample_trunk(trunk.id, [trunk.source], [(name, port) for name in names], **changes))
    return trunk


def call_with(site, trunk, *hosts, port=SIP_PORT, silent=()):
    """A call in while equipment listens at `hosts` and answers unless it is `silent`; who heard of it, how it went."""

    async def scenario():
        async with contextlib.AsyncExitStack() as stack:
            phones = []
            for host in hosts:
                reaction = Reaction(silent=host in silent)
                phone = Answerer(Address(host, port), lambda _invite, reaction=reaction: reaction)
                phones.append(await stack.enter_async_context(phone))
            trace = await asyncio.to_thread(site.call_in, trunk)
            return [host for host, phone in zip(hosts, phones, strict=True) if phone.wire.seen], trace, phones

    return asyncio.run(scenario())


def quickest(site, trunk, *hosts):
    """How many seconds the quickest of three calls waited for its answer. All that ask a name server would wait for it;
    a busy machine holds up one or the other.
    """
    traces = []
    for _ in range(3):
        called, trace, _ = call_with(site, trunk, *hosts)
        assert called == list(hosts)
        traces.append(trace)
    return min(answered_at(trace) - trace.seen[0].at for trace in traces)


def answered_at(trace):
    return next(seen.at for seen in trace.seen if re.match("SIP/2.0 [2-6]", seen.first_line))


def customers(site, count):
    """Fresh addresses, of which nobody else makes use."""
    return [site.net.customer(next(_hosts)) for _ in range(count)]


def troubles(site, trunk):
    return {check.host: check.name for check in site.client.checks() if check.trunk_id == trunk.id}


def test_a_call_goes_to_the_address_of_a_name_and_still_says_the_name(site):
    name, [host] = new_name(), customers(site, 1)
    site.name_server.set(name, "A", host)
    trunk = named(site, name)
    until_equal(lambda: site.knows(name), [f"{host}:5060"])

    _, trace, [phone] = call_with(site, trunk, host)

    assert trace.answered
    assert phone.trace(phone.calls()[0]).seen[0].first_line.startswith(f"INVITE sip:+{trunk.number}@{name}:5060 ")
    assert site.records(trunk)[-1].hop == f"{name}:5060"


def test_services_are_called_by_priority_and_the_next_one_when_the_first_is_dead(site):
    name, [first, second] = new_name(), customers(site, 2)
    site.name_server.set(f"_sip._udp.{name}", "SRV", f"20 1 5082 b.{name}.", f"10 1 5082 a.{name}.")
    site.name_server.set(f"a.{name}", "A", first)
    site.name_server.set(f"b.{name}", "A", second)
    trunk = named(site, name, port=0)
    until_equal(lambda: site.knows(name, 0), [f"{first}:5082", f"{second}:5082"])

    assert call_with(site, trunk, first, second, port=5082)[0] == [first]
    called, trace, _ = call_with(site, trunk, first, second, port=5082, silent=[first])
    assert called == [first, second]
    assert trace.answered
    # The first one is known to be dead.
    assert call_with(site, trunk, first, second, port=5082, silent=[first])[0] == [second]


def test_a_name_without_services_is_a_host_with_the_usual_port(site):
    name, [host] = new_name(), customers(site, 1)
    site.name_server.set(name, "A", host)
    trunk = named(site, name, port=0)
    until_equal(lambda: site.knows(name, 0), [f"{host}:5060"])

    assert call_with(site, trunk, host)[0] == [host]


def test_all_addresses_of_a_name_are_tried_before_the_next_destination(site):
    name, other, [dead, alive, last] = new_name(), new_name(), customers(site, 3)
    site.name_server.set(name, "A", dead, alive)
    site.name_server.set(other, "A", last)
    trunk = named(site, name, other)
    until(lambda: site.knows(name) and site.knows(other))

    assert call_with(site, trunk, alive, last)[0] == [alive]
    assert call_with(site, trunk, last)[0] == [last]


def test_a_name_that_moves_is_followed_within_its_time_to_live(site):
    name, [before, after] = new_name(), customers(site, 2)
    site.name_server.set(name, "A", before, ttl=2)
    trunk = named(site, name)
    until_equal(lambda: site.knows(name), [f"{before}:5060"])
    assert call_with(site, trunk, before, after)[0] == [before]

    site.name_server.set(name, "A", after, ttl=2)
    until_equal(lambda: site.knows(name), [f"{after}:5060"], seconds=4)

    assert call_with(site, trunk, before, after)[0] == [after]


@pytest.mark.parametrize("target", ["loopback", "own node", "other node", "gateway", "private", "metadata"])
def test_a_name_is_refused_that_leads_to(site, target):
    gateway = site.net.customer(29000)
    site.gateways(site.net.carrier(1), gateway)
    addresses = {"loopback": "127.0.0.1", "own node": site.node.address, "other node": site.net.node(2)}
    addresses |= {"gateway": gateway, "private": "10.0.0.1", "metadata": "169.254.169.254"}
    name, good, [host] = new_name(), new_name(), customers(site, 1)
    site.name_server.set(name, "A", addresses[target])
    site.name_server.set(good, "A", host)
    trunk, fine = named(site, name), named(site, good)

    until_equal(lambda: troubles(site, trunk), {name: "refused"})

    refused = site.call_in(trunk)
    assert (refused.status, site.records(trunk)[-1].why) == (480, "destination-unreachable")
    until(lambda: site.knows(good))
    assert call_with(site, fine, host)[0] == [host]
    assert troubles(site, fine) == {}


def test_a_good_name_that_turns_against_us_is_dropped_with_its_next_answer(site):
    name, [host] = new_name(), customers(site, 1)
    site.name_server.set(name, "A", host, ttl=1)
    trunk = named(site, name)
    until(lambda: site.knows(name))

    site.name_server.set(name, "A", "127.0.0.1", ttl=1)

    until_equal(lambda: site.knows(name), None, seconds=4)
    assert site.call_in(trunk).status == 480


def test_a_name_that_nobody_knows_is_shown_and_found_when_it_is_there(site):
    name, [host] = new_name(), customers(site, 1)
    trunk = named(site, name, options=True)
    until_equal(lambda: troubles(site, trunk), {name: "lost"})
    assert site.call_in(trunk).status == 480

    site.name_server.set(name, "A", host)

    until_equal(lambda: troubles(site, trunk), {name: ""}, seconds=5)
    assert call_with(site, trunk, host)[0] == [host]


def test_a_silent_name_server_delays_no_call(site):
    name, [host] = new_name(), customers(site, 1)
    site.name_server.set(name, "A", host, ttl=1)
    known, unknown, plain = named(site, name), named(site, new_name()), site.place()
    until(lambda: site.knows(name))

    with site.name_server.silence():
        asked = site.name_server.asked.count(f"{name} A")
        # Its time to live is over then, and it is asked for in vain.
        until(lambda: site.name_server.asked.count(f"{name} A") > asked)
        usual = quickest(site, plain, *plain.destinations)
        assert quickest(site, known, host) < usual + 0.5
        assert quickest(site, unknown) < usual + 0.5
        assert site.call_in(unknown).status == 480


def test_names_are_known_after_a_restart_without_any_agent(site):
    name, [host] = new_name(), customers(site, 1)
    site.name_server.set(name, "A", host)
    trunk = named(site, name)
    until(lambda: site.knows(name))

    site.node.stop_agent()
    try:
        site.node.restart_kamailio(kill=True)
        with site.name_server.silence():
            called, _, _ = call_with(site, trunk, host)
    finally:
        site.node.start_agent()

    assert called == [host]


def test_two_thousand_names_that_nobody_answers_for_hold_up_no_other(site):
    name, [host] = new_name(), customers(site, 1)
    site.name_server.set(name, "A", host)
    with site.name_server.silence("silent.example.net"):
        many = [named(site, *[f"n{next(_names)}.silent.example.net" for _ in range(50)]) for _ in range(40)]
        began = time.monotonic()
        trunk = named(site, name)
        until(lambda: site.knows(name), seconds=6)
        waited = time.monotonic() - began
        plain = site.place()
        usual = quickest(site, plain, *plain.destinations)
        took = quickest(site, trunk, host)
        for each in many:
            site.delete("trunk", each.id)

    print(f"\nfound after {waited:.1f} s beside 2,000 silent names")
    assert took < usual + 0.5


def test_each_address_of_a_name_is_asked_until_one_answers(site):
    name, [dead, alive] = new_name(), customers(site, 2)
    site.name_server.set(name, "A", dead, alive)
    trunk = named(site, name, options=True)

    async def scenario():
        async with Answerer(Address(alive, SIP_PORT)) as phone:

            def answered():
                return [check.alive for check in site.client.checks() if check.trunk_id == trunk.id] == [True]

            await asyncio.to_thread(until, answered)
            return phone.wire.seen[0].first_line

    assert asyncio.run(scenario()) == f"OPTIONS sip:{name}:5060 SIP/2.0"


def contacts(site, trunk):
    """Where the dialog of the trunk's one call has its two parties."""
    dialogs = site.node.switch().call("dlg.list")
    [dialog] = [dialog for dialog in dialogs if {"trunk": trunk.id} in dialog["variables"]]
    return dialog["caller"]["contact"], dialog["callee"]["contact"]


def test_a_party_whose_contact_is_a_name_is_found_where_its_messages_come_from(site):
    trunk = site.place()

    async def scenario():
        async with talking(site, trunk, contact=Address(new_name(), 5090)) as talk:
            known = await asyncio.to_thread(contacts, site, trunk)
            answers = [await talk.callee.ask("INVITE", body=offer(talk.callee.local))]
            answers.append(await talk.caller.ask("INVITE", body=offer(talk.caller.local)))
            answers.append(await talk.callee.ask("BYE"))
            return known, [answer.status for answer in answers], talk.caller.methods()

    known, answers, heard = asyncio.run(scenario())

    assert known[0].startswith(f"sip:{trunk.source}:5090")
    assert answers == [200, 200, 200]
    assert [method for method in heard if method != "ACK"] == ["INVITE", "BYE"]


def test_a_proxy_whose_name_is_in_the_way_is_not_asked_for(site):
    trunk = site.place()

    async def scenario():
        async with talking(site, trunk, proxy=f"<sip:{new_name()};lr>") as talk:
            answer = await talk.caller.ask("BYE")
            return answer.status, talk.callee.methods()

    assert asyncio.run(scenario()) == (200, ["INVITE", "ACK", "BYE"])
