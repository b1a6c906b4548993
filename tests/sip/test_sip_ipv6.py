"""A trunk with IPv6: calls between it and the carrier's IPv4, with sound."""

import asyncio
from dataclasses import dataclass

import pytest
from conftest import Place, Site
from talking import IN, OUT, talk

from sbc.lab.net import SIP_PORT
from sbc.lab.node import LabNode
from sbc.lab.samples import sample_number, sample_trunk
from sbc.lab.sip import Address

SIX = "::1"
NODE_SIX = Address(SIX, 5066)


@dataclass
class SiteSix(Site):
    """The node as equipment with IPv6 sees it."""

    @property
    def address(self):
        return NODE_SIX


@pytest.fixture(scope="module")
def sites(net, folder, carrier):
    """One node by its IPv4 and by its IPv6 address."""
    node = LabNode("six", net.node(6), folder / "6", 8300, "token", also_at=[str(NODE_SIX)])
    node.start()
    four, six = (kind(node, node.client(), net, folder, carrier) for kind in (Site, SiteSix))
    six._generations = four._generations
    yield {IN: four, OUT: six}
    four.client.close()
    six.client.close()
    node.stop()


@pytest.mark.parametrize("direction", [OUT, IN])
def test_a_call_passes_between_ipv6_and_ipv4(sites, direction):
    site, trunk = sites[direction], Place("six", SIX, [SIX], "13125551000")
    site.put(sample_trunk(trunk.id, [SIX], [(SIX, SIP_PORT)]))
    site.put(sample_number(f"+{trunk.number}", trunk.id))

    async def scenario():
        async with talk(site, trunk, direction) as call:
            await call.speak()
            assert call.understood(), call.purity()
            assert ":" in call.trunk.told.address.host
            assert ":" not in call.carrier.told.address.host

    asyncio.run(scenario())
