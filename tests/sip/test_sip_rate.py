"""Calls per second: what is too much is refused, and what is far too much costs next to nothing."""

import re
import socket
import time
from itertools import count

from conftest import until

INVITE = (
    "INVITE sip:{callee}@{node} SIP/2.0\r\nVia: SIP/2.0/UDP {local}:5096;branch=z9hG4bKrate{n}\r\nMax-Forwards: 70\r\n"
    "From: <sip:13125550100@{local}>;tag=r{n}\r\nTo: <sip:{callee}@{node}>\r\nCall-ID: rate-{local}-{n}\r\n"
    "CSeq: 1 INVITE\r\nContact: <sip:x@{local}:5096>\r\nContent-Length: 0\r\n\r\n"
)
NUMBERS = count(1)


def begin(site, local, callee, calls):
    """Begin so many calls, all of them early in one second; the reason of the refusal of each, by Call-ID."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        phone.bind((local, 5096))
        time.sleep(1 - time.time() % 1)
        for _ in range(calls):
            text = INVITE.format(callee=callee, node=site.node.address, local=local, n=next(NUMBERS))
            phone.sendto(text.encode(), site.address)
        return refusals(phone)


def refusals(phone):
    found = {}
    phone.settimeout(1)
    try:
        while True:
            answer = phone.recv(65536).decode()
            if not answer.startswith("SIP/2.0 1"):
                why = re.search(r";why=([a-z-]+)", answer)
                found[re.search(r"Call-ID: (\S+)", answer)[1]] = why[1] if why else ""
    except TimeoutError:
        return found


def test_far_too_many_calls_are_all_refused_and_few_of_them_recorded(site):
    trunk = site.place(calls_per_second=2)

    answers = begin(site, trunk.source, "13125551404", 300)

    assert len(answers) == 300
    assert list(answers.values()).count("rate-exceeded") >= 296
    until(lambda: len(site.records(trunk)) >= 20)
    time.sleep(0.5)
    reasons = [record.why for record in site.records(trunk)]
    assert 18 <= reasons.count("rate-exceeded") <= 36  # twice as many when they fell into two seconds
    time.sleep(1)
    site.call(trunk)


def test_calls_to_numbers_of_nobody_are_limited_by_where_they_come_from(site):
    trunk, callee = site.place(), "13125557777"

    answers = begin(site, site.net.carrier(1), callee, 300)
    assert site.call_in(trunk).status == 480  # nobody is there, but it was placed

    assert len(answers) == 300
    assert set(answers.values()) == {"number-unassigned", "rate-exceeded"}
    recorded = [record.why for record in site.node.records() if record.callee == callee]
    assert set(recorded) == {"number-unassigned"}
    assert 100 <= len(recorded) <= 200  # as many as fell into one second, or two


def test_many_calls_to_one_trunk_do_not_keep_others_from_being_called(site):
    trunk, other = site.place(calls_per_second=1), site.place()

    answers = begin(site, site.net.carrier(1), trunk.number, 200)
    assert site.call_in(other).status == 480

    assert list(answers.values()).count("rate-exceeded") >= 198
    assert len(site.records(trunk)) <= 20
