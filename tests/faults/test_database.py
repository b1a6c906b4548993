"""F25: PostgreSQL dies in the middle, in a cluster of our own: what was not committed is asked for again."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.test import Client

from accounts.models import Account
from portal.launcher.embedded import Postgres
from portal.launcher.state import State, var_folder
from portal.launcher.supervisor import ProgramService
from provisioning import engine
from provisioning.enums import Status, Step
from provisioning.models import Operation
from tests.factories import make_account, make_address, make_member, make_specification, open_data_centre, order_trunk
from tests.provisioning.scene import newest, wait_until, work_on
from tests.trunks.conftest import complete_answers
from tests.trunks.test_wizard import fill, fingerprint, pay_url
from tests.world import assert_world_consistent
from trunks.models import Trunk

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


class Cluster:
    """A PostgreSQL that keeps what was committed; SIGQUIT is its immediate shutdown."""

    def __init__(self, state: State) -> None:
        server = Postgres(state)
        program = replace(server.program(), stop_signal=signal.SIGQUIT)
        self._service = ProgramService(program, ready=server.is_ready, prepare=server.prepare)
        self._service.start()
        self.address = {"NAME": "trunkline", "USER": "trunkline", "PASSWORD": state.password(), "PORT": ""}
        self.address |= {"HOST": str(state.sockets()), "OPTIONS": {}}

    def restart(self) -> None:
        """As `pg_ctl restart -m immediate`: every connection breaks, the log is replayed."""
        self.stop()
        self._service.start()
        connection.close()

    def stop(self) -> None:
        self._service.stop()


@pytest.fixture(scope="module")
def prepared_cluster(django_db_setup, django_db_blocker) -> Iterator[Cluster]:
    """Running, with our tables."""
    var_folder().mkdir(parents=True, exist_ok=True)
    state = State.at(Path(tempfile.mkdtemp(prefix="cluster-", dir=var_folder())))
    cluster = Cluster(state)
    with django_db_blocker.unblock(), connected_to(cluster):
        call_command("migrate", verbosity=0)
    yield cluster
    cluster.stop()
    state.forget_sockets()
    shutil.rmtree(state.folder, ignore_errors=True)


@pytest.fixture
def cluster(prepared_cluster, nodes, transactional_db) -> Iterator[Cluster]:
    """Empty; Django uses it instead of the database of the other tests."""
    with connected_to(prepared_cluster):
        call_command("flush", interactive=False, verbosity=0)
        yield prepared_cluster


@contextmanager
def connected_to(cluster: Cluster) -> Iterator[None]:
    usual = dict(connection.settings_dict)
    use(cluster.address)
    try:
        yield
    finally:
        use(usual)


def use(address) -> None:
    connection.close()
    connection.settings_dict.update(address)
    ContentType.objects.clear_cache()


def in_a_thread(pool, act):
    """Run it on a connection of its own."""

    def run():
        try:
            return act()
        except OperationalError as broken:
            return broken
        finally:
            connection.close()

    return pool.submit(run)


def test_f25_an_order_that_is_lost_with_the_database_can_be_sent_again(cluster, nodes):
    place = open_data_centre("NEW_YORK", primary=nodes.primary.url, backup=nodes.backup.url)
    account = make_account("Alice")
    alice = Client(raise_request_exception=False)
    alice.force_login(make_member(account), backend="django.contrib.auth.backends.ModelBackend")
    draft = fill(alice, complete_answers(place, make_address(account)))
    offer = fingerprint(alice, draft)

    with ThreadPoolExecutor(1) as pool:
        with suppress(OperationalError), transaction.atomic():
            Account.objects.select_for_update().get(pk=account.pk)
            paying = in_a_thread(pool, lambda: alice.post(pay_url(draft), {"seen": offer}))
            wait_until(somebody_waits_for_a_lock)
            cluster.restart()
        answer = paying.result()
    connection.close()

    assert answer.status_code == 503
    assert not Trunk.objects.exists()
    again = alice.post(pay_url(draft), {"seen": offer})
    trunk = Trunk.objects.get()
    assert (again.status_code, draft_leads_to(alice, draft, offer)) == (303, again["Location"])
    assert work_on(trunk).status == Status.SUCCESS
    assert_world_consistent(orders=[trunk.pk])


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


def draft_leads_to(client, draft, offer):
    return client.post(pay_url(draft), {"seen": offer})["Location"]


def test_f25_a_worker_that_loses_the_database_in_the_middle_is_replaced(cluster, nodes):
    place = open_data_centre("NEW_YORK", primary=nodes.primary.url, backup=nodes.backup.url)
    trunk = order_trunk(make_account("Alice"), make_specification(place))
    operation = newest(trunk)
    nodes.backup.fault(hang=True)

    with ThreadPoolExecutor(1) as pool:
        working = in_a_thread(pool, lambda: engine.run(operation.pk))
        wait_until(lambda: newest(trunk).step == Step.PUT)
        cluster.restart()
        nodes.backup.heal()
        assert isinstance(working.result(), OperationalError)

    assert newest(trunk).is_pending
    wait_until(lambda: engine.run(operation.pk))
    assert newest(trunk).status == Status.SUCCESS
    assert Operation.objects.count() == 1
    assert_world_consistent([], orders=[trunk.pk])
