"""The two nodes of a data centre: one channel count between them, and each takes over for the other."""

import asyncio
import time
from dataclasses import dataclass

import pytest
from conftest import Site, until, until_equal
from phones import call_in as phone_call_in

from sbc.documents import ProviderSource
from sbc.lab.answerer import Answerer
from sbc.lab.net import SIP_PORT
from sbc.lab.samples import sample_group, sample_node, sample_number
from sbc.lab.sip import Address
from sbc.lab.softphone import call
from sbc.lab.valkey import PairValkey

LIMIT = 3
CALLER, CALLEE = "13125550100", "13125551234"
SID = "AC" + "5" * 32


@dataclass
class Both:
    """Primary, backup, and what they share."""

    primary: Site
    backup: Site
    valkey: PairValkey

    @property
    def sites(self):
        return self.primary, self.backup

    def place(self, **changes):
        """A trunk that both nodes have."""
        trunk = self.primary.place(**changes)
        self.backup.change(trunk, **changes)
        self.backup.put(sample_number(f"+{trunk.number}", trunk.id))
        return trunk

    def registered(self, **changes):
        """A registered trunk that both nodes have."""
        trunk = self.primary.registered(**changes)
        self.backup.change_registered(trunk, **changes)
        self.backup.put(sample_number(f"+{trunk.number}", trunk.id))
        return trunk

    def call_in(self, trunk, hold_seconds=0.1):
        """A call from the carrier, which tries the primary, then the backup."""
        nodes = [site.address for site in self.sites]
        return self.primary.carrier.place_call(*nodes, caller=CALLEE, callee=trunk.number, hold_seconds=hold_seconds)

    def records(self, trunk):
        """What each node has written about calls of the trunk."""
        return [[record.code for record in site.records(trunk)] for site in self.sites]

    def at_once(self, source, calls, hold_seconds=2, **options):
        """So many calls over both nodes by turns; how many were answered by each node."""

        async def scenario():
            local, options["hold_seconds"] = Address(source, 0), hold_seconds
            placed = [call(local, self.sites[n % 2].address, CALLER, CALLEE, **options) for n in range(calls)]
            return await asyncio.gather(*placed)

        traces = asyncio.run(scenario())
        assert {trace.status for trace in traces} <= {200, 503}
        return [sum(trace.answered for trace in traces[n::2]) for n in (0, 1)]

    def status_of_a_call(self, site, trunk):
        local = Address(trunk.source, 0)
        return asyncio.run(call(local, site.address, CALLER, CALLEE, hold_seconds=0)).status


@pytest.fixture
def both(pair, valkey):
    primary, backup = pair
    primary.other, backup.other = backup.node.address, primary.node.address
    for site in pair:
        site.gateways(site.net.carrier(1))
    yield Both(primary, backup, valkey)
    valkey.thaw()
    if not valkey.running:
        valkey.start()
    for site in pair:
        site.other = ""
        site.revive()
        site.gateways(site.net.carrier(1))


def test_calls_over_both_nodes_share_one_limit(both):
    trunk = both.place(channels=LIMIT)
    two, one = both.primary.hold(trunk, calls=2), both.backup.hold(trunk, hold_ms=1500)

    for site in both.sites:
        site.refused(trunk, 503)
        assert site.call_in(trunk).status == 486
    one.wait()

    both.primary.call(trunk)
    both.backup.call(trunk)
    two.stop()


def test_forty_calls_at_once_over_both_nodes_and_exactly_three_pass(both):
    trunk = both.place(channels=LIMIT)

    answered = both.at_once(trunk.source, 40)

    assert sum(answered) == LIMIT


def test_calls_of_freshworks_share_the_limit_of_their_group_over_both_nodes(both):
    trunk, twilio = (
        both.place(provider="FRESHWORKS", trunk_kind="PROVIDER", channels=1),
        both.primary.net.customer(31300),
    )
    for site in both.sites:
        sources = [ProviderSource("FRESHWORKS", twilio, "X-Twilio-AccountSid")]
        site.put(sample_node((site.net.carrier(1), SIP_PORT), other_node=site.other, provider_sources=sources))
        site.put(sample_group("fw-pair", SID, LIMIT, trunk.id))

    answered = both.at_once(twilio, 12, more=[("X-Twilio-AccountSid", SID)])

    assert sum(answered) == LIMIT


def test_a_channel_is_free_for_the_other_node_after_every_kind_of_end(both):
    trunk = both.place(channels=1)
    ends = [
        lambda site: site.call(trunk),
        lambda site: site.call(trunk, "cancel", callee="13125551180"),
        lambda site: site.refused(trunk, 486, callee="13125551486"),
        lambda site: site.refused(trunk, 503, callee="13125551503"),
        lambda site: site.call_in(trunk),
    ]

    for end in ends:
        end(both.primary)
        both.backup.call(trunk)
        end(both.backup)
        both.primary.call(trunk)


def test_a_channel_is_free_again_after_a_gateway_that_is_not_there(both):
    trunk = both.place(channels=1)
    both.primary.gateways(both.primary.net.carrier(8))

    both.primary.refused(trunk, 503)

    both.backup.call(trunk)


def test_without_the_valkey_twice_the_limit_passes_at_most_and_its_return_makes_it_exact_again(both):
    trunk = both.place(channels=LIMIT)
    both.valkey.kill()

    answered = both.at_once(trunk.source, 40)
    both.valkey.start()

    assert answered == [LIMIT, LIMIT]  # the error: twice the limit
    until(lambda: sum(both.at_once(trunk.source, 40, hold_seconds=0.5)) == LIMIT, seconds=8)
    assert sum(both.at_once(trunk.source, 40)) == LIMIT


