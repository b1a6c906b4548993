"""A call that was tried at several entries of a route: channels, parties and records are those of the last one."""

import asyncio

import pytest
from conftest import until, until_equal
from hunting import ANSWERS, CALLER, GATEWAY, PHONE, RINGS, SILENT, answers, entry, hunt, phone
from hunting import place as placed

from sbc.lab.answerer import Reaction
from sbc.lab.sip import Message


@pytest.fixture
def home(site):
    site.gateways(site.net.carrier(GATEWAY))
    return site


def user_of(header):
    return header.partition("sip:")[2].partition("@")[0]


def at(trunk):
    return trunk.destinations[0]


def during(site, routed, reactions, look, **options):
    """What `look` says while the call is up, and the call."""

    async def scenario():
        calling = asyncio.create_task(placed(site, routed, reactions, hold_seconds=2, **options))
        await asyncio.sleep(1)
        return await asyncio.to_thread(look), await calling

    return asyncio.run(scenario())


def test_a_channel_is_free_again_as_soon_as_the_call_goes_on(home):
    busy, error, taker = (home.place(channels=1) for _ in range(3))
    routed = home.route(*map(entry, (busy, error, taker)))
    reactions = {at(busy): answers(486), at(error): answers(503), at(taker): ANSWERS}

    up, found = during(home, routed, reactions, lambda: [home.up(trunk) for trunk in (busy, error, taker)])

    assert (found.status, up) == (200, [0, 0, 1])
    until(lambda: not any(map(home.up, (busy, error, taker))))


def test_two_entries_may_share_the_last_channel_of_their_group(home):
    first, second = (home.place(channels=1, group="one-line") for _ in range(2))

    found = hunt(home, home.route(entry(first), entry(second)), {at(first): answers(486), at(second): ANSWERS})

    assert (found.status, found.tried) == (200, [at(first), at(second)])


def test_a_channel_is_free_again_on_both_nodes(pair, home):
    _, backup = pair
    busy, taker = (home.place(channels=1) for _ in range(2))
    for trunk in (busy, taker):
        backup.change(trunk, channels=1)
    routed = home.route(entry(busy), entry(taker))

    def look():
        backup.refused(taker, 503)
        backup.call(busy)

    _, found = during(home, routed, {at(busy): answers(486), at(taker): ANSWERS}, look)

    assert found.status == 200
    backup.call(taker)


def test_each_entry_is_told_in_its_own_way_who_calls_whom(home):
    national = home.place(number_format="US_NATIONAL", privacy="REMOTE_PARTY_ID")
    plain = home.place(number_format="INTERNATIONAL")
    asserted = home.place(privacy="ASSERTED_IDENTITY")
    routed = home.route(*map(entry, (national, plain, asserted)), phone())
    reactions = {at(trunk): answers(486) for trunk in (national, plain, asserted)}

    found = hunt(home, routed, reactions, caller="+13125559999", more=[("Diversion", "<sip:1@carrier>")])

    told = [
        [
            user_of(invite.first),
            *(user_of(invite[name]) for name in ("From", "To", "Remote-Party-ID", "P-Asserted-Identity")),
        ]
        for invite in (found.invites[host] for host in found.tried)
    ]
    number, caller = routed.number, "13125559999"
    assert told == [
        [number[1:], caller[1:], number[1:], caller[1:], ""],
        [number, caller, number, "", ""],
        [f"+{number}", f"+{caller}", f"+{number}", "", f"+{caller}"],
        [PHONE, f"+{caller}", PHONE, "", f"+{caller}"],
    ]
    assert not any(invite["Diversion"] or "Trunkline-Entry" in str(invite) for invite in found.invites.values())


def test_a_withheld_number_stays_withheld_wherever_the_call_goes(home):
    trunk = home.place(privacy="ASSERTED_IDENTITY")
    identity = [("P-Asserted-Identity", f"<sip:{CALLER}@carrier>"), ("Privacy", "id")]
    routed = home.route(entry(trunk), phone())

    found = hunt(home, routed, {at(trunk): answers(486)}, caller="anonymous", more=identity)

    inside, outside = found.invites[at(trunk)], found.invites[home.net.carrier(GATEWAY)]
    assert CALLER[1:] not in str(inside)
    assert (user_of(outside["From"]), outside["Privacy"]) == ("anonymous", "id")
    assert user_of(outside["P-Asserted-Identity"]) == CALLER
    assert {record.caller_e164 for record in home.recorded(lambda record: record.route == routed.id)} == {""}


