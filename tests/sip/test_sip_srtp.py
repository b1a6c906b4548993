"""A trunk with TLS speaks SRTP and nothing else; libsrtp, not RTPengine, says what is encrypted."""

import asyncio
import base64
import secrets
from dataclasses import replace
from functools import partial

import pytest
from conftest import TIMERS, Site, until_equal
from pylibsrtp import Policy, Session
from talking import BOTH_WAYS, IN, OUT, ended, loud, talk

from sbc.lab.node import LabNode
from sbc.lab.rtpengine import MEDIA_CONTROL_PORT, CarelessRelay
from sbc.lab.tls_wire import Tls

SAVP = "RTP/SAVP"


@pytest.fixture
def encrypted(tmp_path, authority):
    """`talk` with equipment that speaks TLS."""
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    authority.issue(cert, key, "any.example")
    return partial(talk, tls=Tls(trusted=authority.path, cert=cert, key=key))


def new_key():
    return base64.b64encode(secrets.token_bytes(30)).decode()


def use_keys(end, own, other):
    """What the end sends and receives from now on goes through libsrtp."""
    outgoing = Session(Policy(key=base64.b64decode(own), ssrc_type=Policy.SSRC_ANY_OUTBOUND))
    incoming = Session(Policy(key=base64.b64decode(other), ssrc_type=Policy.SSRC_ANY_INBOUND))
    end.stream.protect, end.stream.unprotect = outgoing.protect, incoming.unprotect


@pytest.fixture
def talk_in_secret(encrypted):
    """The trunk's end with SRTP, the carrier's end without."""

    def talk_so(site, trunk, direction):
        ours, theirs = {"codecs": ("PCMA",), "transport": SAVP, "key": new_key()}, {"codecs": ("PCMA",)}
        return encrypted(site, trunk, direction, *((ours, theirs) if direction == OUT else (theirs, ours)))

    return talk_so


@pytest.mark.parametrize("direction", BOTH_WAYS)
def test_encrypted_towards_the_trunk_and_plain_towards_the_carrier(site, talk_in_secret, direction):
    trunk = site.place(tls=True)

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
def test_another_key_hears_nothing_and_is_not_heard(site, talk_in_secret, direction):
    trunk = site.place(tls=True)

    async def scenario():
        async with talk_in_secret(site, trunk, direction) as call:
            use_keys(call.trunk, new_key(), new_key())
            await call.speak()
            assert (loud(call.carrier), loud(call.trunk)) == ([], [])
            assert call.trunk.stream.unreadable > 20

    asyncio.run(scenario())


def test_an_offer_without_srtp_is_refused(site, encrypted):
    trunk = site.place(tls=True)

    async def scenario():
        async with encrypted(site, trunk, OUT) as call:
            assert call.status == 488
            assert "why=srtp-required" in call.caller.leg.final["Reason"]
            assert call.callee.leg is None

    asyncio.run(scenario())


@pytest.mark.parametrize("late", [False, True])
def test_a_call_that_is_answered_without_srtp_ends_before_anything_is_heard(site, encrypted, late):
    trunk = site.place(tls=True)

    async def scenario():
        async with encrypted(site, trunk, IN, late=late) as call:
            await asyncio.sleep(0.5)
            assert (call.caller.leg.ended, call.callee.leg.ended) == (True, True)
            assert call.caller.leg.body == ""

    asyncio.run(scenario())
    assert site.up(trunk) == 0


@pytest.mark.parametrize("fits", [True, False])
def test_an_answer_in_the_ack_is_judged_as_any_other(site, encrypted, fits):
    trunk = site.place(tls=True)

    async def scenario():
        ours = {"codecs": ("PCMA",), "transport": SAVP, "key": new_key()} if fits else {"codecs": ("PCMA",)}
        async with encrypted(site, trunk, OUT, ours, {"codecs": ("PCMA",)}, late=True) as call:
            assert await ended(call, 1 if fits else 3) == (not fits)
            assert call.carrier.leg.body.startswith("v=0") == fits

    asyncio.run(scenario())
    until_equal(lambda: [record.why for record in site.records(trunk)], ["" if fits else "srtp-required"])


