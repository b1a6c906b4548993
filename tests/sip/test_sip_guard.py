"""Noise from strangers is not answered, and does not disturb the calls of others."""

import re
import socket
import time

import pytest
from conftest import until

REQUEST = (
    "OPTIONS sip:13125551234@{node} SIP/2.0\r\nVia: SIP/2.0/UDP {local}:5098;branch=z9hG4bKguard{n}\r\n"
    "Max-Forwards: 70\r\nFrom: <sip:13125550100@{local}>;tag=g{n}\r\nTo: <sip:13125551234@{node}>\r\n"
    "Call-ID: guard-{local}-{n}\r\nCSeq: 1 OPTIONS\r\nUser-Agent: {agent}\r\n{more}Content-Length: 0\r\n\r\n"
)


def send(site, local, count=1, *, agent="PBX", more="", patience=0.5):
    """How many answers came."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind((local, 5098))
        answers = 0
        for n in range(count):
            text = REQUEST.format(node=site.node.address, local=local, n=n, agent=agent, more=more)
            phone.sendto(text.encode(), site.address)
            if n % 20 == 19:
                answers += heard(phone, 0.01)
        return answers + heard(phone, patience)


def heard(phone, patience):
    """The answers so far, read before they overflow the socket."""
    phone.settimeout(patience)
    answers = 0
    try:
        while phone.recv(65536):
            answers += 1
    except TimeoutError:
        return answers


@pytest.mark.parametrize("agent", ["friendly-scanner", "sipvicious", "SIPcli/v1.8"])
def test_a_scanner_hears_nothing(site, agent):
    local = site.net.customer(30100)

    assert send(site, local) == 1
    assert send(site, local, agent=agent) == 0
    assert send(site, local) == 1


def test_a_monster_hears_nothing(site):
    local = site.net.customer(30101)

    assert send(site, local, more=f"X-Long: {'x' * 20_000}\r\n") == 0
    assert send(site, local) == 1


def test_a_flood_is_cut_off_while_calls_pass_and_its_sender_is_heard_again_when_it_ends(site):
    trunk, local = site.place(), site.net.customer(30102)
    site.call(trunk)

    answers = send(site, local, count=3000)
    site.call(trunk)

    assert answers < 1500
    limit = time.monotonic() + 10
    while not send(site, local):
        assert time.monotonic() < limit, "still cut off 10 s after the flood"


def test_a_busy_trunk_is_no_flood(site):
    trunk = site.place(calls_per_second=75, channels=300)

    messages = site.call(trunk, calls=360, rate=60, hold_ms=300, seconds=40)

    until(lambda: len(site.records(trunk)) == 360)
    assert {record.code for record in site.records(trunk)} == {200}
    assert len(re.findall(r"^INVITE ", messages, re.MULTILINE)) < 370  # hardly any had to be sent twice
