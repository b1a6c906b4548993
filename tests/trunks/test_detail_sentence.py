"""The one sentence that says how a trunk is: a table of everything that can be the case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from provisioning.enums import NodeRole, OperationKind, Status
from provisioning.models import NodeState, Operation, SbcNode
from trunks.condition import condition, inside
from trunks.enums import AdminStatus, State
from trunks.models import Trunk

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def ago(seconds):
    return NOW - timedelta(seconds=seconds)


def trunk(state, admin_status=AdminStatus.ENABLED):
    trunk = Trunk(admin_status=admin_status)
    trunk.state = state
    return trunk


def operation(kind=OperationKind.CREATE, status=Status.SUCCESS, **fields):
    return Operation(kind=kind, status=status, requested_at=ago(4), generation=1, **fields)


def on(role, *, verified=True, seconds=12, compared=None, failing=None):
    node = SbcNode(role=role, checked_at=compared, failing_since=failing)
    read = ago(seconds) if verified else None
    return NodeState(node=node, verified=verified, verified_at=read, wanted_at=ago(60))


PRIMARY, BACKUP = on(NodeRole.PRIMARY), on(NodeRole.BACKUP)
OWED = on(NodeRole.BACKUP, verified=False)

SENTENCES = {
    "live": (trunk(State.LIVE), operation(), [PRIMARY, BACKUP], "Live on both nodes, checked 12 s ago."),
    "one node": (trunk(State.LIVE), operation(), [PRIMARY], "Live on its only node, checked 12 s ago."),
    "compared later": (
        trunk(State.LIVE),
        operation(),
        [on(NodeRole.PRIMARY, compared=ago(3)), on(NodeRole.BACKUP, compared=ago(5))],
        "Live on both nodes, checked 5 s ago.",
    ),
    "silent node": (
        trunk(State.LIVE),
        operation(),
        [PRIMARY, on(NodeRole.BACKUP, failing=ago(180))],
        "Live on both nodes when last checked. The backup node has not answered for 3 min.",
    ),
    "owed": (trunk(State.LIVE), operation(), [PRIMARY, OWED], "Not yet confirmed by the backup node."),
    "owed by all": (
        trunk(State.LIVE),
        operation(),
        [on(NodeRole.PRIMARY, verified=False), OWED],
        "Not yet confirmed by the nodes.",
    ),
    "waiting": (
        trunk(State.PENDING),
        operation(status=Status.PENDING, step="put", message="Waiting for the backup node"),
        [PRIMARY, OWED],
        "Pending: creating, waiting for the backup node, 4 s.",
    ),
    "first seconds": (
        trunk(State.PENDING),
        operation(status=Status.PENDING, step="put"),
        [],
        "Pending: creating, writing to the nodes, 4 s.",
    ),
    "given up": (
        trunk(State.PENDING),
        operation(status=Status.PENDING, undoing=True, message="It took too long"),
        [PRIMARY, OWED],
        "Pending: creating, taking it back because of: it took too long, 4 s.",
    ),
    "deleting": (
        trunk(State.PENDING),
        operation(OperationKind.DELETE, Status.PENDING, message="Waiting for the primary node"),
        [OWED],
        "Pending: deleting, waiting for the primary node, 4 s.",
    ),
    "disabled": (
        trunk(State.DISABLED, AdminStatus.DISABLED),
        operation(OperationKind.DISABLE),
        [PRIMARY, BACKUP],
        "Disabled. Calls are not processed.",
    ),
    "disabled, owed": (
        trunk(State.DISABLED, AdminStatus.DISABLED),
        operation(OperationKind.DISABLE),
        [PRIMARY, OWED],
        "Disabled. Calls are not processed. Not yet confirmed by the backup node.",
    ),
    "disabled by us": (
        trunk(State.SYSTEM_DISABLED, AdminStatus.SYSTEM_DISABLED),
        operation(OperationKind.SUSPEND),
        [PRIMARY, BACKUP],
        "Disabled by us: contact us about the cause. Calls are not processed.",
    ),
    "not created": (
        trunk(State.FAILED),
        operation(status=Status.FAILED, message="The primary node refused it."),
        [PRIMARY, BACKUP],
        "Could not be created. You have not been charged: the primary node refused it.",
    ),
    "not saved": (
        trunk(State.FAILED),
        operation(OperationKind.UPDATE, Status.FAILED, message="The backup node refused it"),
        [PRIMARY, BACKUP],
        "The last change failed: the backup node refused it. Delete this trunk and create a new one.",
    ),
    "restored": (
        trunk(State.RESET),
        operation(OperationKind.UPDATE, Status.RESET, message="SIP OPTIONS cannot be sent"),
        [PRIMARY, BACKUP],
        "Your last change was not applied: SIP OPTIONS cannot be sent. Your trunk works as before.",
    ),
    "not enabled": (
        trunk(State.RESET, AdminStatus.DISABLED),
        operation(OperationKind.ENABLE, Status.RESET, message="It took too long"),
        [PRIMARY, BACKUP],
        "Could not be enabled: it took too long. It stays disabled.",
    ),
}


@pytest.mark.parametrize("case", SENTENCES)
def test_one_sentence_says_how_the_trunk_is(case):
    subject, newest, states, sentence = SENTENCES[case]

    assert condition(subject, newest, states, NOW).sentence == sentence


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_shape_of_its_own_and_a_word(state):
    status = Status.PENDING if state == State.PENDING else Status.SUCCESS

    found = condition(trunk(state), operation(status=status), [PRIMARY, BACKUP], NOW)

    assert found.tone in {"good", "warn", "bad", "busy", "off"}
    assert found.word


def test_live_without_proof_is_not_shown_as_good():
    assert condition(trunk(State.LIVE), operation(), [PRIMARY, OWED], NOW).tone == "ring"


def test_only_pending_is_pending():
    assert condition(trunk(State.PENDING), operation(status=Status.PENDING), [], NOW).is_pending
    assert not condition(trunk(State.LIVE), operation(), [PRIMARY], NOW).is_pending


@pytest.mark.parametrize(
    ("message", "words"),
    [("Waiting.", "waiting"), ("SIP is off", "SIP is off"), ("", ""), ("G.729 was refused", "G.729 was refused")],
)
def test_a_message_becomes_part_of_a_sentence(message, words):
    assert inside(message) == words
