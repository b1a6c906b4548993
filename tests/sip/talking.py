"""Calls with sound in them: one end at a trunk's equipment, the other at a gateway of the carrier's."""

import asyncio
import contextlib
from dataclasses import dataclass, replace

from sbc.lab.net import SIP_PORT, TLS_PORT, LabError
from sbc.lab.phone import Leg, Phone
from sbc.lab.rtp import Stream
from sbc.lab.sdp import Session
from sbc.lab.sip import Address
from sbc.lab.sound import share, tone

OWN, ABROAD = "13125550100", "13125551234"
GATEWAY = 3  # of the carrier's addresses: the session's stand-in carrier has the first two
OUT, IN = "outbound", "inbound"
BOTH_WAYS = (OUT, IN)


@dataclass
class End:
    phone: Phone
    stream: Stream
    session: Session
    leg: Leg = None

    @property
    def told(self):
        """What this end was told of the other one's session."""
        return Session.parse(self.leg.body)

    async def change(self, **changes):
        """A re-INVITE with another session; the answer's status."""
        self.session = replace(self.session, payloads=(), key_tag=1, **changes)
        return (await self.leg.invite(str(self.session))).status

    def reply(self, invite):
        """The session with which this end answers."""
        if invite.body:
            self.session = self.session.answering(Session.parse(invite.body))
        return str(self.session)

    async def say(self, codec, samples):
        await self.stream.say(self.told.address, self.told.payload(codec), codec, samples)

    async def press(self, digits):
        await self.stream.press(self.told.address, self.told.payload("telephone-event"), digits)

    def heard(self, codec):
        return self.stream.sound(self.session.payload(codec), codec)

    def pressed(self):
        return self.stream.pressed(self.session.payload("telephone-event"))


@dataclass
class Call:
    trunk: End
    carrier: End
    caller: End
    callee: End

    @property
    def status(self):
        return self.caller.leg.status

    async def speak(self, seconds=0.6, settle=0.3):
        """The trunk's end says 1000 Hz, the carrier's end 600 Hz, at once."""
        for end in (self.trunk, self.carrier):
            end.stream.received.clear()
        await asyncio.gather(
            *(
                end.say(
                    next(codec for codec in end.told.codecs if codec in ("PCMA", "PCMU")), tone(hertz, seconds=seconds)
                )
                for end, hertz in ((self.trunk, 1000), (self.carrier, 600))
            )
        )
        await asyncio.sleep(settle)

    def purity(self):
        """How much of what the carrier's end and the trunk's end heard is the other one's tone."""
        return (
            share(loud(self.carrier), 1000),
            share(loud(self.trunk), 600),
        )

    def understood(self):
        return all(purity > 0.95 for purity in self.purity())


def loud(end):
    """What an end heard under whatever G.711 came, without the first packets."""
    for codec in ("PCMA", "PCMU"):
        if codec in end.session.codecs and (sound := end.heard(codec)):
            return sound[800:]
    return []


@contextlib.asynccontextmanager
async def equipment(site, trunk, direction, tls=None):
    """The two ends of a call that is not placed yet. With `tls` the trunk's end speaks TLS."""
    async with contextlib.AsyncExitStack() as stack:
        gateway = Address(site.net.carrier(GATEWAY), SIP_PORT if direction == OUT else 0)
        pbx = Address(trunk.source if direction == OUT else trunk.destinations[0], TLS_PORT if tls else trunk.port)
        ends = []
        for address, shown in ((pbx, tls), (gateway, None)):
            phone = await stack.enter_async_context(Phone(address, shown))
            stream = await Stream.open(address.host)
            stack.callback(stream.close)
            ends.append(End(phone, stream, Session(stream.address)))
        ours, theirs = ends
        yield Call(ours, theirs, *((ours, theirs) if direction == OUT else (theirs, ours)))


@contextlib.asynccontextmanager
async def talk(site, trunk, direction, offer=None, answer=None, *, late=False, lingers=False, tls=None):
    """A call, answered; `offer` and `answer` are what the caller's and the callee's session have of their own. After it
    RTPengine has forgotten it, unless it `lingers`.
    """
    site.gateways(site.net.carrier(GATEWAY))
    async with equipment(site, trunk, direction, tls) as call:
        caller, callee = call.caller, call.callee
        caller.session = replace(caller.session, **(offer or {}))
        callee.session = replace(callee.session, **(answer or {}))
        caller.phone.answer = caller.reply
        callee.phone.answer = callee.reply
        await place(site, trunk, direction, call, late=late, tls=tls)
        try:
            yield call
        finally:
            if call.status == 200 and not caller.leg.ended and not callee.leg.ended:
                assert (await caller.leg.hang_up()).status == 200
        if not lingers:
            await forgotten(site, caller.leg.call_id)


async def place(site, trunk, direction, call, *, late=False, tls=None):
    caller, callee = call.caller, call.callee
    number = ABROAD if direction == OUT else trunk.number
    session = str(caller.session)
    body, acknowledge = ("", lambda _: session) if late else (session, None)
    node = site.tls_address if tls and direction == OUT else site.address
    caller.leg = await caller.phone.call(node, OWN, number, body, acknowledge)
    await asyncio.sleep(0.05)  # for the ACK
    callee.leg = next(reversed(callee.phone.legs.values()), None)


async def ended(call, seconds=3):
    """Whether both ends were told that the call is over."""
    for _ in range(int(seconds / 0.05)):
        if call.caller.leg.ended and call.callee.leg.ended:
            return True
        await asyncio.sleep(0.05)
    return False


async def forgotten(site, call_id):
    """RTPengine has no session of the call any more."""
    for _ in range(40):
        with contextlib.suppress(LabError):
            if call_id not in site.node.sessions():
                return
        await asyncio.sleep(0.05)
    raise AssertionError(f"the session of {call_id} outlives its call")
