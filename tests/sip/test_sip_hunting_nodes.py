"""Entries whose trunk is in another data centre: its node applies the trunk's rules, and the call is recorded once."""

import asyncio
import time
from dataclasses import dataclass, replace

import pytest
from conftest import Place, Routed, Site, until_equal
from hunting import ANSWERS, CALLER, EVERY_REASON, GATEWAY, PHONE, RINGS, SILENT, Listeners, answers, entry, hunt, phone
from hunting import place as placed
from talking import IN, talk

from sbc.documents import PeerNodes
from sbc.lab.answerer import Reaction
from sbc.lab.net import SIP_PORT
from sbc.lab.phone import Phone
from sbc.lab.sip import Address, Message
from sbc.lab.softphone import call

HOME, AWAY = "NEW_YORK", "FRANKFURT"
HEADER = "Trunkline-Entry"


@dataclass
class Apart:
    """Two nodes, each alone in its data centre."""

    home: Site
    away: Site

    def route(self, *entries):
        return self.home.route(*entries)

    def hunt(self, routed, reactions, **options):
        return hunt(self.home, routed, reactions, **options)

    def records(self, routed):
        """What each node has written about calls to the number."""
        wanted = lambda record: routed.number in (record.callee.lstrip("+"), record.number.lstrip("+"))  # noqa: E731
        return [site.recorded(wanted) for site in (self.home, self.away)]


@pytest.fixture
def apart(pair):
    home, away = pair
    home.peers = (PeerNodes(AWAY, (away.node.address, home.net.node(30))),)
    away.peers, away.data_centre = (PeerNodes(HOME, (home.node.address,)),), AWAY
    for site in pair:
        site.gateways(site.net.carrier(GATEWAY))
        site.node.switch().call("htable.flush", "dead")
    yield Apart(home, away)
    for site in pair:
        site.peers, site.data_centre = (), HOME
        site.revive()
        site.gateways(site.net.carrier(1))


def far(trunk, *hunt_on, **changes):
    return entry(trunk, *hunt_on, data_centre=AWAY, **changes)


def at(trunk):
    return trunk.destinations[0]


@pytest.mark.parametrize("hangs_up", ["caller", "callee"])
def test_the_owning_node_calls_the_trunk_and_records_the_call_once(apart, hangs_up):
    busy, there = apart.home.place(), apart.away.place(number_format="US_NATIONAL", privacy="REMOTE_PARTY_ID")
    routed = apart.route(entry(busy), far(there))
    reactions = {at(busy): answers(486), at(there): Reaction(hang_up_after=0.2 if hangs_up == "callee" else 0)}

    found = apart.hunt(routed, reactions, caller="+13125559999", hold_seconds=0.6)

    assert (found.status, found.tried) == (200, [at(busy), at(there)])
    invite = found.invites[at(there)]
    assert f"sip:{routed.number[1:]}@" in invite.first
    assert ("sip:3125559999@" in invite["From"], "sip:3125559999@" in invite["Remote-Party-ID"]) == (True, True)
    assert HEADER not in str(invite)
    assert invite["Via"].startswith(f"SIP/2.0/UDP {apart.away.node.address};")
    assert {"INVITE", "ACK", "BYE"} <= {Message.parse(one.raw).method for one in found.seen[at(there)]}
    here, [record] = apart.records(routed)
    assert here == []
    assert (record.route, record.entry, record.trunk, record.code) == (routed.id, 2, there.id, 200)
    assert (record.callee_e164, record.caller_e164, record.hung_up) == (f"+{routed.number}", "+13125559999", hangs_up)
    assert (record.direction, record.hop) == ("inbound", f"{at(there)}:5060")
    assert record.begun < record.answered
    until_equal(lambda: [site.client.calls().get(there.id, 0) for site in (apart.home, apart.away)], [0, 0])


def test_the_owning_node_counts_the_channel_and_carries_the_sound(apart):
    there = apart.away.place(channels=1)
    routed = apart.route(far(there))
    telephone = Place(there.id, there.source, there.destinations, routed.number)
    before = set(apart.home.node.sessions())

    async def scenario():
        async with talk(apart.home, telephone, IN) as call:
            assert [site.up(there) for site in (apart.home, apart.away)] == [0, 1]
            assert call.carrier.told.address.host == apart.away.node.address
            await call.speak()
            assert call.understood(), call.purity()
            assert await call.carrier.change(direction="sendonly") == 200
            assert await call.trunk.change(direction="sendrecv") == 200
            assert set(apart.home.node.sessions()) == before

    asyncio.run(scenario())
    until_equal(lambda: apart.away.up(there), 0)


REFUSED_THERE = {
    "channels-busy": {"channels": 0},
    "trunk-disabled": {"admin_status": "DISABLED"},
    "rate-exceeded": {"calls_per_second": 0},
    "international-blocked": {"international": False},
}


