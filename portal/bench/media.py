"""The sound of calls through a node: what a packet costs RTPengine, relayed, transcoded and encrypted."""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import shutil
import statistics
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from portal.bench.cpu import used_below
from portal.bench.streams import FRAME_SECONDS, Stream, speak
from portal.launcher.state import var_folder
from sbc.lab.authority import Authority
from sbc.lab.bulk import load_documents
from sbc.lab.net import SIP_PORT, TLS_PORT, LabError, LabNet, first_free_net
from sbc.lab.node import LabNode
from sbc.lab.phone import Leg, Phone
from sbc.lab.samples import sample_node, sample_trunk
from sbc.lab.sdp import EVENTS, Session
from sbc.lab.sip import Address, Message
from sbc.lab.tls_wire import Tls

PACKETS_A_SECOND = 2 / FRAME_SECONDS  # of a call: both directions
MOST_LOSS = 0.01
WARM_UP_SECONDS = 1.0
CARRIERS_CODEC = "PCMA"
CALLER, CALLEE = "13125550100", "13125551234"
_OK = 200


@dataclass
class Kind:
    """What happens to the sound between a trunk, which has one codec, and the carrier, which speaks PCMA. Of every
    round: CPU microseconds of RTPengine per packet and of Kamailio per call, and the share of packets that were lost.
    """

    name: str
    codec: str
    tls: bool = False
    packet: list[float] = field(default_factory=list)
    signalling: list[float] = field(default_factory=list)
    loss: list[float] = field(default_factory=list)

    @property
    def packet_us(self) -> float:
        """The median of the rounds that lost little. Raises LabError when there are none."""
        good = [cost for cost, loss in zip(self.packet, self.loss, strict=True) if loss < MOST_LOSS]
        if not good:
            raise LabError(f"{self.name}: every round lost {MOST_LOSS:.0%} or more of its packets")
        return statistics.median(good)

    @property
    def second_us(self) -> float:
        """CPU microseconds of RTPengine for a second of a call."""
        return self.packet_us * PACKETS_A_SECOND

    @property
    def calls_per_core(self) -> float:
        """So many calls at once use up one core."""
        return 1e6 / self.second_us

    @property
    def call_us(self) -> float:
        """CPU microseconds of Kamailio for a call, INVITE to BYE; a mean, for a round is only a few ticks."""
        return statistics.mean(self.signalling)


@dataclass(frozen=True)
class Parties:
    """Where a kind's calls come from (over TLS, with `tls`), pass and go to."""

    pbx: Address
    node: Address
    gateway: Address
    tls: Tls | None


def new_kinds() -> list[Kind]:
    """The first is what the others are compared with."""
    return [
        Kind("relayed, PCMA", "PCMA"),
        Kind("transcoded, PCMU and PCMA", "PCMU"),
        Kind("transcoded, G.729 and PCMA", "G729"),
        Kind("relayed, PCMA, SRTP towards the trunk", "PCMA", tls=True),
    ]


def measure_media(calls: int, rounds: int, seconds: float) -> list[Kind]:
    """Rounds of so many calls at once, each kind in turn. Raises LabError when a call failed."""
    var_folder().mkdir(parents=True, exist_ok=True)
    folder, net, kinds = Path(tempfile.mkdtemp(prefix="bench-", dir=var_folder())), first_free_net(), new_kinds()
    try:
        authority = Authority(folder / "ca")
        with _running(kinds, LabNode("n", net.node(1), folder / "n", 8300, "bench", authority=authority), net):
            for number in range(rounds):
                for place, kind in list(enumerate(kinds, start=1))[:: 1 if number % 2 else -1]:
                    asyncio.run(_round(kind, _parties(kind, place, net, authority), calls, seconds))
        return kinds
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(kinds: list[Kind], node: LabNode, net: LabNet) -> Iterator[None]:
    """The node without its agent, which has no part in a call; each kind has a trunk of its own."""
    trunks = [
        sample_trunk(f"T{place}", [net.customer(place)], codecs=(kind.codec,), tls=kind.tls, channels=10_000)
        for place, kind in enumerate(kinds, start=1)
    ]
    load_documents(node.folder, [sample_node((net.carrier(1), SIP_PORT)), *trunks])
    try:
        node.start_rtpengine()
        node.start_kamailio()
        yield
    finally:
        node.stop()


