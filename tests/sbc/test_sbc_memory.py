"""The in-memory node through the portal's client: the rules, every fault, and how the client names the trouble."""

import time

import pytest

from sbc.client import Check, FailedSignIn, NodeClient, Registration, Rejected, Stale, Unavailable
from sbc.documents import Fence
from sbc.lab.samples import sample_answer, sample_contact, sample_number, sample_registered, sample_trunk

TRUNK = sample_trunk("T1", ["192.0.2.1"])
ONE = Fence(1, 0)


def test_put_read_list_delete(client):
    held = client.put(TRUNK, ONE)
    assert (held.hash, held.fence, held.present) == (TRUNK.hash, ONE, True)
    assert client.read("trunk", "T1") == held
    assert list(client.list("trunk")) == [held]
    assert client.status().counts == {"trunk": 1, "number": 0, "route": 0, "node": 0, "group": 0}
    assert not client.delete("trunk", "T1", Fence(2, 0)).present
    assert list(client.list("trunk")) == []
    assert client.read("number", "+13125550100") is None


def test_the_list_has_pages(client):
    numbers = [sample_number(f"+1312555{place:04}", "T1") for place in range(1005)]
    for number in numbers:
        client.put(number, ONE)
    assert [held.id for held in client.list("number")] == [number.id for number in numbers]


def test_refusals(client):
    client.put(TRUNK, Fence(2, 0))
    with pytest.raises(Stale) as stale:
        client.put(TRUNK, ONE)
    assert stale.value.reason == "StaleFence"
    with pytest.raises(Stale) as reused:
        client.put(sample_trunk("T1"), Fence(2, 0))
    assert reused.value.reason == "FenceReused"
    with pytest.raises(Rejected) as taken:
        client.put(sample_trunk("T2", ["192.0.2.1"]), ONE)
    assert taken.value.reason == "SourceHostTaken"
    with pytest.raises(Rejected) as bad:
        client.put(sample_trunk("T 3"), ONE)
    assert bad.value.reason == "BadDocument"


def test_a_wrong_token_and_nobody_there(memory_node):
    with pytest.raises(Rejected) as error:
        NodeClient(memory_node.url, "wrong").status()
    assert error.value.reason == "Unauthorized"
    with pytest.raises(Unavailable):
        NodeClient("http://127.0.0.1:9", "any").status()


def test_down(memory_node, client):
    memory_node.fault(down=True)
    for ask in (client.status, client.calls, lambda: client.put(TRUNK, ONE)):
        with pytest.raises(Unavailable):
            ask()
    memory_node.heal()
    assert client.read("trunk", "T1") is None


def test_slow(memory_node, client):
    memory_node.fault(slow=0.3)
    before = time.monotonic()
    assert client.put(TRUNK, ONE).present
    assert time.monotonic() - before >= 0.3


def test_hang(memory_node):
    memory_node.fault(hang=True)
    client = memory_node.client(timeout=0.2)
    with pytest.raises(Unavailable):
        client.put(TRUNK, ONE)


def test_applied_but_the_answer_is_lost(memory_node, client):
    memory_node.fault(apply_then_drop_reply=True)
    with pytest.raises(Unavailable):
        client.put(TRUNK, ONE)
    assert client.read("trunk", "T1").hash == TRUNK.hash
    memory_node.heal()
    assert client.put(TRUNK, ONE).hash == TRUNK.hash


def test_ok_but_not_applied(memory_node, client):
    memory_node.fault(ok_but_not_applied=True)
    assert client.put(TRUNK, ONE).hash == TRUNK.hash
    assert client.read("trunk", "T1") is None
    assert list(client.list("trunk")) == []


def test_keys_not_applied_is_seen_in_the_answer(memory_node, client):
    memory_node.fault(keys_not_applied=True)
    held = client.put(TRUNK, ONE)
    assert (held.present, held.hash == TRUNK.hash) == (False, False)
    memory_node.heal()
    assert client.put(TRUNK, ONE).hash == TRUNK.hash


