"""A reset that is interrupted half-way ends with one password on both nodes, the one that was shown (F49)."""

from __future__ import annotations

import pytest

from provisioning.enums import Status
from tests.factories import order_trunk, registered
from tests.provisioning.scene import held_by, newest, wait_until, wait_until_quiet, work_on
from tests.world import assert_world_consistent
from trunks.compile import trunk_document
from trunks.models import Credential, Trunk
from trunks.services import reset_password, reveal_secret
from trunks.services.passwords import OVERLAPS, _ha1

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def trunk(customer, engineer, new_york):
    trunk = order_trunk(customer, registered(new_york), engineer)
    assert work_on(trunk).status == Status.SUCCESS
    return trunk


def generations(nodes, trunk):
    return [held_by(node, trunk).fence.generation for node in (nodes.primary, nodes.backup)]


@pytest.mark.parametrize("overlap", OVERLAPS, ids=str)
def test_a_worker_that_dies_after_the_primary_is_followed_by_one_with_the_same_password(
    trunk, nodes, crew, sweeping, overlap
):
    engineer = trunk.created_by
    nodes.backup.fault(down=True)
    victim = crew.worker(failpoints="after:put=kill")
    reset_password(trunk, overlap, engineer)
    password = reveal_secret(Trunk.objects.get(pk=trunk.pk), engineer)
    wait_until(lambda: not victim.running)

    nodes.backup.heal()
    assert generations(nodes, trunk) == [2, 1]
    half_way = trunk_document(Trunk.objects.get(pk=trunk.pk))
    assert held_by(nodes.primary, trunk).hash == half_way.hash
    assert bool(half_way.earlier_ha1s) == bool(overlap)
    sweeping()
    wait_until(lambda: newest(trunk).status == Status.SUCCESS)

    wait_until_quiet()
    changed = Trunk.objects.get(pk=trunk.pk)
    document = trunk_document(changed)
    assert document.ha1_md5 == _ha1("md5", changed.username, password)
    assert [held_by(node, trunk).hash for node in (nodes.primary, nodes.backup)] == [document.hash] * 2
    assert Credential.objects.filter(trunk=trunk).count() == (2 if overlap else 1)
    assert_world_consistent(orders=[trunk.pk])


def test_a_backup_that_stays_away_brings_the_old_password_back_to_the_primary(trunk, engineer, nodes):
    before = held_by(nodes.primary, trunk).hash
    nodes.backup.fault(reject={str(trunk.pk): "BadDocument"})
    reset_password(trunk, OVERLAPS[0], engineer)

    operation = work_on(trunk)
    nodes.backup.heal()
    while operation.is_pending:
        operation = work_on(trunk)

    assert operation.status == Status.RESET
    assert reveal_secret(Trunk.objects.get(pk=trunk.pk), engineer) is not None
    assert held_by(nodes.primary, trunk).hash == before
    assert Credential.objects.filter(trunk=trunk).count() == 1
