"""A worker may die or stall anywhere: another one finishes, and nothing is done twice."""

import os
import signal

import pytest

from provisioning.enums import Status
from provisioning.failpoints import NAMES
from tests.provisioning.processes import reconciler, worker
from tests.provisioning.scene import held_by, newest, wait_until
from tests.world import assert_world_consistent

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("failpoint", NAMES)
def test_a_worker_that_dies_at_any_step_loses_nothing(order, broker, tmp_path, ending, failpoint):
    victim = ending(worker(tmp_path, broker, failpoints=f"{failpoint}=kill"))
    trunk = order()
    wait_until(lambda: not victim.running)

    ending(reconciler(tmp_path))
    wait_until(lambda: newest(trunk).status == Status.SUCCESS)

    assert_world_consistent(orders=[trunk.pk])