def test_reject(memory_node, client):
    memory_node.fault(reject={"T1": "NoCapacity"})
    with pytest.raises(Rejected) as error:
        client.put(TRUNK, ONE)
    assert error.value.reason == "NoCapacity"
    assert client.put(sample_trunk("T2"), ONE).present


def test_restart_empty(memory_node, client):
    client.put(TRUNK, ONE)
    before = client.status()
    memory_node.fault(restart_empty=True)
    after = client.status()
    assert before.boot_id != after.boot_id
    assert after.counts["trunk"] == 0
    assert client.read("trunk", "T1") is None


def test_list_empty_once(memory_node, client):
    client.put(TRUNK, ONE)
    memory_node.fault(list_empty_once=True)
    assert list(client.list("trunk")) == []
    assert len(list(client.list("trunk"))) == 1


def test_calls(memory_node, client):
    memory_node.fault(calls={"T1": 3})
    assert client.calls() == {"T1": 3}


def test_registrations(memory_node, client):
    memory_node.fault(registrations=[sample_contact(f"T{place:04}") for place in range(1005)])

    found = list(client.registrations())

    assert len(found) == 1005
    assert found[7] == Registration(**sample_contact("T0007"))


def test_a_disabled_trunk_loses_its_registrations(memory_node, client):
    memory_node.fault(registrations=[sample_contact("T1"), sample_contact("T2")])
    client.put(sample_registered("T1", "secret", admin_status="DISABLED"), ONE)
    assert [found.trunk_id for found in client.registrations()] == ["T2"]


def test_failed_sign_ins(memory_node, client):
    memory_node.fault(failures={"T2/2001:db8::9": "n=1;last=1700000000;", "T1/192.0.2.8": "n=12;last=1700000600;"})

    found = client.failures()

    assert found.left_off == 0
    assert found.latest == (
        FailedSignIn("T1", "192.0.2.8", 12, 1_700_000_600),
        FailedSignIn("T2", "2001:db8::9", 1, 1_700_000_000),
    )


def test_of_very_many_failed_sign_ins_the_latest_are_told(memory_node, client):
    memory_node.fault(failures={f"T1/192.0.2.{n}": f"n=1;last={1_700_000_000 + n};" for n in range(1003)})

    found = client.failures()

    assert (len(found.latest), found.left_off) == (1000, 3)
    assert min(failure.last_at for failure in found.latest) == 1_700_000_003


def test_checks(memory_node, client):
    hosts = [("192.0.2.8", 5070), ("192.0.2.9", 5060), ("2001:db8::9", 5060), ("pbx.example.com", 0)]
    client.put(sample_trunk("T1", [], hosts, options=True), ONE)
    memory_node.fault(
        answers={
            "T1/192.0.2.8:5070": sample_answer(code=404),
            "T1/192.0.2.9:5060": sample_answer(code=408, answered=0, missed=4, silent=1),
            "T1/[2001:db8::9]:5060": sample_answer(code=408, answered=0, missed=1),
        }
    )

    checks = list(client.checks())

    assert [(check.host, check.port) for check in checks] == hosts
    assert [check.alive for check in checks] == [True, False, None, None]
    assert checks[0] == Check("T1", "192.0.2.8", 5070, True, 404, 4, 1_700_000_000, 1_700_000_000, 0)
    assert checks[3] == Check("T1", "pbx.example.com", 0, None, 0, 0, 0, 0, 0)


def test_the_journal_has_every_write(memory_node, client):
    before = len(memory_node.journal())
    client.put(TRUNK, Fence(4, 2))
    client.delete("trunk", "T1", Fence(5, 0))
    writes = memory_node.journal()[before:]
    assert [(write["method"], write["id"], write["generation"], write["epoch"]) for write in writes] == [
        ("PUT", "T1", 4, 2),
        ("DELETE", "T1", 5, 0),
    ]
