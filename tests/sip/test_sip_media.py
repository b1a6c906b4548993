"""The sound of calls: codecs and their order, transcoding, early media, changes of a call that is up."""

import asyncio
import time
from dataclasses import replace

import pytest
from conftest import until, until_equal
from talking import ABROAD, BOTH_WAYS, GATEWAY, IN, OUT, OWN, ended, equipment, place, talk

from sbc.lab import softphone
from sbc.lab.rtcp import Reporter
from sbc.lab.sdp import Session
from sbc.lab.sip import Address
from sbc.lab.sound import share, tone

EVENTS = "telephone-event"
A, U, G729 = "PCMA", "PCMU", "G729"


def speaking(*codecs):
    return {"codecs": (*codecs, EVENTS)}


def offered(leg):
    return Session.parse(leg.body).codecs


@pytest.mark.parametrize("direction", BOTH_WAYS)
@pytest.mark.parametrize(("ours", "theirs"), [(A, A), (U, U), (A, U), (U, A)])
def test_a_tone_sent_is_the_tone_received(site, direction, ours, theirs):
    trunk = site.place(codecs=(ours,))

    async def scenario():
        caller, callee = (ours, theirs) if direction == OUT else (theirs, ours)
        async with talk(site, trunk, direction, speaking(caller), speaking(callee)) as call:
            await call.speak()
            assert call.understood(), call.purity()

    asyncio.run(scenario())


@pytest.mark.parametrize("direction", BOTH_WAYS)
@pytest.mark.parametrize("theirs", [A, U])
def test_a_tone_survives_g729(site, direction, theirs):
    """The trunk's end cannot read G.729: it sends back what it got, and the carrier's end knows its own tone again."""
    trunk = site.place(codecs=(G729,))

    async def scenario():
        caller, callee = (G729, theirs) if direction == OUT else (theirs, G729)
        async with talk(site, trunk, direction, speaking(caller), speaking(callee)) as call:
            await call.carrier.say(theirs, tone(600, seconds=1))
            await asyncio.sleep(0.3)
            frames = [packet.data for packet in call.trunk.stream.received if packet.payload == 18]
            assert len(frames) > 40
            assert {len(frame) for frame in frames} == {20}
            await call.trunk.stream.send(call.trunk.told.address, 18, frames)
            await asyncio.sleep(0.3)
            assert share(call.carrier.heard(theirs)[1600:], 600) > 0.9

    asyncio.run(scenario())


@pytest.mark.parametrize("codecs", [(A, U), (U, A), (G729,), (U, G729, A)])
def test_a_trunk_is_offered_its_codecs_in_its_order(site, codecs):
    trunk = site.place(codecs=codecs)

    async def scenario():
        async with talk(site, trunk, IN, speaking("G722", A, U), speaking(codecs[0])) as call:
            assert offered(call.trunk.leg) == (*codecs, EVENTS)
            assert offered(call.carrier.leg)[0] in (A, U)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("codecs", "offer", "reaches"),
    [
        ((U, A), ("G722", A, U), (U, A)),
        ((A, U), (U,), (U, A)),
        ((G729,), ("G722", A, G729, U), (G729, A, U)),
        ((G729, U), (U, G729), (G729, U, A)),
    ],
)
def test_of_a_trunks_offer_only_what_is_on_its_list_counts(site, codecs, offer, reaches):
    trunk = site.place(codecs=codecs)

    async def scenario():
        async with talk(site, trunk, OUT, speaking(*offer), speaking(A)) as call:
            assert offered(call.carrier.leg) == (*reaches, EVENTS)
            assert offered(call.trunk.leg)[0] == next(
                codec for codec in codecs if codec in offer and codec in (A, *codecs)
            )
            assert set(offered(call.trunk.leg)) <= {*codecs, EVENTS}

    asyncio.run(scenario())


@pytest.mark.parametrize(("direction", "codecs"), [(OUT, ("G722", A)), (IN, ("G722",))])
def test_a_call_that_no_codec_fits(site, direction, codecs):
    trunk = site.place(codecs=(U,))

    async def scenario():
        async with talk(site, trunk, direction, speaking(*codecs)) as call:
            assert call.status == 488
            assert "why=codec-not-allowed" in call.caller.leg.final["Reason"]
            assert call.callee.leg is None

    asyncio.run(scenario())
    assert site.up(trunk) == 0


