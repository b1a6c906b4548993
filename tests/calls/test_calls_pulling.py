"""Each record of each node becomes one row, whoever pulls at once, dies in between, or loses its numbers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.db.models.functions import Now

from calls import pulling
from calls.models import Call, NodeCursor
from calls.pulling import pull, pull_calls, pull_page
from provisioning import sweeps
from provisioning.models import DataCentre, SbcNode
from sbc.lab.samples import sample_record
from tests.provisioning.scene import Nodes
from trunks.models import Trunk

MS = 1_700_000_000_000


@pytest.fixture
def trunk(order: Callable[[], Trunk]) -> Trunk:
    return order()


@pytest.fixture
def primary(new_york: DataCentre) -> SbcNode:
    return new_york.nodes.get(role="PRIMARY")


def records(trunk: Trunk, *numbers: int, **changes) -> list[dict]:
    return [sample_record(f"{number}@pbx", trunk=str(trunk.pk), begun=MS + number, **changes) for number in numbers]


def pull_now(node: SbcNode) -> None:
    NodeCursor.objects.filter(node=node).update(next_at=None)
    pull(node)


def call_ids() -> list[str]:
    return list(Call.objects.order_by("sequence").values_list("call_id", flat=True))


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(pulling, "PAGE", 2)


class Died(BaseException):
    """Nothing after this happens."""


@contextmanager
def dying(monkeypatch, where: str) -> Iterator[None]:
    """The worker falls when it comes to this function of `calls.pulling`."""

    def fall(*_arguments):
        raise Died

    with monkeypatch.context() as patch, suppress(Died):
        patch.setattr(pulling, where, fall)
        yield
        pytest.fail(f"it never came to {where}")


@pytest.mark.django_db
def test_a_record_becomes_a_row_with_everything_in_it(nodes: Nodes, trunk: Trunk, primary: SbcNode) -> None:
    nodes.primary.fault(records=records(trunk, 1))

    pull(primary)

    call = Call.objects.get()
    assert (call.node, call.data_centre, call.store, call.sequence) == (primary, primary.data_centre, "memory", 1)
    assert (call.account_id, call.trunk_id, call.trunk_name) == (trunk.account_id, trunk.pk, trunk.name)
    assert (call.plan, call.direction, call.caller, call.callee_e164) == (
        "METERED",
        "outbound",
        "13125550100",
        "+442071838750",
    )
    assert (call.caller_country, call.callee_country) == ("US", "GB")
    assert (call.code, call.why, call.hop, call.tried, call.hung_up) == (200, "", "192.0.2.9:5060", 1, "caller")
    assert (call.codec, call.loss, call.jitter, call.mos) == ("PCMA", Decimal("0.2"), Decimal("4.1"), Decimal("4.3"))
    assert call.begun_at.timestamp() == 1_700_000_000.001
    assert call.answered_at is not None
    assert call.duration_ms == 62500
    assert call.ended_at == call.answered_at + timedelta(milliseconds=62500)


@pytest.mark.django_db
def test_each_record_is_pulled_once_in_as_many_pages_as_it_takes(
    nodes: Nodes, trunk: Trunk, primary: SbcNode, small_pages
) -> None:
    nodes.primary.fault(records=records(trunk, 1, 2, 3))
    pull_now(primary)
    nodes.primary.fault(records=records(trunk, 1, 2, 3, 4, 5, 6, 7))
    pull_now(primary)
    pull_now(primary)

    assert call_ids() == [f"{number}@pbx" for number in range(1, 8)]
    assert NodeCursor.objects.get(node=primary).sequence == 7


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["read_records", "rows_of", "_move"])
@pytest.mark.usefixtures("small_pages")
def test_a_worker_that_dies_loses_and_doubles_nothing(
    nodes: Nodes, trunk: Trunk, primary: SbcNode, monkeypatch, where: str
) -> None:
    nodes.primary.fault(records=records(trunk, 1, 2, 3))
    with dying(monkeypatch, where):
        pull(primary)
    before = NodeCursor.objects.get(node=primary).sequence, Call.objects.count()

    pull_now(primary)

    assert before == (0, 0)
    assert call_ids() == ["1@pbx", "2@pbx", "3@pbx"]


@pytest.mark.django_db(transaction=True)
def test_many_workers_that_pull_at_once_count_nothing_twice(
    nodes: Nodes, trunk: Trunk, primary: SbcNode, small_pages
) -> None:
    nodes.primary.fault(records=records(trunk, *range(1, 31)))
    NodeCursor.objects.create(node=primary)
    start = threading.Barrier(4)

    def work(_worker: int) -> None:
        start.wait()
        try:
            while pull_page(primary):
                pass
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    assert call_ids() == [f"{number}@pbx" for number in range(1, 31)]
    assert NodeCursor.objects.get(node=primary).sequence == 30


@pytest.mark.django_db
def test_who_comes_second_with_an_old_page_leaves_the_cursor_alone(
    nodes: Nodes, trunk: Trunk, primary: SbcNode, monkeypatch
) -> None:
    nodes.primary.fault(records=records(trunk, 1))
    asked = pulling.read_records

    def read_slowly(*arguments):
        page = asked(*arguments)
        monkeypatch.setattr(pulling, "read_records", asked)
        nodes.primary.fault(records=records(trunk, 1, 2))
        pull_now(primary)
        return page

    NodeCursor.objects.create(node=primary)
    monkeypatch.setattr(pulling, "read_records", read_slowly)
    pull_page(primary)

    assert call_ids() == ["1@pbx", "2@pbx"]
    assert NodeCursor.objects.get(node=primary).sequence == 2


@pytest.mark.django_db
def test_a_node_that_lost_its_records_is_read_from_the_start_and_nothing_is_counted_twice(
    nodes: Nodes, trunk: Trunk, primary: SbcNode
) -> None:
    nodes.primary.fault(records=records(trunk, 1, 2))
    pull_now(primary)
    # The files that Kamailio wrote were still there, so the new store begins with a call that we have.
    nodes.primary.fault(records=records(trunk, 2, 3), record_store="new")
    pull_now(primary)
    pull_now(primary)

    assert sorted(Call.objects.values_list("call_id", "store", "sequence")) == [
        ("1@pbx", "memory", 1),
        ("2@pbx", "memory", 2),
        ("3@pbx", "new", 2),
    ]
    cursor = NodeCursor.objects.get(node=primary)
    assert (cursor.store, cursor.sequence) == ("new", 2)


@pytest.mark.django_db
def test_the_same_call_through_both_nodes_and_both_ways_is_a_leg_each(
    nodes: Nodes, trunk: Trunk, new_york: DataCentre
) -> None:
    both = records(trunk, 1) + records(trunk, 1, direction="inbound", leg="another")
    for node in (nodes.primary, nodes.backup):
        node.fault(records=both)

    for row in new_york.nodes.all():
        pull(row)

    assert Call.objects.count() == 4


@pytest.mark.django_db
def test_calls_of_which_only_the_end_of_a_long_call_id_differs_are_two(
    nodes: Nodes, trunk: Trunk, primary: SbcNode
) -> None:
    nodes.primary.fault(records=[sample_record("x" * 300 + end, trunk=str(trunk.pk)) for end in "12"])

    pull(primary)

    assert Call.objects.count() == 2


@pytest.mark.django_db
def test_a_page_that_the_database_refuses_half_way_is_pulled_again_as_a_whole(
    nodes: Nodes, trunk: Trunk, primary: SbcNode
) -> None:
    nodes.primary.fault(records=records(trunk, 1, 2, 3))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE calls_call ADD CONSTRAINT trouble CHECK (call_id <> '2@pbx')")
    with pytest.raises(IntegrityError):
        pull(primary)
    before = NodeCursor.objects.get(node=primary).sequence, Call.objects.count()

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE calls_call DROP CONSTRAINT trouble")
    pull_now(primary)

    assert before == (0, 0)
    assert call_ids() == ["1@pbx", "2@pbx", "3@pbx"]


@pytest.mark.django_db
def test_a_call_of_a_trunk_that_was_deleted_meanwhile_is_still_its_accounts(
    nodes: Nodes, trunk: Trunk, primary: SbcNode
) -> None:
    Trunk.objects.filter(pk=trunk.pk).update(gone_at=Now(), withdrawn_at=Now())
    nodes.primary.fault(records=records(trunk, 1))

    pull(primary)

    call = Call.objects.get()
    assert (call.account_id, call.trunk_name) == (trunk.account_id, trunk.name)


@pytest.mark.django_db
@pytest.mark.parametrize("named", ["", "T1", "5b8ee5f2-3c1c-4f0e-9d52-1f0c7f6ad9a3", "x" * 300])
def test_a_call_of_a_trunk_that_nobody_knows_is_kept_for_staff(
    nodes: Nodes, trunk: Trunk, primary: SbcNode, named: str
) -> None:
    nodes.primary.fault(records=[sample_record("1", trunk=named)])

    pull(primary)

    call = Call.objects.get()
    assert (call.account_id, call.trunk_id, call.plan, call.trunk_name) == (None, None, "", named[:128])


@pytest.mark.django_db
def test_whatever_stands_in_a_record_it_holds_up_nobody(nodes: Nodes, trunk: Trunk, primary: SbcNode) -> None:
    odd = sample_record(
        "a\0b" * 200,
        caller="\0\u202e" + "9" * 300,
        direction="sideways",
        begun=10**18,
        answered=-5,
        code=99_999,
        tried=-1,
        hung_up="nobody",
        seconds=1e18,
        mos=10**9,
        loss=10**9,
    )
    nodes.primary.fault(records=[odd, *records(trunk, 2)])

    pull(primary)

    assert Call.objects.count() == 2


@pytest.mark.django_db
def test_what_nobody_measured_is_not_known(nodes: Nodes, trunk: Trunk, primary: SbcNode) -> None:
    nodes.primary.fault(records=records(trunk, 1, mos=0, loss=0, jitter=0, codec="", rang=0, answered=0))

    pull(primary)

    call = Call.objects.get()
    assert (call.mos, call.loss, call.jitter, call.codec) == (None, None, None, "")
    assert (call.rang_at, call.answered_at, call.duration_ms) == (None, None, 0)


@pytest.mark.django_db(transaction=True)
def test_the_sweep_pulls_and_a_dead_node_delays_nobody(
    nodes: Nodes, trunk: Trunk, new_york: DataCentre, settings
) -> None:
    settings.NODE_TIMEOUT_SECONDS = 0.2
    nodes.primary.fault(down=True)
    nodes.backup.fault(records=records(trunk, 1))

    sweeps.sweep()

    assert call_ids() == ["1@pbx"]
    silent, good = (new_york.nodes.get(role=role).call_cursor for role in ("PRIMARY", "BACKUP"))
    assert (silent.failures, good.failures, good.sequence) == (1, 0, 1)


@pytest.mark.django_db
def test_a_silent_node_is_asked_more_and_more_rarely_until_it_answers(
    nodes: Nodes, trunk: Trunk, primary: SbcNode
) -> None:
    nodes.primary.fault(down=True, records=records(trunk, 1))
    pauses = []
    for _attempt in range(3):
        pull_now(primary)
        cursor = NodeCursor.objects.annotate(now=Now()).get(node=primary)
        assert cursor.next_at is not None
        pauses.append(cursor.next_at - cursor.now)
    pull(primary)
    nodes.primary.fault(down=False)
    pull(primary)
    before = Call.objects.count()
    pull_now(primary)

    assert pauses[0] < pauses[1] < pauses[2]
    assert (before, Call.objects.count()) == (0, 1)
    assert NodeCursor.objects.get(node=primary).failures == 0


@pytest.mark.django_db(transaction=True)
def test_a_node_that_was_asked_a_moment_ago_is_left_alone(nodes: Nodes, trunk: Trunk, new_york: DataCentre) -> None:
    pull_calls()
    nodes.primary.fault(records=records(trunk, 1))
    pull_calls()

    assert call_ids() == []
