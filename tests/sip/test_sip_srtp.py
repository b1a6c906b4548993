"""A trunk with TLS speaks SRTP and nothing else; libsrtp, not RTPengine, says what is encrypted."""

import asyncio
import base64
import secrets
from dataclasses import replace

import pytest
from pylibsrtp import Policy, Session
from talking import BOTH_WAYS, IN, OUT, loud, talk

from sbc.agent.media import media_members
from sbc.agent.render import Key
from sbc.lab.net import SIP_PORT
from sbc.lab.samples import sample_trunk

SAVP = "RTP/SAVP"


def secured(site, **changes):
    """A trunk whose media is that of one with TLS; its signalling goes over UDP, for here only the media is of interest."""
    trunk = site.place(**changes)
    document = sample_trunk(trunk.id, [trunk.source], [(host, SIP_PORT) for host in trunk.destinations], **changes)
    key = Key("trunk", trunk.id)
    value = site.node.switch().get(key)
    plain, secret = media_members(document), media_members(replace(document, tls=True))
    for name, member in plain.items():
        value = value.replace(f";{name}={member};", f";{name}={secret[name]};")
    site.node.switch().set(key, value)
    return trunk


def new_key():
    return base64.b64encode(secrets.token_bytes(30)).decode()


def use_keys(end, own, other):
    """What the end sends and receives from now on goes through libsrtp."""
    outgoing = Session(Policy(key=base64.b64decode(own), ssrc_type=Policy.SSRC_ANY_OUTBOUND))
    incoming = Session(Policy(key=base64.b64decode(other), ssrc_type=Policy.SSRC_ANY_INBOUND))
    end.stream.protect, end.stream.unprotect = outgoing.protect, incoming.unprotect


def talk_in_secret(site, trunk, direction):
    """The trunk's end with SRTP, the carrier's end without."""
    ours, theirs = {"codecs": ("PCMA",), "transport": SAVP, "key": new_key()}, {"codecs": ("PCMA",)}
    return talk(site, trunk, direction, *((ours, theirs) if direction == OUT else (theirs, ours)))


@pytest.mark.parametrize("direction", BOTH_WAYS)
def test_encrypted_towards_the_trunk_and_plain_towards_the_carrier(site, direction):
    trunk = secured(site)

    async def scenario():
        async with talk_in_secret(site, trunk, direction) as call:
            assert (call.trunk.told.transport, call.carrier.told.transport) == (SAVP, "RTP/AVP")
            assert "NULL" not in call.trunk.leg.body
            assert "fingerprint" not in call.trunk.leg.body
            use_keys(call.trunk, call.trunk.session.key, call.trunk.told.key)
            await call.speak()
            assert call.understood(), call.purity()
            assert call.trunk.stream.unreadable == 0

    asyncio.run(scenario())


@pytest.mark.parametrize("direction", BOTH_WAYS)
def test_another_key_hears_nothing_and_is_not_heard(site, direction):
    trunk = secured(site)

    async def scenario():
        async with talk_in_secret(site, trunk, direction) as call:
            use_keys(call.trunk, new_key(), new_key())
            await call.speak()
            assert (loud(call.carrier), loud(call.trunk)) == ([], [])
            assert call.trunk.stream.unreadable > 20

    asyncio.run(scenario())


def test_an_offer_without_srtp_is_refused(site):
    trunk = secured(site)

    async def scenario():
        async with talk(site, trunk, OUT) as call:
            assert call.status == 488
            assert "why=srtp-required" in call.caller.leg.final["Reason"]
            assert call.callee.leg is None

    asyncio.run(scenario())


@pytest.mark.parametrize("late", [False, True])
def test_a_call_that_is_answered_without_srtp_ends_before_anything_is_heard(site, late):
    trunk = secured(site)

    async def scenario():
        async with talk(site, trunk, IN, late=late) as call:
            await asyncio.sleep(0.5)
            assert (call.caller.leg.ended, call.callee.leg.ended) == (True, True)
            assert call.caller.leg.body == ""

    asyncio.run(scenario())
    assert site.up(trunk) == 0


def test_a_call_that_is_up_cannot_change_to_plain_sound(site):
    trunk = secured(site)

    async def scenario():
        async with talk_in_secret(site, trunk, OUT) as call:
            plain = replace(call.trunk.session, transport="RTP/AVP", key="")
            assert (await call.trunk.leg.invite(str(plain))).status == 488

    asyncio.run(scenario())


def test_fax_on_a_trunk_with_tls_is_encrypted_sound(site):
    trunk = secured(site, fax="T38")

    async def scenario():
        async with talk_in_secret(site, trunk, IN) as call:
            call.trunk.phone.answer = call.trunk.reply
            assert await call.carrier.change(kind="image", transport="udptl") == 200
            assert (call.trunk.told.kind, call.trunk.told.transport) == ("audio", SAVP)

    asyncio.run(scenario())
