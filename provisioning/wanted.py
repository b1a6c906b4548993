"""Says what each node must have of a subject, and compiles it."""

from __future__ import annotations

from dataclasses import astuple

from django.db import transaction
from django.db.models.functions import Now

from provisioning.enums import Status
from provisioning.models import NodeState, Operation, SbcNode
from provisioning.nudges import sender
from provisioning.registry import subject_of
from sbc.documents import Document, Fence


def want(kind: str, id: str, *, generation: int, epoch: int, may_be_given_up: bool = False) -> list[NodeState]:
    """Write the wanted state of every assigned node and of every node that still has something of the subject.

    The subject's row is locked by the caller. Answers the states, each with its `document` (None: absent).
    `may_be_given_up`: from now on the nodes may hold something that will have to be taken back.
    """
    subject = subject_of(kind)
    document = subject.compile(id)
    assigned = {node.pk: node for node in subject.assigned_nodes(id)}
    known = {
        state.node_id: state
        for state in NodeState.objects.filter(subject_kind=kind, subject_id=id).select_related("node")
    }
    for pk, node in assigned.items():
        known.setdefault(pk, NodeState(node=node, subject_kind=kind, subject_id=id))
    for pk, state in known.items():
        if may_be_given_up:
            state.held_before, state.held_generation = state.held_generation, generation
        _ask(state, document if pk in assigned else None, generation, epoch)
    return list(known.values())


def _ask(state: NodeState, document: Document | None, generation: int, epoch: int) -> None:
    state.wanted_generation, state.wanted_epoch = generation, epoch
    state.wanted_hash = document.hash if document else ""
    state.verified, state.last_error = False, ""
    state.wanted_at = Now()
    state.document = document
    state.save()


def nudge_nodes(kind: str, id: str) -> None:
    """Ask a worker to write now what was wanted, for a subject that changes without operations."""
    sender.send("provisioning.write_subject", kind, id)


def want_also(kind: str, id: str, node: SbcNode) -> None:
    """Have one more node get what the others have. A pending operation does that by itself."""
    subject = subject_of(kind)
    with transaction.atomic():
        subject.lock(id)
        states = NodeState.objects.filter(subject_kind=kind, subject_id=id)
        if _is_pending(kind, id) or states.filter(node=node).exists():
            return
        latest = states.order_by("wanted_generation", "wanted_epoch").last()
        fence = latest.fence if latest else Fence(1, 1)
        if document := subject.compile(id):
            _ask(NodeState(node=node, subject_kind=kind, subject_id=id), document, *astuple(fence))


def want_again(state: NodeState) -> None:
    """The subject compiles to something else than its nodes were asked for, and no operation says so: the portal was
    upgraded meanwhile.
    """
    about = (state.subject_kind, state.subject_id)
    with transaction.atomic():
        subject_of(state.subject_kind).lock(state.subject_id)
        state.refresh_from_db()
        if not (_is_pending(*about) or attach_document(state)):
            want(*about, generation=state.wanted_generation, epoch=state.wanted_epoch + 1)


def _is_pending(kind: str, id: str) -> bool:
    return Operation.objects.filter(status=Status.PENDING, subject_kind=kind, subject_id=id).exists()


def attach_document(state: NodeState) -> bool:
    """Give a state that was read from the database its document. False when the subject is meant to be different
    by now: whoever changed it says what its nodes must have.
    """
    document = subject_of(state.subject_kind).compile(state.subject_id)
    state.document = None if state.wants_absent else document
    return (state.document.hash if state.document else "") == state.wanted_hash