def test_calls_that_are_up_keep_their_channels_when_the_valkey_loses_its_memory(both):
    trunk = both.place(channels=2)
    held = both.primary.hold(trunk, calls=2)

    both.valkey.kill()
    both.valkey.start()

    until(lambda: both.status_of_a_call(both.backup, trunk) == 503, seconds=8)
    held.stop()


def test_a_hanging_valkey_delays_calls_but_little(both):
    trunk = both.place()
    both.valkey.freeze()

    began = time.monotonic()
    for _ in range(4):
        assert both.status_of_a_call(both.primary, trunk) == 200
    took = time.monotonic() - began

    assert took < 3


def test_a_node_that_is_killed_and_back_still_has_the_channels_of_its_calls(both):
    trunk, ended = both.place(channels=2), both.place(channels=1)
    held = both.primary.hold(trunk, calls=2)
    time.sleep(1.5)  # Kamailio writes calls to disk every second

    both.primary.node.restart_kamailio(kill=True)

    both.backup.refused(trunk, 503)
    time.sleep(1.5)  # and when it has told everything anew
    both.backup.refused(trunk, 503)
    both.backup.call(ended)
    held.stop()


def test_calls_of_a_dead_node_do_not_block_the_other_for_ever_and_count_again_when_it_is_back(both):
    trunk = both.place(channels=2)
    held = both.primary.hold(trunk, calls=2)
    time.sleep(1.5)
    both.primary.node.kill()
    both.backup.refused(trunk, 503)

    until(lambda: both.status_of_a_call(both.backup, trunk) == 200, seconds=8)

    both.primary.node.start()
    until(lambda: both.status_of_a_call(both.backup, trunk) == 503, seconds=5)
    until_equal(lambda: both.primary.up(trunk), 2)
    held.stop()


def test_a_call_in_that_finds_no_contact_here_is_taken_by_the_other_node(both):
    trunk = both.registered()
    both.backup.register(trunk)

    trace, [seen] = phone_call_in(both.primary, trunk)

    assert trace.answered
    assert {"INVITE", "ACK", "BYE"} <= {message.first_line.split()[0] for message in seen}
    until_equal(lambda: both.records(trunk), [[], [200]])
    until_equal(lambda: [site.up(trunk) for site in both.sites], [0, 0])


def test_a_passed_on_call_takes_one_channel_of_both_nodes(both):
    trunk = both.registered(channels=1)
    both.backup.register(trunk)

    async def scenario():
        async with Answerer(trunk.phone):
            calling = asyncio.to_thread(both.primary.call_in, trunk, hold_seconds=1)
            up = asyncio.gather(calling)
            await asyncio.to_thread(until_equal, lambda: both.backup.up(trunk), 1)
            second = await asyncio.to_thread(both.primary.call_in, trunk)
            assert both.primary.up(trunk) == 0
            return (await up)[0], second

    first, second = asyncio.run(scenario())

    assert (first.status, second.status) == (200, 486)


def test_a_call_in_that_neither_node_can_place_goes_round_no_further_and_is_recorded_once(both):
    trunk = both.registered()

    refused = both.primary.call_in(trunk)

    assert refused.status == 480
    assert "not-registered" in refused.seen[-2].raw
    until_equal(lambda: both.records(trunk), [[480], []])


def test_a_call_in_without_a_contact_is_refused_here_when_the_other_node_is_dead(both):
    trunk = both.registered()
    both.backup.node.kill()

    answers = [both.primary.call_in(trunk).status for _ in range(2)]

    assert answers == [480, 480]
    assert [record.code for record in both.primary.records(trunk)] == answers


def test_with_the_primary_down_calls_pass_through_the_backup(both):
    trunk = both.place()
    both.primary.node.kill()

    async def scenario():
        async with Answerer(Address(trunk.destinations[0], SIP_PORT)):
            return await asyncio.to_thread(both.call_in, trunk)

    came = asyncio.run(scenario())
    both.backup.call(trunk)

    assert came.answered
    assert {record.direction for record in both.backup.records(trunk)} == {"inbound", "outbound"}


def test_calls_that_were_up_when_the_node_died_can_be_hung_up_when_it_is_back(both):
    trunk = both.place()

    async def scenario():
        async with Answerer(Address(trunk.destinations[0], SIP_PORT)) as phone:
            coming = asyncio.to_thread(both.primary.call_in, trunk, hold_seconds=4)
            going = call(Address(trunk.source, 0), both.primary.address, CALLER, CALLEE, hold_seconds=4)
            up = asyncio.gather(coming, going)
            await asyncio.to_thread(until_equal, lambda: both.primary.up(trunk), 2)
            await asyncio.sleep(1.5)  # Kamailio writes calls to disk every second
            both.primary.node.restart_kamailio(kill=True)  # in this thread: a server ends with the one that started it
            return await up, {message.first_line.split()[0] for message in phone.wire.seen}

    traces, seen = asyncio.run(scenario())

    assert "BYE" in seen
    for trace in traces:
        [bye] = [message for message in trace.seen if message.first_line.startswith("BYE")]
        assert trace.seen[trace.seen.index(bye) + 1].first_line == "SIP/2.0 200 OK"
    until_equal(lambda: both.primary.up(trunk), 0)
    until_equal(lambda: both.records(trunk), [[200, 200], []])