@pytest.mark.parametrize("end", ["trunk", "carrier"])
def test_a_change_without_an_offer_cannot_lead_to_plain_sound(site, talk_in_secret, end):
    """The trunk's plain session comes in the ACK, or in the answer."""
    trunk = site.place(tls=True)

    async def scenario():
        async with talk_in_secret(site, trunk, OUT) as call:
            plain = str(replace(call.trunk.session, transport="RTP/AVP", key=""))
            call.trunk.phone.answer = lambda _: plain
            mine, session = (call.trunk, plain) if end == "trunk" else (call.carrier, str(call.carrier.session))
            await mine.leg.invite("", lambda _: session)
            assert await ended(call)

    asyncio.run(scenario())
    until_equal(lambda: [record.why for record in site.records(trunk)], ["srtp-required"])


def test_a_call_that_is_up_cannot_change_to_plain_sound(site, talk_in_secret):
    trunk = site.place(tls=True)

    async def scenario():
        async with talk_in_secret(site, trunk, OUT) as call:
            plain = replace(call.trunk.session, transport="RTP/AVP", key="")
            assert (await call.trunk.leg.invite(str(plain))).status == 488

    asyncio.run(scenario())


def test_fax_on_a_trunk_with_tls_is_encrypted_sound(site, talk_in_secret):
    trunk = site.place(tls=True, fax="T38")

    async def scenario():
        async with talk_in_secret(site, trunk, IN) as call:
            call.trunk.phone.answer = call.trunk.reply
            assert await call.carrier.change(kind="image", transport="udptl") == 200
            assert (call.trunk.told.kind, call.trunk.told.transport) == ("audio", SAVP)

    asyncio.run(scenario())


def test_a_change_that_is_sent_again_before_rtpengine_answers_is_one_change(site, talk_in_secret):
    trunk = site.place(tls=True, fax="T38")

    async def scenario():
        async with talk_in_secret(site, trunk, IN) as call:
            call.trunk.phone.answer = call.trunk.reply
            call.carrier.leg.copies = 4
            site.node.freeze_rtpengine()
            asyncio.get_running_loop().call_later(0.3, site.node.thaw_rtpengine)
            assert await call.carrier.change(kind="image", transport="udptl") == 200
            assert (call.trunk.told.kind, call.trunk.told.transport) == ("audio", SAVP)

    asyncio.run(scenario())


def test_a_call_whose_trunk_was_deleted_cannot_change_to_plain_sound(site, talk_in_secret):
    trunk = site.place(tls=True)

    async def scenario():
        async with talk_in_secret(site, trunk, OUT) as call:
            before = call.trunk.leg.body
            await asyncio.to_thread(site.delete, "trunk", trunk.id)
            assert (await call.carrier.leg.invite(str(call.carrier.session))).status == 403
            assert call.trunk.leg.body == before

    asyncio.run(scenario())


@pytest.fixture
def careless(net, folder, carrier, authority):
    """A node whose RTPengine does nothing that it is asked."""
    address = net.node(7)
    defines = {**TIMERS, "MEDIA_SOCKET": f'"udp:{address}:{MEDIA_CONTROL_PORT}"'}
    node = LabNode("careless", address, folder / "u", 8300, "token", media=False, defines=defines, authority=authority)
    with CarelessRelay(address):
        node.start()
        site = Site(node, node.client(), net, folder, carrier)
        site._places = iter(range(2800, 2900))
        site.gateways(net.carrier(1))
        yield site
        site.client.close()
        node.stop()


def test_what_rtpengine_leaves_in_the_clear_reaches_no_trunk_with_tls(careless, encrypted):
    trunk = careless.place(tls=True)

    async def scenario():
        async with encrypted(careless, trunk, IN, lingers=True) as call:
            assert (call.status, call.callee.leg) == (503, None)

    asyncio.run(scenario())
