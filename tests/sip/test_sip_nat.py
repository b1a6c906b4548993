"""Sound of equipment behind a NAT, and of nobody else."""

import asyncio

import pytest
from phones import BEHIND_NAT
from talking import IN, OUT, share, talk, tone

from sbc.lab.rtp import Stream

SOUND = {"codecs": ("PCMA",)}
NATTED = {**SOUND, "address": BEHIND_NAT}


@pytest.mark.parametrize("direction", [OUT, IN])
def test_a_pbx_that_names_a_private_address_is_heard_and_hears(site, direction):
    trunk = site.place(codecs=("PCMA",))

    async def scenario():
        offer, answer = (NATTED, SOUND) if direction == OUT else (SOUND, NATTED)
        async with talk(site, trunk, direction, offer, answer) as call:
            await call.speak()
            assert call.understood(), call.purity()

    asyncio.run(scenario())


@pytest.mark.parametrize("session", [SOUND, NATTED])
def test_nobody_else_takes_or_spoils_the_sound(site, session):
    """It cannot be taken from the first packet on, nor spoilt after three seconds, when RTPengine looks no more."""
    trunk = site.place(codecs=("PCMA",))

    async def scenario():
        thief = await Stream.open(site.net.customer(30300))
        async with talk(site, trunk, OUT, session, SOUND) as call:

            async def speak_against():
                await asyncio.gather(
                    call.speak(), thief.say(call.trunk.told.address, 8, "PCMA", tone(440, seconds=0.6))
                )
                assert share(call.trunk.heard("PCMA")[800:], 600) > 0.95
                assert thief.received == []

            await call.speak(0.2)
            await speak_against()
            await asyncio.sleep(3.5)
            await call.speak(0.2)
            await speak_against()
            assert call.understood(), call.purity()
        thief.close()

    asyncio.run(scenario())
