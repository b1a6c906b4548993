"""Digits: sent as events (RFC 2833) or as tones, and received as the other side wants them."""

import asyncio

import pytest
from talking import BOTH_WAYS, OUT, talk

from sbc.lab.sound import dial, heard, silence

EVENTS = "telephone-event"
DIGITS = {"trunk": "159#", "carrier": "70*D"}
WITH, WITHOUT = {"codecs": ("PCMA", EVENTS)}, {"codecs": ("PCMA",)}


async def dial_in(end, digits):
    """As the session allows: events, else tones."""
    if EVENTS not in end.session.codecs:
        await end.say("PCMA", dial(digits))
        return
    await end.say("PCMA", silence(0.2))
    await end.press(digits)
    await end.say("PCMA", silence(0.2))


def digits_at(end):
    return end.pressed() if EVENTS in end.session.codecs else heard(end.heard("PCMA"))


def dialled(site, trunk, direction, ours, theirs):
    """Both ends dial; what the carrier's end got, what the trunk's end got, and the session that the trunk was told."""

    async def scenario():
        offer, answer = (ours, theirs) if direction == OUT else (theirs, ours)
        async with talk(site, trunk, direction, offer, answer) as call:
            await asyncio.gather(dial_in(call.trunk, DIGITS["trunk"]), dial_in(call.carrier, DIGITS["carrier"]))
            await asyncio.sleep(0.3)
            return digits_at(call.carrier), digits_at(call.trunk), call.trunk.leg.body

    return asyncio.run(scenario())


@pytest.mark.parametrize("direction", BOTH_WAYS)
def test_events_pass_as_events(site, direction):
    *digits, _ = dialled(site, site.place(), direction, WITH, WITH)
    assert digits == list(DIGITS.values())


@pytest.mark.parametrize("direction", BOTH_WAYS)
def test_an_inband_trunk_sends_and_hears_tones(site, direction):
    *digits, told = dialled(site, site.place(dtmf="INBAND"), direction, WITHOUT, WITH)
    assert digits == list(DIGITS.values())
    assert EVENTS not in told


@pytest.mark.parametrize("direction", BOTH_WAYS)
def test_a_trunk_with_events_keeps_them_when_the_carrier_has_none(site, direction):
    *digits, told = dialled(site, site.place(), direction, WITH, WITHOUT)
    assert digits == list(DIGITS.values())
    assert EVENTS in told