@pytest.mark.parametrize(("why", "changes"), REFUSED_THERE.items())
def test_an_entry_that_cannot_take_the_call_there_is_passed_over_whatever_its_reasons(apart, why, changes):
    there, other = apart.away.place(**changes), apart.home.place()
    reactions = {at(there): ANSWERS, at(other): ANSWERS}
    alone, with_another = apart.route(far(there)), apart.route(replace(far(there), hunt_on=()), entry(other))

    refused, taken = apart.hunt(alone, reactions), apart.hunt(with_another, reactions)

    assert (refused.why, refused.tried, taken.tried) == (why, [], [at(other)])
    [record], there_too = apart.records(alone)
    assert ((record.why, record.trunk, record.entry, record.code), there_too) == (
        (why, there.id, 1, refused.status),
        [],
    )
    [record], there_too = apart.records(with_another)
    assert ((record.trunk, record.entry, record.code), there_too) == ((other.id, 2, 200), [])


@pytest.mark.parametrize(
    ("reason", "reaction", "said"),
    [
        ("UNREACHABLE", SILENT, (480, "destination-unreachable")),
        ("TIMEOUT", RINGS, (408, "no-answer")),
        ("TIMEOUT", answers(480), (480, "")),
        ("ERROR", answers(503), (480, "destination-unreachable")),
        ("ERROR", answers(501), (501, "")),
        ("BUSY", answers(486), (486, "")),
    ],
)
def test_the_reasons_to_go_on_hold_for_what_happens_there(apart, reason, reaction, said):
    there, other = apart.away.place(), apart.home.place()
    reactions = {at(there): reaction, at(other): ANSWERS}
    others = [one for one in EVERY_REASON if one != reason]
    staying, going_on = apart.route(far(there, *others), entry(other)), apart.route(far(there, reason), entry(other))

    stayed = apart.hunt(staying, reactions)
    apart.away.node.switch().call("htable.flush", "dead")
    went_on = apart.hunt(going_on, reactions)

    assert ((stayed.status, stayed.why.partition(";")[0]), stayed.tried) == (said, [at(there)])
    assert (went_on.status, went_on.tried) == (200, [at(there), at(other)])
    assert [[record.code for record in found] for found in apart.records(staying)] == [[said[0]], []]
    assert [[record.code for record in found] for found in apart.records(going_on)] == [[200], []]


@pytest.mark.parametrize("data_centre", [HOME, AWAY])
def test_a_word_of_ours_from_a_customers_equipment_is_worth_nothing(apart, data_centre):
    here = data_centre == HOME
    liar, other = (apart.home if here else apart.away).place(), apart.home.place()
    routed = apart.route(entry(liar, data_centre=data_centre), entry(other))
    gateway = apart.home.net.carrier(GATEWAY)

    async def scenario():
        async with Phone(Address(at(liar), SIP_PORT)) as phone, Listeners({at(other): ANSWERS}) as listeners:
            phone.answer = lambda _invite: 603
            phone.more = [("Reason", "Q.850;cause=21"), ("Reason", 'SIP;cause=486;text="Busy";why=channels-busy')]
            trace = await call(Address(gateway, 0), apart.home.address, CALLER, f"+{routed.number}", hold_seconds=0.1)
            return listeners.hunt(trace)

    found = asyncio.run(scenario())

    assert (found.status, found.why, found.tried) == (603, "", [])


def test_one_after_the_other_in_the_same_other_data_centre(apart):
    first, second, third = (apart.away.place() for _ in range(3))
    routed = apart.route(*map(far, (first, second, third)))
    reactions = {at(first): answers(486), at(second): RINGS, at(third): ANSWERS}

    found = apart.hunt(routed, reactions)

    assert (found.status, found.tried) == (200, [at(first), at(second), at(third)])
    assert [[(one.trunk, one.entry) for one in records] for records in apart.records(routed)] == [[], [(third.id, 3)]]


def test_the_caller_gives_up_while_it_rings_there(apart):
    there = apart.away.place(channels=1)
    routed = apart.route(far(there, ring_seconds=20))

    found = apart.hunt(routed, {at(there): RINGS}, cancel_after=0.3)

    assert (found.status, found.methods(at(there))[1]) == (487, "CANCEL")
    assert [[(one.trunk, one.code) for one in records] for records in apart.records(routed)] == [[(there.id, 487)], []]
    until_equal(lambda: apart.away.up(there), 0)


def test_the_second_node_of_a_data_centre_takes_over_from_a_dead_first_one(apart):
    there = apart.away.place()
    dead = apart.home.net.node(31)
    apart.home.peers = (PeerNodes(AWAY, (dead, apart.away.node.address)),)
    apart.home.gateways(apart.home.net.carrier(GATEWAY))
    routed = apart.route(far(there))

    async def scenario():
        return await placed(apart.home, routed, {Address(dead, SIP_PORT): SILENT, at(there): ANSWERS})

    slow, quick = asyncio.run(scenario()), asyncio.run(scenario())

    assert slow.tried == [Address(dead, SIP_PORT), at(there)]
    assert quick.tried == [at(there)]
    relayed = slow.invites[Address(dead, SIP_PORT)]
    assert f"trunk={there.id};route={routed.id};entry=1;ring=1;" in relayed[HEADER]


