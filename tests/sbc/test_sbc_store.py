"""Fences, tombstones and ownership in the agent's store."""

import time

import pytest

from sbc.agent import store as store_module
from sbc.agent.render import Key
from sbc.agent.store import Refused, StaleFence, Store, prepare
from sbc.documents import Fence
from sbc.lab.samples import sample_number, sample_registered, sample_trunk

OLD, NEW = sample_trunk("T1", channels=1), sample_trunk("T1", channels=2)


@pytest.fixture
def store():
    return Store(":memory:")


def save(store, fence, document, kind="trunk", subject_id="T1"):
    store.save(kind, subject_id, Fence(*fence), document)


@pytest.mark.parametrize("first", [OLD, None], ids=["document", "tombstone"])
@pytest.mark.parametrize("second", [NEW, None], ids=["document", "tombstone"])
@pytest.mark.parametrize(("fence", "passes"), [((3, 5), True), ((4, 1), True), ((3, 3), False), ((2, 9), False)])
def test_only_what_is_newer_is_taken(store, first, second, fence, passes):
    save(store, (3, 4), first)
    if passes:
        save(store, fence, second)
        assert store.get("trunk", "T1").document == second
    else:
        with pytest.raises(StaleFence) as error:
            save(store, fence, second)
        assert error.value.reason == "StaleFence"
        assert store.get("trunk", "T1").document == first


@pytest.mark.parametrize(("first", "second"), [(OLD, NEW), (OLD, None), (None, NEW)])
def test_a_fence_is_used_for_one_thing_only(store, first, second):
    save(store, (1, 1), first)
    with pytest.raises(StaleFence) as error:
        save(store, (1, 1), second)
    assert error.value.reason == "FenceReused"


@pytest.mark.parametrize("document", [OLD, None])
def test_the_same_again_is_fine_and_changes_nothing(store, document):
    save(store, (1, 1), document)
    store.set_verified("trunk", "T1", "read", settled=True)
    save(store, (1, 1), document)
    assert store.get("trunk", "T1").verified == "read"


def test_deleting_what_was_never_there_fences_a_late_create(store):
    save(store, (2, 0), None)
    with pytest.raises(StaleFence):
        save(store, (1, 0), OLD)
    assert store.counts["trunk"] == 0


def test_a_tombstone_is_kept_for_thirty_days(store, monkeypatch):
    save(store, (2, 0), None)
    day = 24 * 3600
    now = time.time()
    monkeypatch.setattr(store_module.time, "time", lambda: now + 29 * day)
    store.forget_old_tombstones()
    assert store.get("trunk", "T1")
    monkeypatch.setattr(store_module.time, "time", lambda: now + 31 * day)
    store.forget_old_tombstones()
    assert store.get("trunk", "T1") is None


def test_a_source_host_has_one_owner(store):
    save(store, (1, 0), sample_trunk("T1", ["192.0.2.1"]))
    with pytest.raises(Refused) as error:
        save(store, (1, 0), sample_trunk("T2", ["192.0.2.2", "192.0.2.1"]), subject_id="T2")
    assert error.value.reason == "SourceHostTaken"
    assert store.get("trunk", "T2") is None
    assert store.owner(Key("source", "192.0.2.2")) is None


@pytest.mark.parametrize("leaving", [sample_trunk("T1", ["192.0.2.3"]), None])
def test_a_source_host_is_free_when_its_trunk_gives_it_up(store, leaving):
    save(store, (1, 0), sample_trunk("T1", ["192.0.2.1"]))
    save(store, (2, 0), leaving)
    assert Key("source", "192.0.2.1") in store.leftovers("trunk", "T1")
    save(store, (1, 0), sample_trunk("T2", ["192.0.2.1"]), subject_id="T2")
    assert store.owner(Key("source", "192.0.2.1")) == ("trunk", "T2")
    assert Key("source", "192.0.2.1") not in store.leftovers("trunk", "T1")


def test_counts_follow(store):
    save(store, (1, 0), sample_trunk("T1", ["192.0.2.1", "192.0.2.2"]))
    save(store, (1, 0), sample_number("+13125550100", "T1"), "number", "+13125550100")
    assert (store.counts["trunk"], store.counts["number"]) == (1, 1)
    assert store.sizes == {"source": 2, "trunk": 1, "number": 1}
    save(store, (2, 0), sample_trunk("T1", ["192.0.2.2"]))
    assert (store.counts["trunk"], store.sizes["source"]) == (1, 1)
    save(store, (3, 0), None)
    assert (store.counts["trunk"], store.sizes["source"], store.sizes["trunk"]) == (0, 0, 0)


def test_a_store_is_the_same_after_a_restart_and_another_when_lost(tmp_path):
    prepare(tmp_path)
    first = Store(tmp_path / "facts.db")
    save(first, (1, 0), sample_trunk("T1", ["192.0.2.1"]))
    save(first, (2, 0), None, "trunk", "T2")
    first.close()
    prepare(tmp_path)
    again = Store(tmp_path / "facts.db")
    assert again.boot_id == first.boot_id
    assert (again.counts, again.sizes) == (first.counts, first.sizes)
    assert again.get("trunk", "T2").document is None
    again.close()
    for file in tmp_path.glob("facts.db*"):
        file.unlink()
    assert Store(tmp_path / "facts.db").boot_id != first.boot_id


def test_pages_are_in_order_and_without_tombstones(store):
    for name in ("T3", "T1", "T2", "T4"):
        save(store, (1, 0), sample_trunk(name), subject_id=name)
    save(store, (2, 0), None, subject_id="T2")
    assert [row.id for row in store.page("trunk", "", 2)] == ["T1", "T3"]
    assert [row.id for row in store.page("trunk", "T3", 2)] == ["T4"]


def test_a_document_takes_away_only_what_is_still_its_own(store):
    key = Key("provider_key", "FRESHWORKS/ac12")
    trunk = sample_trunk("T1", provider="FRESHWORKS", provider_key="AC12")
    save(store, (1, 0), trunk)
    store._sql.execute("UPDATE fact SET kind = 'group', id = 'G1' WHERE place = 'provider_key'")

    save(store, (2, 0), sample_trunk("T1", provider="FRESHWORKS"))

    assert store.owner(key) == ("group", "G1")
    assert key not in store.leftovers("trunk", "T1")
    assert store.sizes["provider_key"] == 1


def test_a_user_name_has_one_owner(store):
    save(store, (1, 0), sample_registered("T1", "x", username="alice"))
    with pytest.raises(Refused) as error:
        save(store, (1, 0), sample_registered("T2", "x", username="alice"), subject_id="T2")
    assert error.value.reason == "KeyTaken"