@pytest.mark.parametrize("hangs_up", ["caller", "callee"])
@pytest.mark.parametrize("last", ["trunk", "contacts", "phone"])
def test_either_end_hangs_up_and_both_keep_the_parties_they_know(home, last, hangs_up):
    busy, taker = home.place(number_format="US_NATIONAL"), home.place(number_format="INTERNATIONAL")
    registered = home.registered(number_format="INTERNATIONAL")
    home.register(registered)
    gateway = home.net.carrier(GATEWAY)
    ends = {
        "trunk": (entry(taker), at(taker)),
        "contacts": (entry(registered), registered.phone.host),
        "phone": (phone(), gateway),
    }
    final, host = ends[last]
    routed = home.route(entry(busy), final)
    reaction = Reaction(hang_up_after=0.2 if hangs_up == "callee" else 0)

    found = hunt(home, routed, {at(busy): answers(486), host: reaction}, caller="+13125559999", hold_seconds=0.6)

    assert found.tried == [at(busy), host]
    number = PHONE if last == "phone" else routed.number
    theirs = [Message.parse(one.raw) for one in found.seen[host]]
    assert {"INVITE", "ACK", "BYE"} <= {message.method for message in theirs}
    from_caller = [message for message in theirs if message.method != "BYE" or hangs_up == "caller"]
    assert {user_of(message["To"]) for message in from_caller} == {number}
    ours = [Message.parse(one.raw) for one in found.trace.seen]
    bye = next(message for message in ours if message.method == "BYE")
    answered = ours[ours.index(bye) + 1]
    assert answered.status == 200
    known = {user_of(bye["From"]), user_of(bye["To"])}
    assert known == {"+13125559999", f"+{routed.number}"}
    records = home.recorded(lambda record: record.route == routed.id)
    assert [(record.entry, record.code, record.hung_up) for record in records] == [(2, 200, hangs_up)] * len(records)
    assert len(records) == (2 if last == "phone" else 1)


@pytest.mark.parametrize("rings_at", ["trunk", "contacts", "phone"])
def test_the_caller_gives_up_while_an_entry_rings(home, rings_at):
    busy, ringing, never = home.place(), home.place(channels=1), home.place()
    registered = home.registered(channels=1)
    home.register(registered)
    gateway = home.net.carrier(GATEWAY)
    where = {
        "trunk": (entry(ringing, ring_seconds=20), at(ringing), ringing.id),
        "contacts": (entry(registered, ring_seconds=20), registered.phone.host, registered.id),
        "phone": (phone(), gateway, ""),
    }
    rings, host, trunk_id = where[rings_at]
    routed = home.route(entry(busy), *[rings, entry(never)][: 1 if rings_at == "phone" else 2])

    found = hunt(home, routed, {at(busy): answers(486), host: RINGS, at(never): ANSWERS}, cancel_after=0.3)

    assert (found.status, found.tried) == (487, [at(busy), host])
    assert "CANCEL" in found.methods(host)
    records = home.recorded(lambda record: record.route == routed.id)
    assert {(record.code, record.entry, record.trunk) for record in records} == {(487, 2, trunk_id)}
    assert len(records) == (2 if rings_at == "phone" else 1)
    until_equal(lambda: home.client.calls().get(trunk_id, 0), 0)


def test_a_forwarded_call_is_recorded_as_two_with_the_times_of_each(home):
    rings = home.place()
    routed = home.route(entry(rings), phone())

    hunt(home, routed, {at(rings): RINGS, home.net.carrier(GATEWAY): answers(200, ring_seconds=0.3)})

    forwarded, inbound = (
        next(record for record in home.recorded(lambda one: one.route == routed.id) if record.direction == direction)
        for direction in ("outbound", "inbound")
    )
    assert (inbound.callee_e164, inbound.caller_e164, inbound.trunk) == (f"+{routed.number}", CALLER, "")
    assert (forwarded.callee_e164, forwarded.callee_country, forwarded.caller_e164) == (PHONE, "US", CALLER)
    assert forwarded.number == f"+{routed.number}"
    assert 900 < forwarded.begun - inbound.begun < 2500
    assert inbound.rang < forwarded.begun <= forwarded.rang < forwarded.answered == inbound.answered
    assert len({forwarded.leg, inbound.leg}) == 2


def test_a_phone_number_takes_no_channel_and_the_next_gateway_takes_over(home):
    trunk = home.place(channels=0)
    last = home.net.carrier(15)
    routed = home.route(entry(trunk), phone())
    home.gateways(home.net.carrier(GATEWAY), last)

    found = hunt(home, routed, {home.net.carrier(GATEWAY): answers(503), last: ANSWERS})

    assert (found.status, found.tried) == (200, [home.net.carrier(GATEWAY), last])
    found = hunt(home, routed, {home.net.carrier(GATEWAY): SILENT, last: answers(503)})
    assert (found.status, found.why) == (503, "no-gateway")
