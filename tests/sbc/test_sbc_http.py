"""The agent's HTTP interface, word for word."""

import asyncio

import httpx
import pytest

from sbc.agent.contacts import Contact
from sbc.agent.http import create_app
from sbc.agent.node import Node
from sbc.agent.store import Store
from sbc.lab.samples import sample_contact, sample_trunk

TRUNK = sample_trunk("T1", ["192.0.2.1"])
BODY = {"generation": 1, "epoch": 0, "document": TRUNK.to_wire()}
PATH = "/v1/documents/trunk/T1"


class Http:
    """Requests to the service without a socket, with the token unless told otherwise."""

    def __init__(self, app):
        self._transport = httpx.ASGITransport(app)

    def request(self, method, path, token=b"Bearer secret", **options):
        async def ask():
            async with httpx.AsyncClient(transport=self._transport, base_url="http://agent") as client:
                return await client.request(method, path, headers={b"Authorization": token}, **options)

        return asyncio.run(ask())

    def get(self, path):
        return self.request("GET", path)

    def put(self, path, **options):
        return self.request("PUT", path, **options)


@pytest.fixture
def http(switch, contacts, certificates):
    return Http(create_app(Node(Store(":memory:"), switch, contacts, certificates), "secret"))


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Bearer secret2", "Basic secret", "Bearer sécret"])
def test_without_the_token_nothing_is_told(http, header):
    for method, path in (("GET", "/v1/status"), ("PUT", PATH), ("GET", "/nothing")):
        response = http.request(method, path, token=header.encode())
        assert (response.status_code, response.json()["reason"]) == (401, "Unauthorized")


def test_put_get_list_delete(http):
    held = {"kind": "trunk", "id": "T1", "generation": 1, "epoch": 0, "hash": TRUNK.hash, "present": True}
    assert http.put(PATH, json=BODY).json() == held
    assert http.get(PATH).json() == {"known": True, **held}
    assert http.get("/v1/documents/trunk").json() == {"documents": [held]}
    assert http.get("/v1/documents/trunk?after=T1&limit=5").json() == {"documents": []}
    gone = http.request("DELETE", PATH, json={"generation": 2, "epoch": 0}).json()
    assert gone == {**held, "generation": 2, "hash": "", "present": False}
    assert http.get(PATH).json() == {"known": True, **gone}
    assert http.get("/v1/documents/trunk").json() == {"documents": []}


def test_never_heard_of(http):
    assert http.get(PATH).json() == {"known": False}


def test_status_and_calls(http, switch):
    http.put(PATH, json=BODY)
    status = http.get("/v1/status").json()
    assert status.keys() == {"boot_id", "counts", "kamailio"}
    assert (status["counts"]["trunk"], status["kamailio"]) == (1, True)
    assert http.get("/v1/calls").json() == {"groups": {}}


def test_registrations_and_checks_have_pages(http, contacts):
    contacts.found = [Contact(**sample_contact(trunk_id)) for trunk_id in ("T1", "T2")]
    checked = sample_trunk("T3", [], [("192.0.2.9", 5060), ("192.0.2.8", 5060)], options=True)
    http.put("/v1/documents/trunk/T3", json=BODY | {"document": checked.to_wire()})

    first, rest = (http.get(f"/v1/registrations?limit=1&after={after}").json() for after in ("", "uloc-T1"))
    assert first == {"registrations": [sample_contact("T1")]}
    assert rest == {"registrations": [sample_contact("T2")]}
    ids = [check["id"] for check in http.get("/v1/checks").json()["checks"]]
    assert ids == ["T3/192.0.2.8:5060", "T3/192.0.2.9:5060"]
    assert len(http.get(f"/v1/checks?after={ids[0]}").json()["checks"]) == 1


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        ({"generation": 0}, 409, "StaleFence"),
        ({"document": sample_trunk("T1").to_wire()}, 409, "FenceReused"),
        ({"generation": "1"}, 422, "BadRequest"),
        ({"generation": -1}, 422, "BadRequest"),
        ({"epoch": True}, 422, "BadRequest"),
        ({"epoch": None}, 422, "BadRequest"),
        ({"generation": 2, "document": None}, 422, "BadDocument"),
        ({"generation": 2, "document": {"format": 99}}, 422, "BadDocument"),
        ({"generation": 2, "document": sample_trunk("T9").to_wire()}, 422, "BadDocument"),
    ],
)
def test_refusals(http, change, code, reason):
    http.put(PATH, json=BODY)
    response = http.put(PATH, json=BODY | change)
    assert (response.status_code, response.json()["reason"]) == (code, reason)
    assert response.json()["message"]


@pytest.mark.parametrize("content", [b"", b"[]", b"7", b"{", b"\xff", b"{}"])
def test_a_body_that_is_no_write(http, content):
    assert http.put(PATH, content=content).json()["reason"] == "BadRequest"


def test_kamailio_down(http, switch):
    switch.off = True
    response = http.put(PATH, json=BODY)
    assert (response.status_code, response.json()["reason"]) == (503, "KamailioUnavailable")
    assert http.get(PATH).status_code == 503
    assert http.get("/v1/status").json()["kamailio"] is False


def test_while_kamailio_is_down_nothing_is_known_about_registrations(http, switch, contacts):
    contacts.found = [Contact(**sample_contact("T1"))]
    switch.off = True

    assert http.get("/v1/registrations").status_code == 503
