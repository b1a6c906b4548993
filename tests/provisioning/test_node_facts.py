"""What nodes report about registrations and destinations, and what the portal says when it cannot read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from provisioning.enums import CheckCode, NodeRole, RegistrationStatus
from provisioning.facts import (
    GroupUse,
    checks_of,
    failed_sign_ins_of,
    group_uses,
    registration_of,
    registrations_of,
)
from provisioning.models import DataCentre, DestinationCheck, NodeState, Registration, SbcNode
from provisioning.readings import read_facts
from provisioning.sweeps import look_after
from sbc.documents import Fence
from sbc.lab.samples import sample_answer, sample_certificate, sample_contact, sample_registered, sample_trunk
from tests.provisioning.scene import Nodes, hurry

BEGAN, REFRESHED = (datetime.fromtimestamp(seconds, UTC) for seconds in (1_700_000_000, 1_700_000_600))


def read_all() -> None:
    """Read the facts of every node now, whenever that was last done."""
    SbcNode.objects.update(facts_read_at=None)
    for node in SbcNode.objects.all():
        read_facts(node)


def let_pass(role: NodeRole, **time: int) -> None:
    """The node was last read so long ago."""
    SbcNode.objects.filter(role=role).update(facts_read_at=Now() - timedelta(**time))


@pytest.fixture
def trunk(new_york: DataCentre) -> str:
    """The id of a trunk that both nodes of New York must have."""
    for node in new_york.nodes.all():
        NodeState.objects.create(
            node=node, subject_kind="trunk", subject_id="T1", wanted_generation=1, wanted_epoch=1, wanted_hash="x"
        )
    return "T1"


def test_a_trunk_is_registered_when_it_is_on_one_node(nodes: Nodes, trunk: str) -> None:
    nodes.backup.fault(registrations=[sample_contact("T1"), sample_contact("T2")])

    read_all()

    found = registration_of(trunk)
    assert (found.status, found.since) == (RegistrationStatus.REGISTERED, BEGAN)
    primary, backup = found.nodes
    assert (primary.node.role, primary.status, primary.contacts) == (NodeRole.PRIMARY, "UNREGISTERED", ())
    assert (backup.status, backup.since, backup.read_at) == ("REGISTERED", BEGAN, found.seen_at)
    [contact] = backup.contacts
    assert (contact.source, contact.user_agent, contact.refreshed_at) == ("192.0.2.5:5060", "Sample PBX", REFRESHED)


def test_a_trunk_is_unregistered_only_when_every_node_says_so(nodes: Nodes, trunk: str) -> None:
    assert registration_of(trunk).status == RegistrationStatus.UNKNOWN
    nodes.backup.fault(down=True)
    read_all()
    assert registration_of(trunk).status == RegistrationStatus.UNKNOWN

    nodes.backup.heal()
    read_all()

    assert registration_of(trunk).status == RegistrationStatus.UNREGISTERED
    assert registration_of(trunk).since is None


def test_what_cannot_be_read_stays_and_is_unknown_after_a_while(nodes: Nodes, trunk: str) -> None:
    nodes.primary.fault(registrations=[sample_contact("T1")])
    read_all()
    nodes.primary.fault(down=True)
    let_pass(NodeRole.PRIMARY, minutes=5)

    read_facts(SbcNode.objects.get(role=NodeRole.PRIMARY))

    found = registration_of(trunk)
    read_at = SbcNode.objects.get(role=NodeRole.PRIMARY).facts_read_at
    assert (found.status, found.since) == (RegistrationStatus.UNKNOWN, read_at)
    assert len(found.nodes[0].contacts) == 1


def test_a_certificate_is_read_and_known_to_end(nodes: Nodes, trunk: str) -> None:
    in_a_month = int((datetime.now(UTC) + timedelta(days=29)).timestamp())
    nodes.primary.fault(certificate=sample_certificate(ends_at=in_a_month))
    nodes.backup.fault(certificate=sample_certificate())

    read_all()

    primary, backup = SbcNode.objects.order_by("-role")
    assert primary.certificate == sample_certificate(ends_at=in_a_month)
    assert (primary.certificate_is_due, backup.certificate_is_due) == (True, False)


def test_a_certificate_that_cannot_be_read_stays_as_it_was(nodes: Nodes, trunk: str) -> None:
    nodes.primary.fault(certificate=sample_certificate())
    read_all()
    nodes.primary.fault(certificate={})
    read_all()
    assert SbcNode.objects.get(role=NodeRole.PRIMARY).certificate == sample_certificate()


def test_an_ended_registration_is_gone_and_a_refreshed_one_is_the_same(nodes: Nodes, trunk: str) -> None:
    nodes.primary.fault(registrations=[sample_contact("T1"), sample_contact("T2")])
    read_all()
    untouched = Registration.objects.get(subject_id="T2").pk

    nodes.primary.fault(registrations=[sample_contact("T1", refreshed_at=1_700_001_200), sample_contact("T2")])
    read_all()

    assert registration_of(trunk).nodes[0].contacts[0].refreshed_at > REFRESHED
    assert Registration.objects.get(subject_id="T2").pk == untouched
    nodes.primary.fault(registrations=[])
    read_all()
    assert not Registration.objects.exists()


def test_a_disabled_trunk_has_no_registrations_after_the_next_reading(nodes: Nodes, trunk: str) -> None:
    nodes.primary.fault(registrations=[sample_contact("T1")])
    read_all()

    nodes.primary.client().put(sample_registered("T1", "secret", admin_status="DISABLED"), Fence(1, 1))
    read_all()

    assert registration_of(trunk).status == RegistrationStatus.UNREGISTERED


def test_many_trunks_cost_two_queries(nodes: Nodes, trunk: str, django_assert_num_queries) -> None:
    nodes.primary.fault(registrations=[sample_contact("T1")])
    read_all()

    with django_assert_num_queries(2):
        found = registrations_of([trunk, "T2", "T3"])

    assert {trunk_id: registration.status for trunk_id, registration in found.items()} == {
        "T1": "REGISTERED", "T2": "UNKNOWN", "T3": "UNKNOWN",
    }  # fmt: skip


def test_equipment_may_send_anything(nodes: Nodes, trunk: str) -> None:
    odd = sample_contact("T1", user_agent="PBX\x00\x07 <b>é" + "x" * 300, contact="sip:T1@192.0.2.5\x00")
    nodes.primary.fault(registrations=[odd, odd | {"id": "another", "contact": "sip:T1@192.0.2.5"}])

    read_all()

    [contact] = registration_of(trunk).nodes[0].contacts
    assert contact.user_agent.startswith("PBX <b>é")


def test_failed_sign_ins_are_told_per_address_over_both_nodes(nodes: Nodes, trunk: str) -> None:
    now = int(timezone.now().timestamp())
    nodes.primary.fault(failures={"T1/192.0.2.8": f"n=2;last={now - 60};", "T1/192.0.2.7": f"n=1;last={now - 90000};"})
    nodes.backup.fault(failures={"T1/192.0.2.8": f"n=3;last={now};", "T1/192.0.2.9": f"n=9;last={now - 600};"})

    read_all()

    found = [(failed.source, failed.count, int(failed.last_at.timestamp())) for failed in failed_sign_ins_of(trunk)]
    assert found == [("192.0.2.8", 5, now), ("192.0.2.9", 9, now - 600)]


def test_what_came_of_options_is_told_per_node_and_destination(nodes: Nodes, trunk: str) -> None:
    document = sample_trunk("T1", [], [("192.0.2.8", 5060), ("192.0.2.9", 5070)], options=True)
    nodes.primary.client().put(document, Fence(1, 1))
    dead = sample_answer(code=408, answered=0, missed=3, silent=1)
    nodes.primary.fault(answers={"T1/192.0.2.8:5060": sample_answer(ms=7), "T1/192.0.2.9:5070": dead})

    read_all()

    primary, backup = checks_of(trunk)
    assert (primary.is_known, backup.is_known, backup.checks) == (True, True, ())
    first, second = primary.checks
    assert (first.host, first.alive, first.code, first.round_trip_ms, first.answered_at) == (
        "192.0.2.8", True, 200, 7, BEGAN,
    )  # fmt: skip
    assert (second.port, second.alive, second.code, second.answered_at, second.missed) == (5070, False, 408, None, 3)


def test_a_name_that_is_of_no_use_to_calls_is_told_whatever_options_said_last(nodes: Nodes, trunk: str) -> None:
    document = sample_trunk("T1", [], [("a.example.com", 0), ("b.example.com", 5060)], options=True)
    nodes.primary.client().put(document, Fence(1, 1))
    nodes.primary.fault(
        answers={"T1/a.example.com": sample_answer()},
        names={"T1/a.example.com": "lost", "T1/b.example.com:5060": "refused"},
    )

    read_all()

    checks = checks_of(trunk)[0].checks
    assert [(check.alive, check.code) for check in checks] == [
        (False, CheckCode.NAME_LOST),
        (False, CheckCode.NAME_REFUSED),
    ]


def test_checks_of_a_trunk_that_is_gone_are_gone(nodes: Nodes, trunk: str) -> None:
    client = nodes.primary.client()
    client.put(sample_trunk("T1", [], [("192.0.2.8", 5060)], options=True), Fence(1, 1))
    read_all()
    assert DestinationCheck.objects.count() == 1

    client.delete("trunk", "T1", Fence(2, 1))
    read_all()

    assert not DestinationCheck.objects.exists()


def test_the_sweep_reads_facts_when_it_is_time(nodes: Nodes, new_york: DataCentre, settings) -> None:
    settings.NODE_FACTS_SECONDS = 3600
    node = SbcNode.objects.get(role=NodeRole.PRIMARY)
    hurry()
    look_after(node)
    nodes.primary.fault(registrations=[sample_contact("T1")])

    hurry()
    look_after(node)
    assert not Registration.objects.exists()

    let_pass(NodeRole.PRIMARY, hours=2)
    hurry()
    look_after(node)
    assert Registration.objects.exists()


def test_calls_of_a_group_are_counted_over_both_nodes(nodes: Nodes, trunk: str) -> None:
    nodes.primary.fault(calls={"T1": 2, "T2": 7})
    nodes.backup.fault(calls={"T1": 1})

    read_all()

    pair = list(SbcNode.objects.filter(data_centre="NEW_YORK"))
    assert [use.calls for use in group_uses(["T1", "T3"], pair)] == [3, 0]


def test_calls_are_unknown_while_one_node_is_silent(nodes: Nodes, trunk: str) -> None:
    assert group_uses(["T1"], SbcNode.objects.all()) == [GroupUse(None, None)]
    nodes.primary.fault(calls={"T1": 2})
    read_all()
    let_pass(NodeRole.BACKUP, minutes=2)

    pair = list(SbcNode.objects.filter(data_centre="NEW_YORK"))
    [use] = group_uses(["T1"], pair)

    assert use.calls is None
    assert use.read_at == min(node.facts_read_at for node in pair)


def test_what_happens_on_a_node_is_on_the_page_within_thirty_seconds(settings) -> None:
    """A sweep that comes just before a reading is due leaves it to the next one; a node takes its time to answer."""
    pace = settings.PACE

    latest = settings.NODE_FACTS_SECONDS + settings.SWEEP_SECONDS + settings.NODE_TIMEOUT_SECONDS

    assert latest <= 30 * pace
