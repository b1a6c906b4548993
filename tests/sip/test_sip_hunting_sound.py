"""The sound of a call that was tried elsewhere before: that of the entry which took it, and of no other."""

import asyncio
import contextlib
from dataclasses import replace
from functools import partial

import pytest
from conftest import Place, until_equal
from hunting import PHONE, entry, phone
from talking import GATEWAY, IN, talk
from test_sip_media import speaking
from test_sip_srtp import SAVP, new_key, use_keys

from sbc.lab.net import SIP_PORT, TLS_PORT
from sbc.lab.phone import Phone
from sbc.lab.sdp import Session
from sbc.lab.sip import Address
from sbc.lab.tls_wire import Tls

EVENTS = "telephone-event"
A, U, G722, G729 = "PCMA", "PCMU", "G722", "G729"


@pytest.fixture
def shown(tmp_path, authority):
    """What equipment with TLS shows."""
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    authority.issue(cert, key, "any.example")
    return Tls(trusted=authority.path, cert=cert, key=key)


@contextlib.asynccontextmanager
async def busy(trunk, early="", tls=None):
    """Equipment of a trunk that rings, with a session when there is one, and then is busy; what it was offered."""
    offers = []
    async with Phone(Address(trunk.destinations[0], TLS_PORT if tls else SIP_PORT), tls) as equipment:
        equipment.answer = lambda invite: offers.append(Session.parse(invite.body)) or 486
        equipment.early, equipment.pause = early, 0.2
        yield offers


def leads_to(site, taker, *before, forwarded=False):
    """The taker as one that is called by the number of a route, where it is the last entry."""
    routed = site.route(*map(entry, before), phone() if forwarded else entry(taker))
    return replace(taker, number=routed.number)


@pytest.mark.parametrize("early", [True, False])
def test_each_entry_is_offered_its_own_codecs_and_the_last_one_is_heard(site, early):
    first, taker = site.place(codecs=(U,)), site.place(codecs=(A,))
    before = set(site.node.sessions())

    async def scenario():
        session = str(Session(Address(first.destinations[0], 9), codecs=(U, EVENTS))) if early else ""
        async with (
            busy(first, session) as offers,
            talk(site, leads_to(site, taker, first), IN, speaking(A, U), speaking(A)) as call,
        ):
            assert [offer.codecs for offer in offers] == [(U, EVENTS)]
            assert Session.parse(call.trunk.leg.body).codecs == (A, EVENTS)
            await call.speak()
            assert call.understood(), call.purity()
            assert len(set(site.node.sessions()) - before) == 1

    asyncio.run(scenario())
    until_equal(lambda: [record.codec for record in site.records(taker)], [A])


@pytest.mark.parametrize("secret", [True, False])
def test_an_entry_with_srtp_and_one_without_do_not_leak_into_each_other(site, shown, secret):
    first, taker = site.place(tls=not secret), site.place(tls=secret)
    tls, answer = (shown, {"transport": SAVP, "key": new_key()}) if secret else (None, {})
    talk_with = partial(talk, tls=tls) if secret else talk

    async def scenario():
        async with (
            busy(first, tls=None if secret else shown) as offers,
            talk_with(site, leads_to(site, taker, first), IN, speaking(A), speaking(A) | answer) as call,
        ):
            assert [offer.transport for offer in offers] == ["RTP/AVP" if secret else SAVP]
            assert (call.trunk.told.transport, call.carrier.told.transport) == (
                SAVP if secret else "RTP/AVP",
                "RTP/AVP",
            )
            if secret:
                use_keys(call.trunk, call.trunk.session.key, call.trunk.told.key)
            await call.speak()
            assert call.understood(), call.purity()

    asyncio.run(scenario())


@pytest.fixture
def forwarded(site):
    """A number whose only trunk is busy, as if the telephone number that comes then were a trunk's equipment."""
    trunk = site.place(codecs=(U,))
    there = Place("", "", [site.net.carrier(GATEWAY)], PHONE)
    return trunk, leads_to(site, there, trunk, forwarded=True)


def test_between_carrier_and_carrier_everything_passes_as_it_is(site, forwarded):
    trunk, telephone = forwarded

    async def scenario():
        async with busy(trunk), talk(site, telephone, IN, speaking(G722, A), speaking(A)) as call:
            assert Session.parse(call.callee.leg.body).codecs == (G722, A, EVENTS)
            assert call.callee.told.address.host == site.node.address
            await call.speak()
            assert call.understood(), call.purity()

    asyncio.run(scenario())


@pytest.mark.parametrize("end", ["caller", "callee"])
def test_a_forwarded_call_is_held_and_taken_up_again(site, forwarded, end):
    trunk, telephone = forwarded

    async def scenario():
        async with busy(trunk), talk(site, telephone, IN, speaking(A), speaking(A)) as call:
            mine, other = (call.caller, call.callee) if end == "caller" else (call.callee, call.caller)
            assert await mine.change(direction="sendonly") == 200
            assert other.told.direction == "sendonly"
            assert await mine.change(direction="sendrecv") == 200
            await call.speak()
            assert call.understood(), call.purity()

    asyncio.run(scenario())


def test_a_forwarded_call_may_be_offered_by_the_callee(site, forwarded):
    trunk, telephone = forwarded

    async def scenario():
        async with talk(site, telephone, IN, speaking(A), speaking(A), late=True) as call:
            assert call.status == 200
            await call.speak()
            assert call.understood(), call.purity()

    site.change(trunk, admin_status="DISABLED")
    asyncio.run(scenario())
