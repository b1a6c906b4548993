"""Which loopback address plays which part. A lab takes one /16 of 127/8."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Network

SIP_PORT = 5060
TLS_PORT = 5061
_FIRST, _LAST = 64, 126  # candidates 127.64/16 to 127.126/16


class LabError(Exception):
    """The lab cannot do what was asked; the text says what a person can do about it."""


@dataclass(frozen=True, slots=True)
class LabNet:
    """The addresses of one lab: nodes x.1.*, carriers x.2.*, a name server x.3.1, the other half for customers."""

    network: IPv4Network

    @classmethod
    def parse(cls, text: str) -> LabNet:
        """From "127.77.0.0/16". Raises LabError for anything but a /16 of 127/8."""
        try:
            network = IPv4Network(text)
        except ValueError as error:
            raise LabError(f"{text!r} is not a network: {error}") from error
        if network.prefixlen != 16 or not network.is_loopback:  # noqa: PLR2004 - said in the message
            raise LabError(f"{text} is not a /16 of 127.0.0.0/8")
        return cls(network)

    @classmethod
    def of(cls, address: str) -> LabNet:
        """The lab that an address belongs to."""
        return cls(IPv4Network(f"{address}/16", strict=False))

    def node(self, place: int) -> str:
        """The address of a node, counted from 1."""
        return str(self.network[256 + place])

    def valkey(self, pair: int) -> str:
        """The address of the Valkey of a node pair, counted from 1."""
        return str(self.network[256 + 128 + pair])

    def carrier(self, place: int) -> str:
        """The address of a carrier gateway, counted from 1."""
        return str(self.network[512 + place])

    @property
    def name_server(self) -> str:
        """The address of the lab's name server."""
        return str(self.network[769])

    @property
    def customers(self) -> IPv4Network:
        """Where customers' equipment lives."""
        return IPv4Network((int(self.network.network_address) + 0x8000, 17))

    def customer(self, place: int) -> str:
        """The address of a customer's host, counted from 1."""
        return str(self.customers[place])


def first_free_net(start: int = _FIRST) -> LabNet:
    """The first /16 from 127.`start` on whose first node address nobody listens yet."""
    for second in range(start, _LAST + 1):
        net = LabNet.parse(f"127.{second}.0.0/16")
        if is_free(net.node(1)):
            return net
    raise LabError(f"every lab network from 127.{start} to 127.{_LAST} is taken")


def is_free(address: str, port: int = SIP_PORT) -> bool:
    """Whether a SIP server could listen there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True
