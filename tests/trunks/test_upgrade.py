"""A database of the first release, with trunks in every state, is brought to the present schema and goes on working."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from uuid import UUID

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from accounts.models import User
from provisioning.enums import OperationKind
from provisioning.models import NodeState
from provisioning.operations import latest_operation
from provisioning.wanted import attach_document, want_again
from routing.models import Number
from tests.provisioning.scene import edit
from tests.trunks.stage_one import StageOne, migrate_to_latest, migrate_to_stage_one
from tests.world import assert_world_consistent
from trunks.enums import State
from trunks.models import Credential, Trunk, TrunkDraft, TrunkRevision
from trunks.models.trunk import SUBJECT
from trunks.services import enable_trunk

CREATED = ("CREATE", "SUCCESS")
# Name, its operations, and how it is shown afterwards; the channels differ so that prices do.
TRUNKS = {
    "Live": ([CREATED], State.LIVE),
    "Second live one": ([CREATED, ("DISABLE", "SUCCESS"), ("ENABLE", "SUCCESS")], State.LIVE),
    "Disabled": ([CREATED, ("DISABLE", "SUCCESS")], State.DISABLED),
    "Failed": ([("CREATE", "FAILED")], State.FAILED),
    "Pending": ([("CREATE", "PENDING")], State.PENDING),
    "Being disabled": ([CREATED, ("DISABLE", "PENDING")], State.PENDING),
    "Being deleted": ([CREATED, ("DELETE", "PENDING")], State.PENDING),
    "Gone": ([CREATED, ("DELETE", "SUCCESS")], State.FAILED),
}
# The account's, leading nowhere: how often they were published.
NUMBERS = {"+13125550100": 0, "+13125550101": 2}


class Upgraded(NamedTuple):
    trunks: dict[str, UUID]
    draft: UUID
    engineer: User

    def trunk(self, name: str) -> Trunk:
        return Trunk.objects.select_related("wanted", "live", "account").get(pk=self.trunks[name])


@contextmanager
def database_of_its_own() -> Iterator[None]:
    """Empty, and gone afterwards: the other tests' database keeps its schema."""
    usual = connection.settings_dict["NAME"]
    own = connection.ops.quote_name(f"{usual}_upgrade")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {own} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {own}")
    try:
        _use(f"{usual}_upgrade")
        yield
    finally:
        _use(usual)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {own} WITH (FORCE)")
        connection.close()


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()


@pytest.fixture(scope="module")
def upgraded_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Upgraded]:
    with django_db_blocker.unblock(), database_of_its_own():
        old = StageOne(migrate_to_stage_one())
        trunks = {
            name: old.trunk(name, f"127.77.128.{at}", *changes, channels=at)
            for at, (name, (changes, _state)) in enumerate(TRUNKS.items(), start=1)
        }
        for e164, generation in NUMBERS.items():
            old.number(e164, generation=generation, published=generation > 0)
        draft = old.draft(provider={"provider": ["DIRECT"]}, settings={"name": ["Half done"]})
        migrate_to_latest()
        yield Upgraded(trunks, draft, User.objects.get())


@pytest.fixture
def upgraded(upgraded_once: Upgraded) -> Iterator[Upgraded]:
    """What a test changes is taken back."""
    with transaction.atomic():
        yield upgraded_once
        transaction.set_rollback(True)


@pytest.fixture
def alice(upgraded: Upgraded) -> Client:
    """The engineer of before."""
    client = Client()
    client.force_login(upgraded.engineer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_nothing_is_left_to_migrate(upgraded: Upgraded) -> None:
    executor = MigrationExecutor(connection)

    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_every_trunk_has_its_own_name(upgraded: Upgraded) -> None:
    names = dict(Trunk.objects.values_list("pk", "name"))

    assert names == {pk: name for name, pk in upgraded.trunks.items()}


@pytest.mark.parametrize("name", TRUNKS)
def test_a_trunk_shows_how_it_stands(upgraded: Upgraded, name: str) -> None:
    changes, state = TRUNKS[name]

    trunk = upgraded.trunk(name)

    assert trunk.action == changes[-1][1]
    assert list(State)[trunk.urgency] is state


def test_every_first_revision_has_its_own_price_and_belongs_to_the_creation(upgraded: Upgraded) -> None:
    revisions = TrunkRevision.objects.select_related("trunk__quote", "quote")

    priced = {each.trunk.name: (each.generation, each.quote, each.quote.channels) for each in revisions}

    assert priced == {name: (1, upgraded.trunk(name).quote, channels) for channels, name in enumerate(TRUNKS, start=1)}


def test_no_trunk_got_a_password_or_a_providers_key(upgraded: Upgraded) -> None:
    facts = Trunk.objects.values_list("username", "credential", "call_key", "exclusive_key", "suspension")

    assert list(facts) == [(None, None, None, None, "")] * len(TRUNKS)
    assert not Credential.objects.exists()


def test_every_node_is_believed_to_have_what_it_was_sent(upgraded: Upgraded) -> None:
    states = NodeState.objects.filter(subject_kind=SUBJECT).values_list("wanted_generation", "held_generation")

    assert len(states) == 2 * len(TRUNKS)
    assert all(wanted == held for wanted, held in states)


def test_numbers_that_lead_nowhere_are_owed_to_both_nodes(upgraded: Upgraded) -> None:
    states = list(NodeState.objects.filter(subject_kind="number").order_by("subject_id", "node"))

    assert [state.subject_id for state in states] == [e164 for e164 in NUMBERS for _node in range(2)]
    for state in states:
        want_again(state)
    for state in NodeState.objects.filter(subject_kind="number"):
        assert not state.verified
        assert attach_document(state)
        assert not state.wants_absent
    assert set(Number.objects.values_list("country", "generation")) == {("US", 1), ("US", 2)}


def test_the_world_is_consistent(upgraded: Upgraded) -> None:
    assert_world_consistent(nodes=[], orders=upgraded.trunks.values())


def test_trunks_can_be_changed_as_before(upgraded: Upgraded) -> None:
    edit(upgraded.trunk("Live"), upgraded.engineer, channels=5, name="Head office")
    enable_trunk(upgraded.trunk("Disabled"), upgraded.engineer)

    for name, kind in (("Live", OperationKind.UPDATE), ("Disabled", OperationKind.ENABLE)):
        operation = latest_operation(SUBJECT, str(upgraded.trunks[name]))
        assert operation is not None
        assert (operation.kind, operation.generation) == (kind, upgraded.trunk(name).generation)
    assert_world_consistent(nodes=[], orders=upgraded.trunks.values())


@pytest.mark.parametrize("tab", ["detail", "history", "handover"])
def test_the_pages_of_every_trunk_open(upgraded: Upgraded, alice: Client, tab: str) -> None:
    answers = {name: alice.get(reverse(f"trunks:{tab}", args=[pk])).status_code for name, pk in upgraded.trunks.items()}

    assert answers == {name: 404 if name == "Gone" else 200 for name in TRUNKS}


def test_the_list_has_every_trunk_that_is_not_gone(upgraded: Upgraded, alice: Client) -> None:
    page = alice.get(reverse("trunks:list")).content.decode()

    assert {name for name in TRUNKS if name in page} == TRUNKS.keys() - {"Gone"}


def test_a_half_finished_order_goes_on_with_its_answers(upgraded: Upgraded, alice: Client) -> None:
    page = alice.get(reverse("trunks:resume", args=[upgraded.draft]), follow=True)

    assert page.status_code == 200
    assert TrunkDraft.objects.get().name == "Half done"