@pytest.mark.parametrize("known", [True, False])
def test_a_data_centre_without_a_node_that_answers_is_left_for_the_next_entry(apart, known):
    there, other = apart.away.place(), apart.home.place()
    dead = [apart.home.net.node(place) for place in (31, 32)]
    apart.home.peers = (PeerNodes(AWAY, tuple(dead)),) if known else ()
    apart.home.gateways(apart.home.net.carrier(GATEWAY))
    reactions = {Address(host, SIP_PORT): SILENT for host in dead} | {at(there): ANSWERS, at(other): ANSWERS}

    found = apart.hunt(apart.route(far(there), entry(other)), reactions)
    alone = apart.hunt(apart.route(far(there)), reactions)

    assert found.tried == [*([Address(host, SIP_PORT) for host in dead] if known else []), at(other)]
    assert (alone.status, alone.why) == (503, "data-centre-unreachable")


def test_what_a_node_asks_for_goes_no_further(apart):
    there = apart.away.registered()
    apart.away.other = apart.home.net.node(33)
    apart.away.gateways(apart.home.net.carrier(GATEWAY))
    further = Address(apart.away.other, SIP_PORT)

    found = apart.hunt(apart.route(far(there)), {further: ANSWERS})
    apart.away.other = ""

    assert (found.why, found.tried) == ("not-registered", [])


def forged(trunk_id):
    return [(HEADER, f"trunk={trunk_id};route=-;entry=1;ring=20;begun=1.5;")]


def test_a_forged_header_from_the_carrier_is_worth_nothing(apart):
    victim, called = apart.home.place(), apart.home.place()

    found = apart.hunt(called, {at(victim): ANSWERS, at(called): ANSWERS}, more=forged(victim.id))

    assert (found.status, found.tried) == (200, [at(called)])
    assert HEADER not in str(found.invites[at(called)])
    [record] = apart.home.records(called)
    assert record.begun > 1_000_000_000_000
    nobodys = apart.hunt(Routed("", "13125550000"), {at(victim): ANSWERS}, more=forged(victim.id))
    assert (nobodys.why, nobodys.tried) == ("number-unassigned", [])


def test_a_forged_header_from_a_trunk_or_a_stranger_is_worth_nothing(apart):
    victim, trunk = apart.home.place(), apart.home.place()
    stranger = apart.home.net.customer(30500)
    gateway = apart.home.net.carrier(GATEWAY)

    async def scenario(source):
        async with Listeners({at(victim): ANSWERS, gateway: ANSWERS}) as listeners:
            local, more = Address(source, 0), forged(victim.id)
            return listeners.hunt(await call(local, apart.home.address, CALLER, PHONE, hold_seconds=0.1, more=more))

    of_a_trunk, of_a_stranger = (asyncio.run(scenario(source)) for source in (trunk.source, stranger))

    assert of_a_trunk.tried == [gateway]
    assert HEADER not in str(of_a_trunk.invites[gateway])
    assert (of_a_stranger.status, of_a_stranger.tried) == (407, [])


def test_a_trunk_that_is_registered_with_the_other_node_of_the_pair_is_an_entry_like_others(apart):
    home, away = apart.home, apart.away
    home.peers = away.peers = ()
    away.data_centre, home.other, away.other = HOME, away.node.address, home.node.address
    registered = home.registered(channels=1)
    away.change_registered(registered, channels=1)
    away.register(registered)
    busy = home.place()
    for site in (home, away):
        site.gateways(site.net.carrier(GATEWAY))
    routed = apart.route(entry(busy), entry(registered), phone())

    taken = apart.hunt(routed, {at(busy): answers(486), registered.phone.host: ANSWERS})
    went_on = apart.hunt(routed, {at(busy): answers(486), registered.phone.host: answers(486)})
    home.other = away.other = ""

    assert (taken.status, taken.tried) == (200, [at(busy), registered.phone.host])
    assert (went_on.status, went_on.tried[-1]) == (200, home.net.carrier(GATEWAY))
    here, there = apart.records(routed)
    ours = [one for one in there if one.trunk == registered.id or one.route == routed.id]
    assert [(one.trunk, one.entry, one.route) for one in ours] == [(registered.id, 2, routed.id)]
    assert sorted((one.direction, one.entry) for one in here) == [("inbound", 3), ("outbound", 3)]


def test_the_caller_can_give_up_when_the_node_was_killed_while_it_rang_there(apart):
    there, other = apart.away.place(), apart.home.place()
    routed = apart.route(far(there, ring_seconds=20), entry(other))

    async def scenario():
        calling = asyncio.create_task(
            placed(apart.home, routed, {at(there): RINGS, at(other): ANSWERS}, cancel_after=2)
        )
        await asyncio.sleep(1)
        apart.away.node.restart_kamailio(kill=True)
        return await calling

    found = asyncio.run(scenario())

    assert (found.status, found.tried) == (487, [at(there)])
    time.sleep(0.5)
    assert [[one.code for one in records] for records in apart.records(routed)] == [[487], []]
