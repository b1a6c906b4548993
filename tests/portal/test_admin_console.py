"""The console and the reports on nodes: what staff see, and that nothing is done without a reason."""

import re
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from billing.services import balance_of
from provisioning import engine
from provisioning.models import NodeState, Operation, SbcNode
from sbc.lab.samples import sample_certificate
from tests.factories import make_specification, open_data_centre, order_trunk
from tests.portal.staff import REASON
from trunks.services import disable_trunk

CONSOLE = "admin:provisioning_operation_console"


@pytest.fixture
def trunk(account):
    """Its nodes do not answer."""
    return order_trunk(account, make_specification(open_data_centre(), name="Main office"))


@pytest.fixture
def operation(trunk):
    """Tried once; tried again in an hour."""
    engine.run()
    Operation.objects.update(next_attempt_at=Now() + timedelta(hours=1))
    return Operation.objects.get()


def page_of(client, name=CONSOLE, *args):
    return client.get(reverse(name, args=args)).content.decode()


def test_nothing_waiting_is_said(staff):
    Operation.objects.all().delete()

    assert "Nothing is waiting." in page_of(staff)


def test_a_certificate_that_ends_soon_is_marked(staff, trunk):
    SbcNode.objects.update(certificate=sample_certificate())
    assert "Put a new one on the node" not in page_of(staff)

    soon = int((timezone.now() + timedelta(days=10)).timestamp())
    SbcNode.objects.filter(role="BACKUP").update(certificate=sample_certificate(ends_at=soon))

    assert page_of(staff).count("Put a new one on the node") == 1


def test_when_the_last_change_finished_is_said(staff, trunk):
    Operation.objects.update(status="SUCCESS", finished_at=timezone.now() - timedelta(seconds=3))

    assert re.search(r"The last change finished <time[^>]*>\d+ s ago", page_of(staff))


def test_what_waits_is_shown_with_why(staff, operation):
    page = page_of(staff)

    assert "1 waiting" in page
    assert "Main office" in page
    assert "NodeUnavailable" in page
    assert reverse("admin:provisioning_operation_retry", args=[operation.pk]) in page
    assert reverse("admin:provisioning_operation_rollback", args=[operation.pk]) in page
    assert page.count("No, since") == 2


def test_what_never_gives_up_cannot_be_rolled_back(staff, trunk):
    Operation.objects.update(status="SUCCESS", finished_at=Now())
    disable_trunk(trunk, None)
    operation = Operation.objects.first()

    assert "Roll back: disabling is never given up" in page_of(staff)
    answer = staff.post(reverse("admin:provisioning_operation_rollback", args=[operation.pk]), {"reason": REASON})

    assert answer.status_code == 302
    operation.refresh_from_db()
    assert operation.is_pending


def test_a_retry_makes_it_due(staff, operation):
    staff.post(reverse("admin:provisioning_operation_retry", args=[operation.pk]), {"reason": REASON})

    operation.refresh_from_db()
    assert operation.next_attempt_at <= timezone.now()
    event = AuditEvent.objects.get(action="operation.reconcile")
    assert (event.actor.email, event.details["support"]) == ("staff@example.com", REASON)


def test_a_roll_back_ends_the_order_and_the_customer_reads_it_without_our_reason(staff, alice, account, operation):
    staff.post(reverse("admin:provisioning_operation_rollback", args=[operation.pk]), {"reason": REASON})
    SbcNode.objects.all().update(retry_at=None)
    engine.run(operation.pk)
    Operation.objects.filter(status="PENDING").update(next_attempt_at=Now(), deadline_at=Now())
    engine.run(operation.pk)

    operation.refresh_from_db()
    assert operation.status == "FAILED"
    assert balance_of(account).held == 0
    history = alice.get(reverse("trunks:history", args=[operation.subject_id])).content.decode()
    assert "Changed by support: had the change taken back" in history
    assert REASON not in history
    assert "staff@example.com" not in history


