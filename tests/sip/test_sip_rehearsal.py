"""A rehearsal says what a call would do now, changes nothing, and nobody but the agent can ask for one."""

import asyncio

import pytest
from conftest import Routed, until_equal
from hunting import ANSWERS, GATEWAY, PHONE, SILENT, answers, entry, hunt, phone

from sbc.client import Rejected
from sbc.documents import PeerNodes
from sbc.lab.answerer import Answerer
from sbc.lab.samples import sample_entry, sample_route
from sbc.lab.sip import Address, Message, new_tag
from sbc.lab.wire import open_wire
from sbc.rehearsal import ELSEWHERE, PASSED_OVER, TRY, RehearsedEntry

CALLER = "+13125559999"


@pytest.fixture
def home(site):
    site.gateways(site.net.carrier(GATEWAY))
    return site


def rehearse(site, routed, caller=CALLER, route=None):
    return site.client.rehearse(f"+{routed.number}", caller, route)


def verdicts(rehearsal):
    return [(found.verdict, found.why) for found in rehearsal.entries]


def hops(trunk):
    return tuple(f"{host}:5060" for host in trunk.destinations)


def test_every_entry_is_told_with_its_hops_or_the_reason_why_it_is_passed_over(home):
    two, full, disabled = home.place(destinations=2), home.place(channels=0), home.place(admin_status="DISABLED")
    slow, domestic = home.place(calls_per_second=0), home.place(international=False)
    registered, unregistered, nowhere = home.registered(), home.registered(), home.place(destinations=0)
    home.register(registered)
    gone = home.place()
    home.delete("trunk", gone.id)
    trunks = (two, full, disabled, slow, domestic, registered, unregistered, nowhere, gone)
    routed = home.route(*map(entry, trunks), phone())

    found = rehearse(home, routed, "+442079460000")

    assert found.refused == ""
    assert found.entries == (
        RehearsedEntry(1, TRY, "", hops(two)),
        RehearsedEntry(2, PASSED_OVER, "channels-busy", ()),
        RehearsedEntry(3, PASSED_OVER, "trunk-disabled", ()),
        RehearsedEntry(4, PASSED_OVER, "rate-exceeded", ()),
        RehearsedEntry(5, PASSED_OVER, "international-blocked", ()),
        RehearsedEntry(6, TRY, "", (str(registered.phone),)),
        RehearsedEntry(7, PASSED_OVER, "not-registered", ()),
        RehearsedEntry(8, PASSED_OVER, "destination-unreachable", ()),
        RehearsedEntry(9, PASSED_OVER, "trunk-disabled", ()),
        RehearsedEntry(10, TRY, "", (f"{home.net.carrier(GATEWAY)}:5060",)),
    )
    assert rehearse(home, routed, "").entries[4].why == "international-blocked"  # withheld
    assert rehearse(home, routed).entries[4].verdict == TRY


def test_silent_destinations_come_last_and_a_silent_entry_only_when_no_other_can_take_the_call(home):
    silent, live = home.place(destinations=2), home.place(destinations=2)
    hunt(home, silent, dict.fromkeys(silent.destinations, SILENT))
    hunt(home, live, {live.destinations[0]: SILENT, live.destinations[1]: ANSWERS})

    both = rehearse(home, home.route(entry(silent), entry(live)))
    alone = rehearse(home, home.route(entry(silent), entry(home.place(channels=0))))

    assert verdicts(both) == [(PASSED_OVER, "destination-silent"), (TRY, "")]
    assert both.entries[1].hops == hops(live)[1:]
    assert verdicts(alone) == [(TRY, ""), (PASSED_OVER, "channels-busy")]
    assert alone.entries[0].hops == hops(silent)


def test_a_number_with_a_trunk_is_a_route_of_one_entry_and_nobodys_number_is_refused(home):
    trunk = home.place()

    assert rehearse(home, trunk).entries == (RehearsedEntry(1, TRY, "", hops(trunk)),)
    assert rehearse(home, Routed("", "13125550000")).refused == "number-unassigned"
    assert rehearse(home, Routed("", "99999999999")).refused == "number-invalid"


def test_an_edit_is_rehearsed_before_it_is_saved(home):
    before, after = home.place(), home.place()
    routed = home.route(entry(before))
    edited = sample_route(routed.id, entry(after), phone())

    found = rehearse(home, routed, route=edited)

    assert [one.hops for one in found.entries] == [hops(after), (f"{home.net.carrier(GATEWAY)}:5060",)]
    assert rehearse(home, routed).entries[0].hops == hops(before)
    assert rehearse(home, Routed("", "13125550000"), route=edited).refused == ""


def test_a_trunk_of_another_data_centre_is_elsewhere(home):
    home.peers = (PeerNodes("FRANKFURT", (home.net.node(40), home.net.node(41))),)
    home.gateways(home.net.carrier(GATEWAY))
    routed = home.route(sample_entry("there", data_centre="FRANKFURT"), sample_entry("there", data_centre="LONDON"))

    found = rehearse(home, routed)
    home.peers = ()

    assert found.entries[0] == RehearsedEntry(1, ELSEWHERE, "", (home.net.node(40), home.net.node(41)))
    assert verdicts(found)[1] == (PASSED_OVER, "data-centre-unreachable")


