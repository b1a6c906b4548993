"""Reconcile now: what waits for its time is due at once, who asked for it is written down."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from provisioning import engine
from provisioning.models import NodeState, Operation, SbcNode
from provisioning.sweeps import look_after
from sbc.lab.memory import MemoryNodeProcess
from tests.factories import make_specification, open_data_centre, order_trunk
from tests.portal.staff import REASON
from trunks.models import Trunk

PRIMARY, BACKUP = 0, 1


@pytest.fixture(scope="module")
def processes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nodes")
    nodes = [MemoryNodeProcess.start(folder, name=name, token="admin") for name in ("primary", "backup")]
    yield nodes
    for node in nodes:
        node.stop()


@pytest.fixture
def nodes(processes, settings):
    settings.NODE_TOKEN, settings.NODE_TIMEOUT_SECONDS = "admin", 2.0
    for node in processes:
        node.heal()
        node.fault(restart_empty=True)
    return processes


@pytest.fixture
def trunk(account, nodes):
    """Live on both nodes."""
    made = order_trunk(account, make_specification(open_data_centre(primary=nodes[0].url, backup=nodes[1].url)))
    while engine.run():
        pass
    sweep()
    return made


@pytest.fixture
def operation(account):
    """Put off for an hour."""
    order_trunk(account, make_specification(open_data_centre()))
    Operation.objects.update(next_attempt_at=Now() + timedelta(hours=1))
    return Operation.objects.get()


def sweep():
    for node in SbcNode.objects.select_related("data_centre"):
        look_after(node)


def reconcile(client, list_name, *rows, reason=REASON):
    url = reverse(f"admin:{list_name}_changelist")
    answers = {"action": "reconcile_now", "_selected_action": [row.pk for row in rows], "reason": reason}
    return client.post(url, answers, follow=True)


def test_a_pending_operation_becomes_due(staff, operation):
    page = reconcile(staff, "provisioning_operation", operation).content.decode()

    operation.refresh_from_db()
    assert operation.next_attempt_at <= timezone.now()
    assert "1 pending operation is due now" in page
    audit = AuditEvent.objects.get(action="operation.reconcile")
    assert (audit.actor.email, audit.subject_id) == ("staff@example.com", operation.subject_id)


def test_what_has_ended_is_left_alone(staff, trunk):
    page = reconcile(staff, "provisioning_operation", Operation.objects.get()).content.decode()

    assert "None of these is pending" in page
    assert not AuditEvent.objects.filter(action="operation.reconcile").exists()


def test_somebody_elses_lease_is_left_alone(staff, operation):
    Operation.objects.update(lease_owner="a worker", lease_until=Now() + timedelta(hours=1), lease_epoch=3)

    reconcile(staff, "provisioning_operation", operation)

    operation.refresh_from_db()
    assert (operation.lease_owner, operation.lease_epoch) == ("a worker", 3)
    assert operation.lease_until > timezone.now()


def test_a_node_is_compared_by_the_next_sweep_whatever_its_pause(staff, trunk, nodes):
    node = SbcNode.objects.get(role="PRIMARY")
    SbcNode.objects.update(retry_at=Now() + timedelta(hours=1), checked_at=Now(), swept_at=Now())
    nodes[PRIMARY].fault(restart_empty=True)

    page = reconcile(staff, "provisioning_sbcnode", node).content.decode()
    sweep()

    assert "1 node is compared now" in page
    assert nodes[PRIMARY].client().read("trunk", str(trunk.pk)).present
    assert AuditEvent.objects.get(action="node.reconcile").subject_id == node.name


def test_a_trunk_is_written_and_read_back_again(staff, trunk, nodes):
    before = {state.pk: state.verified_at for state in NodeState.objects.filter(subject_id=str(trunk.pk))}

    page = reconcile(staff, "trunks_trunk", trunk).content.decode()
    sweep()

    assert "1 trunk is written again now" in page
    states = list(NodeState.objects.filter(subject_id=str(trunk.pk)))
    assert all(state.verified and state.verified_at > before[state.pk] for state in states)
    assert AuditEvent.objects.get(action="trunk.reconcile").account == trunk.account


def test_a_trunk_with_a_pending_operation_is_left_to_it(staff, operation):
    reconcile(staff, "trunks_trunk", Trunk.objects.get())

    operation.refresh_from_db()
    assert operation.next_attempt_at <= timezone.now()


def test_staff_who_only_look_cannot_reconcile(reader, operation):
    assert reconcile(reader, "provisioning_operation", operation).status_code == 403
    assert reconcile(reader, "trunks_trunk").status_code == 403
    assert reconcile(reader, "provisioning_sbcnode", SbcNode.objects.first()).status_code in {200, 403}
    operation.refresh_from_db()
    assert operation.next_attempt_at > timezone.now()
    assert not AuditEvent.objects.filter(action__endswith=".reconcile").exists()
