"""What began over TLS goes on over TLS, whatever a Contact or a Record-Route says."""

import asyncio
import contextlib

import pytest
from conftest import until_equal
from parties import Party, end_by_node, talking

from sbc.lab.net import SIP_PORT, TLS_PORT
from sbc.lab.sip import Address, offer
from sbc.lab.tls_wire import Tls


@pytest.fixture
def equipment(tmp_path, authority):
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    authority.issue(cert, key, "any.example")
    return Tls(trusted=authority.path, cert=cert, key=key)


@contextlib.asynccontextmanager
async def secure(site, trunk, equipment, **options):
    """A call out of a trunk with TLS; `clear` is who hears what is sent to the same address in the clear."""
    at = Address(trunk.source, TLS_PORT)
    async with (
        Party(at, site.address) as clear,
        Party(Address(trunk.source, SIP_PORT), site.address) as usual,
        talking(site, trunk, at=at, tls=equipment, **options) as talk,
    ):
        talk.clear = clear
        yield talk
        assert (clear.heard, usual.heard) == ([], [])


@pytest.mark.parametrize("stays", [True, False])
@pytest.mark.parametrize("by_proxy", [True, False])
def test_what_the_carrier_says_comes_over_tls(site, equipment, stays, by_proxy):
    trunk = site.place(tls=True)
    proxy = f"<sip:{trunk.source}:{TLS_PORT};lr>" if by_proxy else ""

    async def scenario():
        async with secure(site, trunk, equipment, callers_proxy=proxy) as talk:
            for method in ("OPTIONS", "INVITE", "BYE"):
                await asyncio.sleep(0.2)  # for the ACK, which nothing may overtake
                if not stays:
                    talk.caller.wire.hang_up()
                    await asyncio.sleep(0.1)
                body = offer(talk.callee.local) if method == "INVITE" else ""
                answer = await talk.callee.ask(method, body=body)
                assert answer is not None, method
                assert answer.status == 200
            return talk.caller.methods(), talk.caller.wire.accepted > 0

    assert asyncio.run(scenario()) == (["OPTIONS", "INVITE", "ACK", "BYE"], not stays)
    until_equal(lambda: site.up(trunk), 0)


@pytest.mark.parametrize("stays", [True, False])
@pytest.mark.parametrize("says_port", [True, False])
def test_what_the_node_says_comes_over_tls(site, equipment, stays, says_port):
    trunk = site.place(tls=True)
    contact = Address(trunk.source, TLS_PORT) if says_port else trunk.source

    async def scenario():
        async with secure(site, trunk, equipment, contact=contact) as talk:
            if not stays:
                talk.caller.wire.hang_up()
            end_by_node(site, talk.caller.first)
            await asyncio.sleep(0.5)
            return talk.caller.methods(), talk.callee.methods()

    assert asyncio.run(scenario()) == (["BYE"], ["INVITE", "ACK", "BYE"])
    until_equal(lambda: site.up(trunk), 0)


def test_the_node_says_nothing_rather_than_in_the_clear(site, equipment):
    trunk = site.place(tls=True)
    proxy = f"<sip:{trunk.source}:{TLS_PORT};lr>"

    async def scenario():
        async with secure(site, trunk, equipment, callers_proxy=proxy) as talk:
            end_by_node(site, talk.caller.first)
            await asyncio.sleep(0.5)
            return talk.caller.methods(), talk.callee.methods()

    assert asyncio.run(scenario()) == ([], ["INVITE", "ACK", "BYE"])
    until_equal(lambda: site.up(trunk), 0)


@pytest.mark.parametrize("method", ["BYE", "INVITE"])
@pytest.mark.parametrize("pretends", ["caller", "callee"])
def test_nobody_speaks_in_the_clear_in_an_encrypted_call(site, equipment, method, pretends):
    trunk = site.place(tls=True)

    async def scenario():
        async with secure(site, trunk, equipment) as talk:
            party, other = (talk.caller, talk.callee) if pretends == "caller" else (talk.callee, talk.caller)
            before = other.methods()
            answer = await party.ask(method, sender=talk.clear)
            assert site.up(trunk) == 1
            assert other.methods() == before
            return answer.status, answer["Reason"].rpartition("why=")[2]

    assert asyncio.run(scenario()) == ((403, "tls-required") if pretends == "caller" else (481, ""))


def test_nobody_speaks_over_tls_in_a_call_without(site, equipment):
    trunk = site.place()

    async def scenario():
        over_tls = Party(Address(trunk.source, TLS_PORT), site.tls_address, tls=equipment)
        async with talking(site, trunk) as talk, over_tls as sender:
            answer = await talk.caller.ask("BYE", sender=sender)
            assert site.up(trunk) == 1
            return answer.status, answer["Reason"].rpartition("why=")[2]

    assert asyncio.run(scenario()) == (403, "tls-not-ordered")