def test_nothing_is_taken_counted_or_turned(home):
    trunk = home.place(channels=1, calls_per_second=1, destinations=2, strategy="ROUND_ROBIN")
    routed = home.route(entry(trunk))
    written = len(home.node.records())

    said = [rehearse(home, routed) for _ in range(5)]

    assert len(set(said)) == 1
    assert said[0].entries[0].hops == hops(trunk)
    assert home.up(trunk) == 0
    found = hunt(home, routed, dict.fromkeys(trunk.destinations, ANSWERS))
    assert (found.status, found.tried) == (200, trunk.destinations[:1])
    until_equal(lambda: rehearse(home, routed).entries[0].hops, hops(trunk)[::-1])
    assert len(home.node.records()) == written + 1
    assert home.node.switch().dump("rehearsal") == {}


def test_the_channels_of_the_other_node_count(pair, home):
    _, backup = pair
    trunk = home.place(channels=1)
    backup.change(trunk, channels=1)
    held = backup.hold(trunk, hold_ms=2500)

    assert verdicts(rehearse(home, trunk)) == [(PASSED_OVER, "channels-busy")]
    held.wait()
    until_equal(lambda: verdicts(rehearse(home, trunk)), [(TRY, "")])
    backup.call(trunk)


@pytest.mark.parametrize(
    ("number", "caller", "route"),
    [
        ("13125551234", CALLER, None),
        ("+1312555\r\nRoute: <sip:x>", CALLER, None),
        ("+13125551234", "alice", None),
        ("+13125551234", "+1\r\nX: y", None),
        ("+13125551234", CALLER, {"id": "R1"}),
        ("+13125551234", CALLER, ["n=1;t1=T1;"]),
    ],
)
def test_what_is_no_question_is_refused(home, number, caller, route):
    question = {"number": number, "caller": caller, "route": route}

    with pytest.raises(Rejected):
        home.client._call("POST", "/v1/rehearse", json=question)


def asking(site, source, method, trunk, routed):
    """The answer to a request that looks like the agent's own; None when there is none."""

    async def scenario():
        inbox = asyncio.Queue()
        async with Answerer(Address(trunk.destinations[0], 5060)) as equipment:
            wire = await open_wire(Address(source, 0), lambda message, _: inbox.put_nowait(message))
            call_id = f"rehearsal-{new_tag()}"
            headers = [("Via", f"SIP/2.0/UDP {wire.local};branch=z9hG4bK{new_tag()};rport"), ("Max-Forwards", "70")]
            headers += [("From", f"<sip:{CALLER}@rehearsal.invalid>;tag=rehearsal"), ("Call-ID", call_id)]
            headers += [("To", f"<sip:+{routed.number}@rehearsal.invalid>"), ("CSeq", f"10 {method}")]
            headers += [("Trunkline-Route", f"n=1;t1={trunk.id};u1=1;o1=1;e1=1;b1=1;r1=20;")]
            headers += [("Contact", f"<sip:{wire.local}>")]
            wire.send(Message(f"{method} sip:+{routed.number}@rehearsal.invalid SIP/2.0", headers), site.address)
            answer = None
            try:
                async with asyncio.timeout(1):
                    while (answer := await inbox.get()).status == 100:
                        pass
            except TimeoutError:
                pass
            wire.close()
            return answer, [one for one in equipment.calls() if one == call_id]

    return asyncio.run(scenario())


@pytest.mark.parametrize("method", ["REHEARSE", "OPTIONS", "INVITE"])
@pytest.mark.parametrize("who", ["stranger", "customer", "carrier"])
def test_from_the_network_nobody_rehearses_anything(home, method, who):
    trunk, customer = home.place(), home.place()
    routed = home.route(entry(home.place(admin_status="DISABLED")))
    sources = {"stranger": home.net.customer(30700), "customer": customer.source, "carrier": home.net.carrier(GATEWAY)}

    answer, tried = asking(home, sources[who], method, trunk, routed)

    statuses = {"REHEARSE": {405}, "OPTIONS": {200}, "INVITE": {407, 403, 480, 503}}
    assert answer.status in statuses[method]
    assert "refused=" not in str(answer)
    assert tried == []
    assert home.node.switch().dump("rehearsal") == {}


def test_the_number_that_was_rehearsed_goes_the_way_that_was_told(home):
    busy, taker = home.place(), home.place()
    routed = home.route(entry(busy), entry(taker), phone())

    told = rehearse(home, routed)
    found = hunt(home, routed, {busy.destinations[0]: answers(486), taker.destinations[0]: ANSWERS})

    assert [one.hops[0] for one in told.entries][:2] == [f"{host}:5060" for host in found.tried]
    assert PHONE not in str(found.tried)
