"""Calls to numbers with routes, with somebody listening at every place where such a call may be tried."""

import asyncio
import contextlib
from dataclasses import dataclass

from sbc.lab.answerer import Answerer, Reaction
from sbc.lab.net import SIP_PORT
from sbc.lab.samples import sample_entry
from sbc.lab.sip import Address, Message
from sbc.lab.softphone import call
from sbc.lab.wire import CallTrace, open_wire

GATEWAY = 14  # of the carrier's addresses: the session's stand-in carrier has the first two
CALLER, PHONE = "+442079460000", "+13125550177"
ANSWERS, SILENT, RINGS = Reaction(), Reaction(silent=True), Reaction(status=0)
EVERY_REASON = ("UNREACHABLE", "TIMEOUT", "ERROR", "BUSY")


def answers(status, ring_seconds=0.05):
    return Reaction(status, ring_seconds)


def entry(trunk, *hunt_on, **changes):
    """Which goes on for every reason unless told, after a second of ringing."""
    members = {"ring_seconds": 1, "hunt_on": hunt_on or EVERY_REASON}
    return sample_entry(trunk.id, **members | changes)


def phone(*hunt_on, number=PHONE):
    return sample_entry(phone=number, ring_seconds=1, hunt_on=hunt_on)


@dataclass
class Hunt:
    """A call that is over: what the caller saw, where it was tried, in order, and every INVITE by its host."""

    trace: CallTrace
    tried: list[str]
    invites: dict[str, Message]
    seen: dict[str, list]

    @property
    def status(self):
        return self.trace.status

    @property
    def why(self):
        """The word in the caller's final answer, empty without one."""
        final = [Message.parse(one.raw) for one in self.trace.seen if one.direction == "received"]
        answers = [message for message in final if message.method == "INVITE" and message.status >= 200]
        return answers[-1]["Reason"].partition("why=")[2]

    def methods(self, host):
        return [one.first_line.split()[0] for one in self.seen[host] if one.direction == "received"]


class Listeners:
    """`async with Listeners({host: reaction, ...})`; a silent one answers nothing, not even OPTIONS."""

    def __init__(self, reactions):
        self._reactions, self._stack, self._wires = reactions, contextlib.AsyncExitStack(), {}

    async def __aenter__(self):
        for host, reaction in self._reactions.items():
            where = host if isinstance(host, Address) else Address(host, SIP_PORT)
            if reaction.silent:
                wire = await open_wire(where, lambda _message, _remote: None)
                self._stack.callback(wire.close)
            else:
                decide = lambda _, reaction=reaction: reaction  # noqa: E731
                wire = (await self._stack.enter_async_context(Answerer(where, decide))).wire
            self._wires[host] = wire
        return self

    async def __aexit__(self, *_error):
        await self._stack.aclose()

    def hunt(self, trace):
        """What was seen of a call."""
        seen = {host: wire.of_call(trace.call_id) for host, wire in self._wires.items()}
        came = {}  # an INVITE that is sent again is the same one
        for host, messages in seen.items():
            for one in messages:
                if one.direction == "received" and one.first_line.startswith("INVITE ") and ";tag=" not in to_of(one):
                    came.setdefault((host, one.raw), one.at)
        order = sorted(came, key=came.get)
        return Hunt(trace, [host for host, _ in order], {host: Message.parse(raw) for host, raw in order}, seen)


def to_of(seen):
    return Message.parse(seen.raw)["To"]


async def place(site, routed, reactions, **options):
    """A call from the carrier while these listen; the gateway answers unless told."""
    gateway = site.net.carrier(GATEWAY)
    async with Listeners({gateway: ANSWERS} | reactions) as listeners:
        caller = options.pop("caller", CALLER)
        options = {"hold_seconds": 0.1} | options
        trace = await call(Address(gateway, 0), site.address, caller, f"+{routed.number}", **options)
        await asyncio.sleep(0.1)  # for a CANCEL or an ACK that is on its way
        return listeners.hunt(trace)


def hunt(site, routed, reactions, **options):
    return asyncio.run(place(site, routed, reactions, **options))
