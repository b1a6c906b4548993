"""Fax: a real page from a machine that speaks T.38 to one that speaks sound, and back; who may change to T.38."""

import asyncio
import random
from dataclasses import replace

import pytest
from talking import IN, OUT, talk

from sbc.lab.fax import WIDTH, SoundFax, T38Fax, read_page, write_page

SOUND = {"codecs": ("PCMA",)}
T38 = {"kind": "image", "transport": "udptl"}


def a_page(file):
    """Bars at random places: no two pages are alike."""
    chance = random.Random()
    rows = []
    for _ in range(12):
        left = chance.randrange(20, 150)
        row = bytes(left) + b"\xff" * chance.randrange(8, 60)
        rows += [row.ljust(WIDTH // 8, b"\0")[: WIDTH // 8]] * 8
    write_page(file, rows)
    return rows


async def page_received(site, trunk, sender, sent, received):
    """Whether a page comes through when the trunk's equipment changes to T.38 and the carrier's goes on with sound."""
    from_trunk = sender == "trunk"
    rows = a_page(sent)
    async with talk(site, trunk, OUT if from_trunk else IN, SOUND, SOUND) as call:
        ours, theirs = (sent, received) if from_trunk else (received, sent)
        fax = await T38Fax.open(trunk.source, ours, sends=from_trunk, remote=lambda: call.trunk.told.address)
        assert await call.trunk.change(address=fax.address, **T38) == 200
        assert (call.trunk.told.kind, call.carrier.told.kind) == ("image", "audio")
        stream, told = call.carrier.stream, call.carrier.told
        sound = SoundFax(theirs, sends=not from_trunk, stream=stream, remote=lambda: told.address)
        await asyncio.gather(fax.run(), sound.run())
        assert (fax.result, sound.result) == (0, 0)
    return read_page(received)[: len(rows)] == rows


def test_a_page_sent_is_the_page_received(site, tmp_path):
    """From a machine with T.38 to one without, and the other way round, at the same time."""

    async def scenario():
        return await asyncio.gather(
            *(
                page_received(
                    site,
                    site.place(fax="T38", codecs=("PCMA",)),
                    sender,
                    tmp_path / f"{sender}.tif",
                    tmp_path / f"{sender}.got",
                )
                for sender in ("trunk", "carrier")
            )
        )

    assert asyncio.run(scenario()) == [True, True]


async def change_to_t38(end):
    return (await end.leg.invite(str(replace(end.session, **T38)))).status


@pytest.mark.parametrize(
    ("fax", "status", "kind"), [("T38", 200, "image"), ("INBAND", 200, "audio"), ("NONE", 488, "audio")]
)
def test_the_carrier_changes_to_t38(site, fax, status, kind):
    trunk = site.place(fax=fax)

    async def scenario():
        async with talk(site, trunk, IN, SOUND, SOUND) as call:
            call.trunk.phone.answer = lambda invite: str(
                replace(call.trunk.session, **T38) if "m=image" in invite.body else call.trunk.session
            )
            assert await change_to_t38(call.carrier) == status
            assert call.trunk.told.kind == kind

    asyncio.run(scenario())


@pytest.mark.parametrize("fax", ["INBAND", "NONE"])
def test_a_trunk_without_t38_cannot_change_to_it(site, fax):
    trunk = site.place(fax=fax)

    async def scenario():
        async with talk(site, trunk, OUT, SOUND, SOUND) as call:
            assert await change_to_t38(call.trunk) == 488
            await call.speak()
            assert call.understood(), call.purity()

    asyncio.run(scenario())


@pytest.mark.parametrize("end", ["trunk", "carrier"])
def test_a_call_whose_other_end_does_not_want_t38_goes_on_as_sound(site, end):
    trunk = site.place(fax="T38")

    async def scenario():
        async with talk(site, trunk, OUT, SOUND, SOUND) as call:
            mine, other = (call.trunk, call.carrier) if end == "trunk" else (call.carrier, call.trunk)
            other.phone.answer = lambda _: 488
            assert await change_to_t38(mine) == 488
            await call.speak()
            assert call.understood(), call.purity()

    asyncio.run(scenario())


def test_after_the_fax_the_call_is_sound_again(site):
    trunk = site.place(fax="T38")

    async def scenario():
        async with talk(site, trunk, OUT, SOUND, SOUND) as call:
            assert await change_to_t38(call.trunk) == 200
            assert await call.trunk.change() == 200
            await call.speak()
            assert call.understood(), call.purity()

    asyncio.run(scenario())