@pytest.mark.parametrize("reason", ["", "short", " " * 20])
@pytest.mark.parametrize("name", ["provisioning_operation_retry", "provisioning_operation_rollback"])
def test_nothing_is_done_without_a_reason(staff, operation, name, reason):
    answer = staff.post(reverse(f"admin:{name}", args=[operation.pk]), {"reason": reason})

    assert answer.status_code == 422
    assert "Enter the reason" in answer.content.decode()
    operation.refresh_from_db()
    assert operation.next_attempt_at > timezone.now()


def test_whoever_only_looks_sees_no_way_to_act(reader, operation):
    assert "Your role may look but not change" in page_of(reader)
    for name in ("provisioning_operation_retry", "provisioning_operation_rollback"):
        url = reverse(f"admin:{name}", args=[operation.pk])
        assert (reader.get(url).status_code, reader.post(url, {"reason": REASON}).status_code) == (403, 403)


def test_the_console_asks_as_often_for_many_as_for_few(staff, account, trunk, django_assert_max_num_queries):
    page_of(staff)

    for _number in range(8):
        order_trunk(account, make_specification(trunk.data_centre))

    with django_assert_max_num_queries(13):
        page_of(staff)


def test_a_node_that_does_not_answer_is_unknown_not_empty(staff, trunk):
    page = page_of(staff, "admin:provisioning_sbcnode_drift", SbcNode.objects.first().pk)

    assert "The node could not be read:" in page
    assert "says nothing about what it has" in page


@pytest.mark.parametrize("name", ["resync", "resend"])
def test_a_node_is_resynced_with_a_reason(staff, reader, trunk, name):
    node = SbcNode.objects.first()
    NodeState.objects.create(
        node=node, subject_kind="trunk", subject_id="x", wanted_generation=1, wanted_epoch=1, verified=True
    )
    SbcNode.objects.update(checked_at=Now())
    url = reverse(f"admin:provisioning_sbcnode_{name}", args=[node.pk])

    assert reader.post(url, {"reason": REASON}).status_code == 403
    assert staff.post(url, {"reason": "no"}).status_code == 422
    assert staff.post(url, {"reason": REASON}).status_code == 302

    node.refresh_from_db()
    assert (node.checked_at is None) == (name == "resync")
    assert NodeState.objects.get().verified == (name == "resync")
    assert AuditEvent.objects.get(action__startswith="node.").details["support"] == REASON


def test_a_list_action_needs_a_reason_too(staff, operation):
    url = reverse("admin:provisioning_operation_changelist")
    answers = {"action": "reconcile_now", "_selected_action": [operation.pk], "reason": "no"}

    page = staff.post(url, answers, follow=True).content.decode()

    assert "Nothing was done. Enter the reason in at least 10 characters" in page
    assert not AuditEvent.objects.filter(action="operation.reconcile").exists()


def test_a_gone_trunk_says_so_and_is_not_written_again(staff, trunk):
    trunk.withdrawn_at = trunk.gone_at = timezone.now()
    trunk.save()
    url = reverse("admin:trunks_trunk_changelist")
    answers = {"action": "reconcile_now", "_selected_action": [trunk.pk], "reason": REASON}

    page = staff.post(url, answers, follow=True).content.decode()

    assert "1 trunk is gone: nothing to write" in page
    assert "Gone" in page
    assert not AuditEvent.objects.filter(action="trunk.reconcile").exists()


def test_a_port_is_a_name_without_thousands(reader, trunk):
    node = trunk.data_centre.nodes.first()

    page = page_of(reader, "admin:provisioning_sbcnode_change", node.pk)

    assert "5060" in page
    assert "5,060" not in page


def test_times_are_written_on_the_24_hour_clock(reader, trunk):
    type(trunk).objects.update(created_at="2026-11-23T14:02:00Z")

    assert "23 Nov 2026, 14:02" in page_of(reader, "admin:trunks_trunk_change", trunk.pk)
