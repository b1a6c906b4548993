"""The lab's test call: one call out of a trunk and one back in, and what was seen of them at both ends."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Coroutine, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from portal.launcher.lab import AUTHORITY, CONTROL_PORT
from portal.test_call_words import no_verdict, tone_of, verdict_of
from provisioning.enums import NodeRole
from provisioning.models import Gateway
from routing.models import Number
from sbc.lab.answerer import Answerer
from sbc.lab.authority import Authority
from sbc.lab.carrier import CarrierControl
from sbc.lab.net import TLS_PORT, LabError, LabNet
from sbc.lab.sip import Address
from sbc.lab.softphone import call
from sbc.lab.tls_wire import Tls
from sbc.lab.wire import CallTrace, Seen
from trunks.enums import NumberFormat, TrunkKind
from trunks.models import Trunk

# Made-up numbers; the stand-in phone network answers calls to the first one.
CALLED, CALLER = "13125551234", "13125550199"
HOLD_SECONDS = 0.3
PATIENCE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Line:
    """One message: when, from whom to whom, its first line and all of it."""

    at: datetime
    offset_ms: float
    sender: str
    receiver: str
    way: str
    first_line: str
    raw: str
    tone: str


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """How one call went. Tone "none": there is no such call with this trunk, the verdict says why."""

    title: str
    verdict: str
    tone: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Parties:
    """Who is at the caller's and at the called end, in words."""

    near: str
    node: str
    far: str


class NotPossible(Exception):
    """Why there is no such call with this trunk, as a sentence."""


# The caller's trace and what was seen at the other end.
Traces = tuple[CallTrace, list[Seen]]
Placing = Callable[[], Coroutine[Any, Any, Traces]]


def why_no_call(trunk: Trunk) -> str:
    """Why no telephone of the lab can stand in for the trunk's equipment, as a sentence; empty when one can."""
    if trunk.kind == TrunkKind.REGISTERED:
        return _(
            "A test call is not possible on a registered trunk: the lab has no telephone that registers with your "
            "password"
        )
    if trunk.kind == TrunkKind.PROVIDER:
        words = _("A test call is not possible on this trunk: the lab has no telephone that stands in for %(provider)s")
        return words % {"provider": trunk.connects.label}
    return ""


def place_calls(trunk: Trunk) -> list[PlacedCall]:
    """One call out through the primary node to the stand-in phone network, and one back in. Takes a second or two.
    Where neither is possible, one line that says why.
    """
    if why := why_no_call(trunk):
        return [PlacedCall(_("Out and in"), why, "none")]
    equipment, network, node = _("Your equipment"), _("Phone network"), _("Primary node")
    return [
        _placed(_("Out, from your equipment"), Parties(equipment, node, network), _plan_out, trunk),
        _placed(_("In, to your number"), Parties(network, node, equipment), _plan_in, trunk),
    ]


def _placed(title: str, parties: Parties, plan: Callable[[Trunk], Placing], trunk: Trunk) -> PlacedCall:
    try:
        trace, beyond = asyncio.run(_patiently(plan(trunk)))
    except NotPossible as reason:
        return PlacedCall(title, str(reason), "none")
    except LabError as trouble:
        return PlacedCall(title, no_verdict(str(trouble)), "bad")
    except TimeoutError:
        return PlacedCall(title, no_verdict(_("it did not end in time")), "bad")
    tone = "good" if trace.answered else "bad"
    return PlacedCall(title, verdict_of(trace), tone, _lines(parties, trace.seen, beyond))


async def _patiently(placing: Placing) -> Traces:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await placing()


def _plan_out(trunk: Trunk) -> Placing:
    node, carrier = _ready(trunk)
    sources = trunk.wanted.source_hosts if trunk.wanted else []
    if not sources:
        raise NotPossible(_("This trunk has no source address: it only receives calls"))
    local = Address(_in_lab(sources[0]), 0)
    caller, called = _as_dialled(trunk, CALLER), _as_dialled(trunk, CALLED)
    tls = _tls(trunk)
    if tls:
        node = Address(node.host, TLS_PORT)

    async def placing() -> Traces:
        trace = await call(local, node, caller, called, hold_seconds=HOLD_SECONDS, tls=tls)
        beyond = await asyncio.to_thread(carrier.trace, trace.call_id)
        return trace, beyond.seen

    return placing


