"""Malformed and strange messages: the torture test of RFC 4475, from a stranger and from a trunk."""

import re
import socket

import pytest
from torture import INVALID, STRANGE, VALID

EVERY = VALID + INVALID + STRANGE


def final_answer(site, local, raw, patience=0.3, call_id=""):
    """Status and text of the final answer to a message; 0 for silence."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind((local, 5098))
        phone.settimeout(patience)
        phone.sendto(raw, site.address)
        try:
            while True:
                answer = phone.recv(65536).decode(errors="replace")
                late = call_id and "Call-ID: " in answer and call_id not in answer  # of an earlier message
                if answer.startswith("SIP/2.0 ") and not answer.startswith("SIP/2.0 1") and not late:
                    return int(answer.split()[1]), answer
        except TimeoutError:
            return 0, ""


@pytest.fixture(scope="module")
def caller(primary):
    """A trunk whose good calls pass beside."""
    return primary.place()


@pytest.mark.parametrize("known", [False, True], ids=["stranger", "trunk"])
@pytest.mark.parametrize("message", EVERY, ids=[message.name for message in EVERY])
def test_a_torture_message_is_answered_rightly_and_goes_no_further(site, caller, message, known):
    local = caller.source if known else site.net.customer(30300)

    status, text = final_answer(site, local, message.raw(site.node.address, f"{local}:5098"), call_id=message.name)

    assert status in message.answers, text
    assert site.carrier.trace(f"{message.name}.{local}:5098").seen == []


def test_after_the_torture_calls_pass_and_records_hold_numbers_only(site, caller):
    site.call(caller)

    written = [(record.caller, record.callee, record.callee_e164) for record in site.records(caller)]
    assert written
    assert all(re.fullmatch(r"\+?\d*", text) for texts in written for text in texts)
