"""An address stays its customer's until every node that might let it in was read back to be without it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from provisioning.enums import NodeRole, Status
from provisioning.models import DataCentre, SbcNode
from tests.factories import freshworks, make_account, make_specification, order_trunk
from tests.provisioning.scene import (
    connect,
    crashing,
    cut_off,
    edit,
    hash_of,
    hurry,
    newest,
    pass_deadline,
    sweep_now,
    work_on,
)
from tests.world import assert_world_consistent
from trunks.enums import Cause
from trunks.models import Trunk
from trunks.services import suspend_trunk

ADDED = "127.77.190.1"
PRIMARIES = {"role": NodeRole.PRIMARY}


@pytest.fixture
def may_owe(new_york):
    DataCentre.objects.filter(pk=new_york.pk).update(may_owe_backup=True)


@pytest.fixture
def trunk(order, may_owe):
    """Live on both nodes."""
    trunk = order()
    work_on(trunk)
    return trunk


@pytest.fixture
def stranger(db):
    return make_account("Charlie Calls")


def own(trunk):
    """The address that it was ordered with."""
    return trunk.revisions.get(number=1).source_hosts[0]


def claimed(trunk):
    return {claim.address for claim in trunk.claims.filter(released_at=None)}


def assert_refused(stranger, new_york, address):
    with pytest.raises(ValidationError) as refused:
        order_trunk(stranger, make_specification(new_york, source_hosts=[address]))
    assert [trouble.code for trouble in refused.value.error_dict["sources"]] == ["V-IP-14"]


def test_an_address_that_a_change_took_away_is_kept_while_the_backup_is_owed(
    trunk, engineer, nodes, stranger, new_york
):
    nodes.backup.fault(down=True)
    edit(trunk, engineer, source_hosts=[ADDED])
    assert work_on(trunk).reason == "BackupOwed"

    assert_refused(stranger, new_york, own(trunk))
    assert_world_consistent(SbcNode.objects.filter(**PRIMARIES))

    nodes.backup.heal()
    sweep_now()
    assert claimed(trunk) == {ADDED}
    assert order_trunk(stranger, make_specification(new_york, source_hosts=[own(trunk)]))


def test_an_address_that_a_change_would_have_added_is_kept_while_a_node_may_let_it_in(trunk, engineer, nodes):
    nodes.backup.fault(apply_then_drop_reply=True)
    edit(trunk, engineer, source_hosts=[ADDED])
    nodes.primary.fault(reject={hash_of(trunk): "BadDocument"})
    assert work_on(trunk).status == Status.RESET

    assert claimed(trunk) == {own(trunk), ADDED}

    for node in (nodes.primary, nodes.backup):
        node.heal()
    sweep_now()
    assert claimed(trunk) == {own(trunk)}
    assert_world_consistent(orders=[trunk.pk])


def test_an_overtaken_change_keeps_its_address_until_the_suspension_took_it_off_the_nodes(trunk, engineer):
    edit(trunk, engineer, source_hosts=[ADDED])
    with crashing("before:settle"):
        work_on(trunk)

    suspend_trunk(trunk, Cause.FRAUD, "", None)

    assert claimed(trunk) == {own(trunk), ADDED}
    assert_world_consistent(SbcNode.objects.none())
    assert work_on(trunk).status == Status.SUCCESS
    assert claimed(trunk) == {own(trunk)}
    assert_world_consistent(orders=[trunk.pk])


def test_an_order_that_failed_keeps_its_addresses_while_a_node_may_let_them_in(order, nodes, stranger, new_york):
    nodes.backup.fault(apply_then_drop_reply=True)
    trunk = order()
    work_on(trunk)
    nodes.backup.fault(down=True)
    pass_deadline(trunk)
    assert work_on(trunk).status == Status.FAILED

    assert_refused(stranger, new_york, own(trunk))

    nodes.backup.heal()
    sweep_now()
    assert claimed(trunk) == set()
    assert_world_consistent(orders=[trunk.pk])


def test_an_order_that_failed_keeps_its_providers_keys_as_long(customer, engineer, nodes, stranger, new_york):
    nodes.backup.fault(apply_then_drop_reply=True)
    trunk = order_trunk(customer, freshworks(new_york), engineer)
    work_on(trunk)
    nodes.backup.fault(down=True)
    pass_deadline(trunk)
    work_on(trunk)

    with pytest.raises(ValidationError):
        order_trunk(stranger, freshworks(new_york, provider_facts=trunk.provider_facts))

    nodes.backup.heal()
    sweep_now()
    assert order_trunk(stranger, freshworks(new_york, provider_facts=trunk.provider_facts))


def test_an_order_that_never_reached_a_node_frees_its_addresses_at_once(order, nodes, stranger, new_york):
    cut_off(NodeRole.BACKUP)
    trunk = order()
    work_on(trunk)
    pass_deadline(trunk)

    assert work_on(trunk).status == Status.FAILED

    assert claimed(trunk) == set()
    assert order_trunk(stranger, make_specification(new_york, source_hosts=[own(trunk)]))
    connect(NodeRole.BACKUP, nodes)


def test_a_trunk_that_failed_frees_its_addresses_when_the_last_node_is_read_to_be_without_it(order, engineer, nodes):
    trunk = order()
    work_on(trunk)
    nodes.backup.fault(apply_then_drop_reply=True)
    edit(trunk, engineer, source_hosts=[ADDED])
    work_on(trunk)
    nodes.backup.fault(down=True)
    for _deadline in range(2):
        pass_deadline(trunk)
        work_on(trunk)
    assert newest(trunk).status == Status.FAILED
    assert claimed(trunk) == {own(trunk), ADDED}

    nodes.backup.heal()
    sweep_now()

    assert claimed(trunk) == set()
    assert_world_consistent(orders=[trunk.pk])


def test_a_trunk_may_take_an_address_back_that_it_still_holds(trunk, engineer, nodes):
    nodes.backup.fault(down=True)
    edit(trunk, engineer, source_hosts=[ADDED])
    work_on(trunk)

    edit(trunk, engineer, source_hosts=[own(trunk)])
    work_on(trunk)

    nodes.backup.heal()
    sweep_now()
    assert claimed(trunk) == {own(trunk)}
    assert_world_consistent(orders=[trunk.pk])


def test_nothing_is_released_while_another_change_is_on_its_way(trunk, engineer, nodes):
    nodes.backup.fault(down=True)
    edit(trunk, engineer, source_hosts=[ADDED])
    work_on(trunk)
    nodes.backup.heal()
    edit(trunk, engineer, source_hosts=[own(trunk)])
    hurry()
    with crashing("before:settle"):
        work_on(trunk)

    assert Trunk.objects.get(pk=trunk.pk).claims_to_release
    assert claimed(trunk) == {own(trunk), ADDED}

    sweep_now()
    assert claimed(trunk) == {own(trunk)}
    assert_world_consistent(orders=[trunk.pk])


def test_who_wants_the_spare_address_again_leaves_nothing_to_release(trunk, engineer, nodes):
    nodes.backup.fault(down=True)
    edit(trunk, engineer, source_hosts=[ADDED])
    work_on(trunk)
    assert Trunk.objects.get(pk=trunk.pk).claims_to_release

    edit(trunk, engineer, source_hosts=[own(trunk), ADDED])
    work_on(trunk)

    assert not Trunk.objects.get(pk=trunk.pk).claims_to_release