@pytest.mark.parametrize("direction", BOTH_WAYS)
def test_the_callee_makes_the_offer(site, direction):
    trunk = site.place(codecs=(U,))

    async def scenario():
        caller, callee = (U, A) if direction == OUT else (A, U)
        async with talk(site, trunk, direction, speaking(caller), speaking(callee), late=True) as call:
            assert call.callee.leg.body.startswith("v=0")
            await call.speak()
            assert call.understood(), call.purity()

    asyncio.run(scenario())


def test_an_answer_in_the_ack_without_a_codec_of_the_trunk_ends_the_call(site):
    trunk = site.place(codecs=(U,))

    async def scenario():
        async with talk(site, trunk, OUT, speaking("G722"), speaking(A), late=True) as call:
            assert await ended(call)

    asyncio.run(scenario())
    until_equal(lambda: [record.why for record in site.records(trunk)], ["codec-not-allowed"])


@pytest.mark.parametrize("direction", BOTH_WAYS)
def test_sound_before_the_answer(site, direction):
    trunk = site.place()
    site.gateways(site.net.carrier(GATEWAY))

    async def scenario():
        async with equipment(site, trunk, direction) as call:
            caller, callee = call.caller, call.callee
            callee.phone.early = str(callee.session)
            callee.phone.answer = lambda _: str(callee.session)
            await place(site, trunk, direction, call)
            assert Session.parse(caller.leg.early).address == caller.told.address
            assert caller.told.address.host == site.node.address
            await call.speak()
            assert call.understood(), call.purity()
            await caller.leg.hang_up()

    asyncio.run(scenario())


@pytest.mark.parametrize("direction", BOTH_WAYS)
@pytest.mark.parametrize("end", ["caller", "callee"])
def test_hold_and_resume(site, direction, end):
    trunk = site.place()

    async def scenario():
        async with talk(site, trunk, direction) as call:
            mine, other = (call.caller, call.callee) if end == "caller" else (call.callee, call.caller)
            assert await mine.change(direction="sendonly") == 200
            assert other.told.direction == "sendonly"
            assert other.told.address.host == site.node.address
            assert await mine.change(direction="sendrecv") == 200
            assert other.told.direction == "sendrecv"
            await call.speak()
            assert call.understood(), call.purity()

    asyncio.run(scenario())


def test_a_codec_may_change_within_the_trunks_list(site):
    trunk = site.place(codecs=(A, U))

    async def scenario():
        async with talk(site, trunk, OUT, speaking(A), speaking(A)) as call:
            assert await call.trunk.change(codecs=(U, EVENTS)) == 200
            assert offered(call.trunk.leg) == (U, EVENTS)
            assert (await call.trunk.leg.invite(str(replace(call.trunk.session, codecs=("G722",))))).status == 488
            await call.carrier.say(A, tone(600, seconds=0.5))
            await asyncio.sleep(0.2)
            assert share(call.trunk.heard(U)[800:], 600) > 0.95

    asyncio.run(scenario())


def test_the_next_destination_gets_an_offer_of_its_own(site):
    trunk, others = site.place(destinations=2, codecs=(U,)), set(site.node.sessions())

    async def scenario():
        del trunk.destinations[0]  # the node knows it, and nobody listens there
        async with talk(site, trunk, IN, speaking(A), speaking(U)) as call:
            assert call.status == 200
            assert offered(call.trunk.leg) == (U, EVENTS)
            await call.speak()
            assert call.understood(), call.purity()
            assert len(set(site.node.sessions()) - others) == 1

    asyncio.run(scenario())


async def report(call):
    """Both ends say twice how well they hear: the second time about what the other one said first."""
    reporters = [(await Reporter.open(end.stream), end) for end in (call.trunk, call.carrier)]
    for _ in range(2):
        for reporter, end in reporters:
            reporter.send(end.told.address)
        await asyncio.sleep(0.1)
    for reporter, _ in reporters:
        reporter.close()


