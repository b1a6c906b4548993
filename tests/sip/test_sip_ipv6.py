"""A trunk with IPv6: calls between it and the carrier's IPv4, with sound.

A machine has one loopback address of IPv6, which labs share: each takes ports of its own.
"""

import asyncio
import socket
from dataclasses import dataclass

import pytest
from conftest import Place, Site
from talking import IN, OUT, talk

from sbc.lab.node import LabNode
from sbc.lab.rtpengine import FIRST_PORT
from sbc.lab.samples import sample_number
from sbc.lab.sip import address_of

SIX = "::1"
FEW = 38  # some for each of 256 labs


def free_port():
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        probe.bind((SIX, 0))
        return probe.getsockname()[1]


def media_ports(net):
    """Few for each lab: RTPengine takes the first ones, whether another one has them or not."""
    first = FIRST_PORT + FEW * net.network.network_address.packed[1]
    return first, first + FEW - 1


@dataclass
class SiteSix(Site):
    """The node as equipment with IPv6 sees it."""

    @property
    def address(self):
        return address_of(f"sip:{self.node.also_at[0]}")


@pytest.fixture(scope="module")
def sites(net, folder, carrier):
    """One node by its IPv4 and by its IPv6 address."""
    at, ports = f"[{SIX}]:{free_port()}", media_ports(net)
    node = LabNode("six", net.node(6), folder / "6", 8300, "token", also_at=[at], media_ports=ports)
    node.start()
    four, six = (kind(node, node.client(), net, folder, carrier) for kind in (Site, SiteSix))
    six._generations = four._generations
    yield {IN: four, OUT: six}
    four.client.close()
    six.client.close()
    node.stop()


@pytest.mark.parametrize("direction", [OUT, IN])
def test_a_call_passes_between_ipv6_and_ipv4(sites, direction):
    site, trunk = sites[direction], Place("six", SIX, [SIX], "13125551000", free_port())
    site.change(trunk)
    site.put(sample_number(f"+{trunk.number}", trunk.id))

    async def scenario():
        async with talk(site, trunk, direction) as call:
            await call.speak()
            assert call.understood(), call.purity()
            assert ":" in call.trunk.told.address.host
            assert ":" not in call.carrier.told.address.host

    asyncio.run(scenario())
