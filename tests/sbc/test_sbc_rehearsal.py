"""A rehearsal on its way from Kamailio to the portal; the in-memory node says what follows from documents."""

import pytest

from sbc.client import Rejected
from sbc.documents import Fence, PeerNodes
from sbc.lab.samples import (
    sample_contact,
    sample_entry,
    sample_node,
    sample_number,
    sample_registered,
    sample_route,
    sample_trunk,
)
from sbc.rehearsal import ELSEWHERE, PASSED_OVER, TRY, Rehearsal, RehearsedEntry

NUMBER, CALLER = "+13125550100", "+13125559999"


def put(client, *documents):
    for document in documents:
        client.put(document, Fence(1, 0))


def test_what_kamailio_writes_is_read_in_the_order_of_the_entries():
    text = "refused=-|2 PASSED_OVER channels-busy -|3 TRY - 192.0.2.1:5060,pbx.example.com|1 ELSEWHERE - 192.0.2.77"

    assert Rehearsal.read(text) == Rehearsal(
        "",
        (
            RehearsedEntry(1, ELSEWHERE, "", ("192.0.2.77",)),
            RehearsedEntry(2, PASSED_OVER, "channels-busy", ()),
            RehearsedEntry(3, TRY, "", ("192.0.2.1:5060", "pbx.example.com")),
        ),
    )
    assert Rehearsal.read("refused=number-unassigned") == Rehearsal("number-unassigned", ())
    assert Rehearsal.from_wire(Rehearsal.read(text).to_wire()) == Rehearsal.read(text)


@pytest.mark.parametrize("text", ["", "refused=-|1 TRY -", "refused=-|one TRY - -"])
def test_half_an_answer_is_none(text):
    with pytest.raises(ValueError):
        Rehearsal.read(text)


def test_the_in_memory_node_says_what_follows_from_its_documents(client, memory_node):
    put(
        client,
        sample_node(("192.0.2.30", 5060), peers=[PeerNodes("FRANKFURT", ("192.0.2.77",))]),
        sample_trunk("T1", [], [("192.0.2.1", 5060), ("192.0.2.2", 5060)]),
        sample_trunk("T2", admin_status="DISABLED"),
        sample_trunk("T3", channels=0),
        sample_registered("R1", "secret"),
        sample_registered("R2", "secret"),
    )
    memory_node.fault(registrations=[sample_contact("R1")])
    trunks = [sample_entry(trunk_id) for trunk_id in ("T1", "T2", "T3", "R1", "R2", "T9")]
    elsewhere = [sample_entry("T8", data_centre=name) for name in ("FRANKFURT", "LONDON")]
    put(client, sample_route("A", *trunks, *elsewhere, sample_entry(phone="+13125550177")))
    put(client, sample_number(NUMBER, route_id="A"))

    assert client.rehearse(NUMBER, CALLER) == Rehearsal(
        "",
        (
            RehearsedEntry(1, TRY, "", ("192.0.2.1:5060", "192.0.2.2:5060")),
            RehearsedEntry(2, PASSED_OVER, "trunk-disabled", ()),
            RehearsedEntry(3, PASSED_OVER, "channels-busy", ()),
            RehearsedEntry(4, TRY, "", ("192.0.2.5:5060",)),
            RehearsedEntry(5, PASSED_OVER, "not-registered", ()),
            RehearsedEntry(6, PASSED_OVER, "trunk-disabled", ()),
            RehearsedEntry(7, ELSEWHERE, "", ("192.0.2.77",)),
            RehearsedEntry(8, PASSED_OVER, "data-centre-unreachable", ()),
            RehearsedEntry(9, TRY, "", ("192.0.2.30:5060",)),
        ),
    )


def test_the_in_memory_node_rehearses_an_edit_and_a_number_with_a_trunk(client):
    put(client, sample_trunk("T1", [], [("192.0.2.1", 5060)]), sample_trunk("T2", [], [("192.0.2.2", 5060)]))
    put(client, sample_number(NUMBER, "T1"))

    assert client.rehearse(NUMBER, "").entries == (RehearsedEntry(1, TRY, "", ("192.0.2.1:5060",)),)
    edited = client.rehearse(NUMBER, "", sample_route("A", sample_entry("T2")))
    assert edited.entries == (RehearsedEntry(1, TRY, "", ("192.0.2.2:5060",)),)
    assert client.rehearse("+13125550101", "").refused == "number-unassigned"


@pytest.mark.parametrize(("number", "caller"), [("13125550100", CALLER), (NUMBER, "alice"), (NUMBER, "+1\r\nX: y")])
def test_what_is_no_number_is_refused(client, number, caller):
    with pytest.raises(Rejected):
        client.rehearse(number, caller)


@pytest.mark.parametrize("question", [None, [], {}, {"number": NUMBER}, {"number": 1, "caller": "", "route": None}])
def test_what_is_no_question_is_refused(client, question):
    with pytest.raises(Rejected):
        client._call("POST", "/v1/rehearse", json=question)
