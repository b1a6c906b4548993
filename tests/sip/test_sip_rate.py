"""Calls per second: what is too much is refused, and what is far too much costs next to nothing."""

import re
import socket
import time
from contextlib import suppress
from itertools import count, islice

from conftest import until

INVITE = (
    "INVITE sip:{callee}@{node} SIP/2.0\r\nVia: SIP/2.0/UDP {local}:5096;branch=z9hG4bKrate{n}\r\nMax-Forwards: 70\r\n"
    "From: <sip:13125550100@{local}>;tag=r{n}\r\nTo: <sip:{callee}@{node}>\r\nCall-ID: rate-{local}-{n}\r\n"
    "CSeq: 1 INVITE\r\nContact: <sip:x@{local}:5096>\r\nContent-Length: 0\r\n\r\n"
)
NUMBERS = count(1)
TRIES = 5


def begin(site, local, callee, calls):
    """Begin so many calls, all of them early in one second; the reason of the refusal of each. What is not answered
    is sent again: a busy machine loses datagrams.
    """
    numbers = {f"rate-{local}-{n}": n for n in islice(NUMBERS, calls)}
    reasons = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        phone.bind((local, 5096))
        time.sleep(1 - time.time() % 1)
        for _ in range(TRIES):
            for n in [n for call_id, n in numbers.items() if call_id not in reasons]:
                text = INVITE.format(callee=callee, node=site.node.address, local=local, n=n)
                phone.sendto(text.encode(), site.address)
            hear(phone, reasons, calls)
    return list(reasons.values())


def hear(phone, reasons, calls):
    """Note the answers, until there are so many or no more comes."""
    phone.settimeout(1)
    with suppress(TimeoutError):
        while len(reasons) < calls:
            answer = phone.recv(65536).decode()
            if not answer.startswith("SIP/2.0 1"):
                why = re.search(r";why=([a-z-]+)", answer)
                reasons[re.search(r"Call-ID: (\S+)", answer)[1]] = why[1] if why else ""


def seconds(records):
    """Into how many seconds they fell: each of them has limits of its own."""
    return len({record.begun // 1000 for record in records})


def test_far_too_many_calls_are_all_refused_and_few_of_them_recorded(site):
    trunk = site.place(calls_per_second=2)

    answers = begin(site, trunk.source, "13125551404", 300)

    until(lambda: len(site.records(trunk)) >= 20)
    time.sleep(0.5)
    records = site.records(trunk)
    assert len(answers) == 300
    assert answers.count("rate-exceeded") >= 300 - 2 * seconds(records)
    assert 18 <= [record.why for record in records].count("rate-exceeded") <= 18 * seconds(records)
    time.sleep(1)
    site.call(trunk)


def test_calls_to_numbers_of_nobody_are_limited_by_where_they_come_from(site):
    trunk, callee = site.place(), "13125557777"

    def found():
        return [record for record in site.node.records() if record.callee == callee]

    answers = begin(site, site.net.carrier(1), callee, 300)
    assert site.call_in(trunk).status == 480  # nobody is there, but it was placed

    until(lambda: len(found()) >= 100)
    recorded = found()
    assert len(answers) == 300
    assert set(answers) <= {"number-unassigned", "rate-exceeded"}
    assert answers.count("rate-exceeded") >= 300 - 100 * seconds(recorded)
    assert {record.why for record in recorded} == {"number-unassigned"}
    assert len(recorded) <= 100 * seconds(recorded)


def test_many_calls_to_one_trunk_do_not_keep_others_from_being_called(site):
    trunk, other = site.place(calls_per_second=1), site.place()

    answers = begin(site, site.net.carrier(1), trunk.number, 200)
    assert site.call_in(other).status == 480

    records = site.records(trunk)
    assert len(answers) == 200
    assert answers.count("rate-exceeded") >= 200 - seconds(records)
    assert len(records) <= 10 * seconds(records)
