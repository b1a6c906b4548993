"""A suspended account (F53): what is pending ends, every living trunk stops, nothing new is accepted; a release brings
back what was suspended with the account, nothing else.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from accounts.services import AccountSuspended
from common.errors import Conflict
from provisioning.enums import OperationKind, Status
from tests.factories import make_specification, make_user, order_trunk, registered
from tests.provisioning.scene import edit, hash_of, held_by, newest, sweep_now, work_on
from tests.world import assert_world_consistent
from trunks.enums import AdminStatus, Cause
from trunks.models import Trunk
from trunks.services import (
    delete_trunk,
    enable_trunk,
    release_account,
    release_for_support,
    reset_password,
    suspend_account,
    suspend_for_support,
)

WHY = "Invoice 7 is open for 40 days"


@pytest.fixture
def staff(db):
    return make_user("staff@example.com", is_staff=True)


@pytest.fixture
def trunk(customer, engineer, new_york):
    """Live on both nodes; a PBX registers on it."""
    trunk = order_trunk(customer, registered(new_york), engineer)
    work_on(trunk)
    return trunk


def suspend(account, staff):
    return suspend_account(account.pk, "PAYMENT", "Pay invoice 7", reason=WHY, actor=staff)


def release(account, staff):
    return release_account(account.pk, reason="Invoice 7 is paid now", actor=staff)


def state_of(trunk):
    trunk = Trunk.objects.get(pk=trunk.pk)
    return trunk.admin_status, trunk.suspension


def test_every_living_trunk_stops_with_the_account(order, customer, staff, nodes):
    trunks = [order(), order()]
    for trunk in trunks:
        work_on(trunk)

    assert suspend(customer, staff) == 2
    for trunk in trunks:
        work_on(trunk)

    assert {state_of(trunk) for trunk in trunks} == {(AdminStatus.SYSTEM_DISABLED, Cause.ACCOUNT)}
    stopped = hash_of(trunks[0], admin_status=AdminStatus.SYSTEM_DISABLED)
    assert held_by(nodes.primary, trunks[0]).hash == held_by(nodes.backup, trunks[0]).hash == stopped
    assert AuditEvent.objects.get(action="account.suspend").details["support"] == WHY
    assert_world_consistent(orders=[trunk.pk for trunk in trunks])


def test_an_order_that_is_pending_is_finished_then_stops(order, customer, staff):
    trunk = order()

    suspend(customer, staff)

    assert newest(trunk).kind == OperationKind.CREATE
    assert work_on(trunk).kind == OperationKind.SUSPEND
    assert work_on(trunk).status == Status.SUCCESS
    assert state_of(trunk) == (AdminStatus.SYSTEM_DISABLED, Cause.ACCOUNT)
    assert_world_consistent(orders=[trunk.pk])


def test_a_change_that_is_pending_is_overtaken(trunk, customer, engineer, staff):
    edit(trunk, engineer, channels=7)

    suspend(customer, staff)

    assert newest(trunk).kind == OperationKind.SUSPEND
    assert work_on(trunk).status == Status.SUCCESS
    assert_world_consistent(orders=[trunk.pk])


def test_nothing_new_is_accepted(trunk, customer, engineer, staff, new_york):
    suspend(customer, staff)
    work_on(trunk)

    with pytest.raises(ValidationError, match=r"This account is suspended: a payment is missing\. Pay invoice 7"):
        order_trunk(customer, make_specification(new_york), engineer)
    with pytest.raises(AccountSuspended, match="a payment is missing"):
        edit(trunk, engineer, channels=7)
    with pytest.raises(AccountSuspended):
        reset_password(trunk, timedelta(0), engineer)
    with pytest.raises(Conflict, match="the account is suspended"):
        enable_trunk(trunk, engineer)
    with pytest.raises(AccountSuspended):
        release_for_support(trunk, reason="He asked so nicely for it", actor=staff)


def test_a_trunk_can_still_be_deleted(trunk, customer, engineer, staff):
    suspend(customer, staff)
    work_on(trunk)

    delete_trunk(trunk, engineer)

    assert work_on(trunk).status == Status.SUCCESS


def test_a_release_brings_back_exactly_what_was_suspended_with_the_account(order, customer, engineer, staff):
    with_account, by_itself = order(), order()
    for trunk in (with_account, by_itself):
        work_on(trunk)
    suspend_for_support(by_itself, Cause.FRAUD, "", reason="Calls to Cuba at night", actor=staff)
    work_on(by_itself)
    suspend(customer, staff)
    work_on(with_account)

    assert release(customer, staff) == 1
    work_on(with_account)

    assert state_of(with_account) == (AdminStatus.DISABLED, "")
    assert state_of(by_itself) == (AdminStatus.SYSTEM_DISABLED, Cause.FRAUD)
    enable_trunk(with_account, engineer)
    assert work_on(with_account).status == Status.SUCCESS
    assert_world_consistent(orders=[with_account.pk, by_itself.pk])


def test_a_trunk_whose_suspension_is_still_on_its_way_follows_the_release(trunk, nodes, customer, staff):
    nodes.backup.fault(down=True)
    suspend(customer, staff)
    work_on(trunk)

    release(customer, staff)

    assert newest(trunk).kind == OperationKind.SUSPEND
    nodes.backup.heal()
    assert work_on(trunk).kind == OperationKind.RELEASE
    assert work_on(trunk).status == Status.SUCCESS
    assert state_of(trunk) == (AdminStatus.DISABLED, "")
    sweep_now()
    assert_world_consistent(orders=[trunk.pk])


def test_an_order_that_outlives_suspension_and_release_ends_disabled(order, customer, staff):
    trunk = order()
    suspend(customer, staff)
    release(customer, staff)

    for _operation in range(3):
        work_on(trunk)

    assert state_of(trunk) == (AdminStatus.DISABLED, "")
    assert_world_consistent(orders=[trunk.pk])


def test_an_account_that_is_not_suspended_is_not_released(customer, staff):
    with pytest.raises(Conflict, match="not suspended"):
        release(customer, staff)


def test_suspending_again_changes_what_the_customer_reads(customer, staff):
    suspend(customer, staff)
    customer.refresh_from_db()
    since = customer.suspended_at

    suspend_account(customer.pk, "RULES", "", reason="Robot calls were reported", actor=staff)

    customer.refresh_from_db()
    assert customer.why_suspended == "This account is suspended: the terms of use were not kept"
    assert customer.suspended_at == since