def _plan_in(trunk: Trunk) -> Placing:
    node, carrier = _ready(trunk)
    number = Number.objects.filter(trunk=trunk).first()
    if number is None:
        raise NotPossible(_("No number points to this trunk"))
    destinations = [Address(_in_lab(host), port) for host, port in (trunk.wanted.destinations if trunk.wanted else [])]
    if not destinations:
        raise NotPossible(_("This trunk has no destination: it only places calls"))
    tls = _tls(trunk)

    async def placing() -> Traces:
        async with AsyncExitStack() as stack:
            phones = [await stack.enter_async_context(Answerer(destination, tls=tls)) for destination in destinations]
            trace = await asyncio.to_thread(
                carrier.place_call, node, caller=CALLER, callee=number.e164, hold_seconds=HOLD_SECONDS
            )
            return trace, [seen for phone in phones for seen in phone.wire.of_call(trace.call_id)]

    return placing


def _ready(trunk: Trunk) -> tuple[Address, CarrierControl]:
    """The primary node and the phone network; everything a call could reach must be in the lab."""
    if not settings.LAB or settings.MEMORY_NODES:
        raise NotPossible(_("Test calls need a lab with real nodes"))
    node = trunk.data_centre.nodes.filter(role=NodeRole.PRIMARY).first()
    if node is None:
        raise NotPossible(_("This data centre has no primary node"))
    for gateway in Gateway.objects.filter(data_centre=trunk.data_centre):
        _in_lab(gateway.host)
    network = LabNet.parse(str(settings.LAB_NET))
    carrier = CarrierControl(f"http://{network.carrier(1)}:{CONTROL_PORT}")
    return Address(_in_lab(node.static_address), node.sip_port), carrier


def _tls(trunk: Trunk) -> Tls | None:
    """What the equipment shows, and that it believes the lab's nodes; None on a trunk without TLS."""
    if not trunk.tls:
        return None
    folder = settings.VAR_DIR / AUTHORITY
    cert, key = folder / "equipment.pem", folder / "equipment.key"
    authority = Authority(folder)
    if not cert.exists():
        authority.issue(cert, key, "equipment.example")
    return Tls(authority.path, cert, key)


def _in_lab(host: str) -> str:
    """The address itself. Raises NotPossible for every other one: no test call ever leaves the loopback network."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise NotPossible(_("%(host)s is a name: test calls only go to addresses") % {"host": host}) from None
    if address not in settings.LAB_NET or not address.is_loopback:
        raise NotPossible(_("%(host)s is not an address of the lab") % {"host": host})
    return host


def _as_dialled(trunk: Trunk, number: str) -> str:
    """The number in the trunk's format."""
    chosen = trunk.wanted.number_format if trunk.wanted else NumberFormat.E164
    return {NumberFormat.E164: f"+{number}", NumberFormat.US_NATIONAL: number[1:]}.get(NumberFormat(chosen), number)


def _lines(parties: Parties, near: Iterable[Seen], far: Iterable[Seen]) -> list[Line]:
    """What both ends saw, in the order of time; offsets count from the first message."""
    ends = [(seen, parties.near) for seen in near] + [(seen, parties.far) for seen in far]
    ends.sort(key=lambda end: end[0].at)
    start = ends[0][0].at if ends else 0.0
    return [_line(seen, end, parties.node, start) for seen, end in ends]


def _line(seen: Seen, end: str, node: str, start: float) -> Line:
    sent = seen.direction == "sent"
    sender, receiver = (end, node) if sent else (node, end)
    way = (seen.local, seen.remote) if sent else (seen.remote, seen.local)
    return Line(
        at=datetime.fromtimestamp(seen.at, UTC),
        offset_ms=(seen.at - start) * 1000,
        sender=sender,
        receiver=receiver,
        way=" → ".join(way),
        first_line=seen.first_line.removeprefix("SIP/2.0 ").removesuffix(" SIP/2.0"),
        raw=seen.raw,
        tone=tone_of(seen),
    )