def _parties(kind: Kind, place: int, net: LabNet, authority: Authority) -> Parties:
    node = Address(net.node(1), TLS_PORT if kind.tls else SIP_PORT)
    tls = Tls(trusted=authority.path) if kind.tls else None
    return Parties(Address(net.customer(place), 0), node, Address(net.carrier(1), SIP_PORT), tls)


async def _round(kind: Kind, parties: Parties, calls: int, seconds: float) -> None:
    before = _used("Kamailio")
    async with _calls(kind, parties, calls) as streams:
        beginning = _used("Kamailio") - before
        await asyncio.to_thread(speak, streams, WARM_UP_SECONDS)
        before = _used("RTPengine")
        await asyncio.to_thread(speak, streams, seconds)
        spent = _used("RTPengine") - before
        before = _used("Kamailio")
    ending = _used("Kamailio") - before
    sent = sum(stream.sent for stream in streams)
    kind.packet.append(1e6 * spent / sent)
    kind.loss.append(1 - sum(stream.heard for stream in streams) / sent)
    kind.signalling.append(1e6 * (beginning + ending) / calls)


def _used(part: str) -> float:
    return used_below(os.getpid())[part]


@asynccontextmanager
async def _calls(kind: Kind, parties: Parties, calls: int) -> AsyncIterator[list[Stream]]:
    """The streams of calls out of the kind's trunk, which are hung up in the end."""
    async with AsyncExitStack() as stack:
        pbx = await stack.enter_async_context(Phone(parties.pbx, parties.tls))
        carrier = await stack.enter_async_context(Phone(parties.gateway))
        ours = [Stream(parties.pbx.host, kind.codec) for _ in range(calls)]
        theirs = [Stream(parties.gateway.host, CARRIERS_CODEC) for _ in range(calls)]
        for stream in (*ours, *theirs):
            stack.callback(stream.close)
        free, taken = iter(theirs), dict[str, Stream]()
        carrier.answer = lambda invite: _answer(invite, taken.get(invite["Call-ID"]) or next(free), taken)
        legs = await asyncio.gather(*(_call(pbx, parties.node, kind, stream) for stream in ours))
        yield [*ours, *theirs]
        await asyncio.gather(*(leg.hang_up() for leg in legs))


def _answer(invite: Message, stream: Stream, taken: dict[str, Stream]) -> str:
    """The carrier's session; the same one when an INVITE is sent again."""
    taken[invite["Call-ID"]] = stream
    offered = Session.parse(invite.body)
    stream.remote, stream.payload = offered.address, offered.payload(CARRIERS_CODEC)
    return str(Session(stream.address, (CARRIERS_CODEC, EVENTS)).answering(offered))


async def _call(pbx: Phone, node: Address, kind: Kind, stream: Stream) -> Leg:
    """One call, answered; its stream knows then where to send what. Raises LabError when it was refused."""
    offer = Session(stream.address, (kind.codec, EVENTS))
    if kind.tls:
        offer = replace(offer, transport="RTP/SAVP", key=base64.b64encode(secrets.token_bytes(30)).decode())
    leg = await pbx.call(node, CALLER, CALLEE, str(offer))
    if leg.status != _OK:
        raise LabError(f"a call ({kind.name}) was answered with {leg.status}")
    told = Session.parse(leg.body)
    stream.remote, stream.payload = told.address, told.payload(kind.codec)
    if kind.tls:
        stream.encrypt(offer.key, told.key)
    return leg