@pytest.mark.parametrize("direction", BOTH_WAYS)
@pytest.mark.parametrize(("reports", "quality"), [(False, ("0", "0", "0")), (True, ("50", "50", "3"))])
def test_the_record_says_codec_and_quality(site, direction, reports, quality):
    trunk = site.place(codecs=(U,))

    async def scenario():
        caller, callee = (U, A) if direction == OUT else (A, U)
        async with talk(site, trunk, direction, speaking(caller), speaking(callee)) as call:
            await call.speak()
            if reports:
                await report(call)

    asyncio.run(scenario())
    lines = [
        line for file in (site.node.folder / "records").glob("calls_*.log") for line in file.read_text().splitlines()
    ]
    [(codec, loss, jitter, mos)] = [line.split("|")[-5:-1] for line in lines if f"|{trunk.id}|" in line]
    assert (codec, loss, jitter, mos[0]) == (U, *quality)


def test_no_session_outlives_its_call(site):
    trunk = site.place(channels=50)
    endings = {"234": 200, "486": 486, "404": 404, "503": 503, "180": 487}

    def calling(ending):
        local, callee = Address(trunk.source, 0), f"13125551{ending}"
        patience = 0.1 if endings[ending] == 487 else None
        return softphone.call(local, site.address, OWN, callee, hold_seconds=0.05, cancel_after=patience)

    async def scenario():
        for _ in range(8):
            traces = await asyncio.gather(*(calling(ending) for ending in endings for _ in range(5)))
            assert [trace.status for trace in traces] == [status for status in endings.values() for _ in range(5)]

    before = set(site.node.sessions())  # of calls that vanished in other tests
    asyncio.run(scenario())
    until_equal(lambda: set(site.node.sessions()) - before, set())


async def refused(site, trunk):
    """Whether a call is refused because there is no RTPengine."""
    trace = await softphone.call(Address(trunk.source, 0), site.address, OWN, ABROAD, hold_seconds=0)
    return trace.status == 503 and "why=media-unavailable" in trace.seen[-2].raw


@pytest.fixture
def rtpengine(site):
    """The node, with a new RTPengine after the test."""
    yield site.node
    site.node.stop_rtpengine(kill=True)
    site.node.start_rtpengine()
    until(lambda: not asyncio.run(refused(site, site.place())))


@pytest.mark.parametrize("trouble", ["killed", "frozen"])
def test_without_rtpengine_new_calls_are_refused_and_old_ones_end_in_order(site, rtpengine, trouble):
    trunk, other = site.place(), site.place()
    killed = trouble == "killed"

    async def scenario():
        async with talk(site, trunk, OUT, lingers=True) as call:
            if killed:
                rtpengine.stop_rtpengine(kill=True)
            else:
                rtpengine.freeze_rtpengine()
            began = time.monotonic()
            assert await refused(site, other)
            assert time.monotonic() - began < 1.5
            assert (await call.caller.leg.hang_up()).status == 200
            call.caller.leg.ended = True
            if killed:
                await asyncio.to_thread(rtpengine.start_rtpengine)
            else:
                rtpengine.thaw_rtpengine()
            while await refused(site, other):
                assert time.monotonic() - began < 10
                await asyncio.sleep(0.1)

    asyncio.run(scenario())
    until_equal(lambda: (site.up(trunk), site.up(other)), (0, 0))


def test_an_offer_that_rtpengine_took_too_late_leaves_no_session(site, rtpengine):
    before = set(site.node.sessions())
    rtpengine.freeze_rtpengine()
    assert asyncio.run(refused(site, site.place()))
    rtpengine.thaw_rtpengine()
    until(lambda: not asyncio.run(refused(site, site.place())))
    until_equal(lambda: set(site.node.sessions()) - before, set())


def test_a_call_that_ended_while_rtpengine_hung_leaves_no_session(site, rtpengine):
    trunk, before = site.place(), set(site.node.sessions())

    async def scenario():
        async with talk(site, trunk, OUT, lingers=True) as call:
            rtpengine.freeze_rtpengine()
            assert (await call.caller.leg.hang_up()).status == 200
            call.caller.leg.ended = True
            await asyncio.sleep(2)
            rtpengine.thaw_rtpengine()

    asyncio.run(scenario())
    until_equal(lambda: set(site.node.sessions()) - before, set())
