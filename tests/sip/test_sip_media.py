"""The sound of calls: codecs and their order, transcoding, SRTP, changes of a call that is up."""

import asyncio

import pytest

from talking import BOTH_WAYS, IN, OUT, talk

EVENTS = "telephone-event"


def run(scenario):
    return asyncio.run(scenario)


@pytest.mark.parametrize("direction", BOTH_WAYS)
def test_a_tone_sent_is_the_tone_received(site, direction):
    trunk = site.place(codecs=("PCMA", "PCMU"))

    async def scenario():
        async with talk(site, trunk, direction, {"codecs": ("PCMA", EVENTS)}, {"codecs": ("PCMA", EVENTS)}) as call:
            await call.speak()
            print(call.purity(), call.trunk.told, call.carrier.told)
            assert call.understood()

    run(scenario())
