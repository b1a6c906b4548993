"""The lab's addresses, SIP messages and call records."""

import pytest

from sbc.lab.net import LabError, LabNet
from sbc.lab.records import read_records
from sbc.lab.samples import sample_line
from sbc.lab.sip import Address, Message, address_of


def test_a_net_has_a_part_for_everybody():
    net = LabNet.parse("127.90.0.0/16")
    assert (net.node(1), net.carrier(2), net.customer(1)) == ("127.90.1.1", "127.90.2.2", "127.90.128.1")
    assert str(net.customers) == "127.90.128.0/17"


@pytest.mark.parametrize("text", ["127.90.0.0/24", "10.0.0.0/16", "127.90.1.0/16", "::1/16", "lab", ""])
def test_what_is_no_lab_net(text):
    with pytest.raises(LabError):
        LabNet.parse(text)


def test_a_message_is_read_and_written():
    raw = "SIP/2.0 180 Ringing\r\nv: SIP/2.0/UDP a\r\nVia: SIP/2.0/UDP b\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
    message = Message.parse(raw)
    assert (message.status, message.method, message["call-id"]) == (180, "INVITE", "")
    assert message.all("via") == ["SIP/2.0/UDP a", "SIP/2.0/UDP b"]


@pytest.mark.parametrize("raw", ["", "\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"])
def test_noise_is_no_message(raw):
    with pytest.raises(ValueError):
        Message.parse(raw)


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        ("sip:1@192.0.2.1:5070", Address("192.0.2.1", 5070)),
        ('"A" <sip:192.0.2.1;lr>', Address("192.0.2.1", 5060)),
        ("<sip:1@[2001:db8::1]:5080>", Address("2001:db8::1", 5080)),
    ],
)
def test_where_a_uri_points(uri, address):
    assert address_of(uri) == address


def test_records_are_read_oldest_first(tmp_path):
    (tmp_path / "calls_1.log").write_text(sample_line("late", ended=30))
    (tmp_path / "calls_2.old").write_text(sample_line("early", ended=5))
    early, late = read_records(tmp_path)
    assert (early.call_id, late.call_id) == ("early", "late")
