"""What the list is sorted by is kept beside the trunk, and always as its newest operation and its settings say."""

from __future__ import annotations

import pytest

from provisioning.enums import OperationKind, Status
from tests.trunks.states import newest, settle
from trunks.enums import State
from trunks.models import Trunk
from trunks.selectors import with_state
from trunks.services import change_trunk, delete_trunk, disable_trunk, suspend_trunk
from trunks.specification import TrunkSettings


def kept(trunk):
    row = with_state(Trunk.objects.filter(pk=trunk.pk)).get()
    assert row.action == newest(trunk).status
    return State(row.state)


def rename(trunk, name):
    settings = TrunkSettings.of(trunk.wanted)
    settings = type(settings)(**{**settings.columns(), "name": name, "destinations": settings.destinations})
    return change_trunk(trunk, settings, seen=trunk.wanted.number, price="", actor=trunk.created_by)


@pytest.mark.parametrize(
    ("ending", "state"), [(Status.SUCCESS, State.LIVE), (Status.FAILED, State.FAILED), (Status.RESET, State.FAILED)]
)
def test_an_order_is_pending_until_it_ends(order, ending, state):
    trunk = order("Main office")

    assert kept(trunk) is State.PENDING
    assert kept(settle(trunk, ending)) is state


def test_each_change_is_pending_until_it_ends(order):
    trunk = settle(order("Main office"))
    for change, state in ((disable_trunk, State.DISABLED), (delete_trunk, State.FAILED)):
        change(trunk, trunk.created_by)

        assert kept(trunk) is State.PENDING
        assert kept(settle(trunk)) is state


def test_a_change_that_was_overtaken_does_not_hide_the_one_that_did(order):
    trunk = settle(order("Main office"))
    rename(trunk, "Second office")

    suspend_trunk(trunk, "OTHER", "", None)

    assert newest(trunk).kind == OperationKind.SUSPEND
    assert kept(trunk) is State.PENDING


def test_the_name_is_that_of_the_wanted_settings(order):
    trunk = settle(order("Main office"))

    rename(trunk, "Second office")

    assert Trunk.objects.get(pk=trunk.pk).name == "Second office"


def test_a_change_that_was_given_up_takes_its_name_back(order):
    trunk = settle(order("Main office"))
    rename(trunk, "Second office")

    settle(trunk, Status.RESET, "The primary node refused it")

    assert Trunk.objects.get(pk=trunk.pk).name == "Main office"
    assert kept(trunk) is State.RESET
