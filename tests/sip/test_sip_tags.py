"""Tags of From and To: they become words of what RTPengine is told, so that nothing but a word may be in them."""

import asyncio

import pytest
from conftest import until_equal
from parties import CALLEE, Party

from sbc.lab.net import SIP_PORT
from sbc.lab.sip import Address


async def call_with_tags(site, trunk, callers, callees="plain"):
    """The answer to a call whose two ends have these tags; answered calls are hung up."""
    gateway = Address(site.net.carrier(4), SIP_PORT)
    site.gateways(gateway.host)
    async with (
        Party(Address(trunk.source, 5090), site.address, tag=callers) as caller,
        Party(gateway, site.address, tag=callees) as callee,
    ):
        answer = await caller.call(CALLEE)
        if answer and answer.status == 200:
            await caller.ask("BYE")
        return answer, callee.heard


@pytest.mark.parametrize("tag", ['"a b"', '"x call-id=other from-tag=other y"', "a\tb"])
def test_a_call_whose_tag_is_no_word_is_refused_before_rtpengine_hears_of_it(site, tag):
    trunk, before = site.place(), set(site.node.sessions())

    answer, heard = asyncio.run(call_with_tags(site, trunk, tag))

    assert answer.status == 400
    assert heard == []
    assert set(site.node.sessions()) == before


@pytest.mark.parametrize("tag", ['"a b"', '"x call-id=other from-tag=other y"'])
def test_an_answer_whose_tag_is_no_word_is_none(site, tag):
    trunk, before = site.place(), set(site.node.sessions())

    answer, heard = asyncio.run(call_with_tags(site, trunk, "plain", tag))

    assert answer is None or answer.status >= 400
    assert heard
    until_equal(lambda: site.up(trunk), 0)
    until_equal(lambda: set(site.node.sessions()) - before, set())


def test_tags_with_every_letter_that_sip_allows_pass_and_leave_no_session(site):
    trunk, before = site.place(), set(site.node.sessions())

    answer, _heard = asyncio.run(call_with_tags(site, trunk, "a-.!%*_+`'~1", "B-.!%*_+`'~2"))

    assert answer.status == 200
    until_equal(lambda: set(site.node.sessions()) - before, set())
