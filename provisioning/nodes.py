"""Writes wanted states to nodes in parallel and reads them back; remembers which nodes fail."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import IntEnum
from functools import lru_cache

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _

from provisioning.enums import Step
from provisioning.failpoints import failpoint
from provisioning.models import NodeState, SbcNode
from sbc.client import Held, NodeClient, Rejected, Stale, Unavailable


class Verdict(IntEnum):
    """How writing to one node went, the worst last."""

    VERIFIED = 0
    UNAVAILABLE = 1
    DIFFERENT = 2
    REJECTED = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """`reason` is one CamelCase word, `message` a sentence; both empty when verified."""

    verdict: Verdict
    reason: str = ""
    message: str = ""
    took_ms: float = 0.0
    detail: str = ""


@lru_cache(maxsize=256)
def client_of(agent_url: str) -> NodeClient:
    """A client per node and process, so that connections are kept."""
    return NodeClient(agent_url, settings.NODE_TOKEN, timeout=settings.NODE_TIMEOUT_SECONDS)


def write(states: list[NodeState], heartbeat: Callable[[Step], None]) -> list[Outcome]:
    """Put every state on its node and read it back, all nodes at once; the rows say afterwards what was found.

    `heartbeat(step)` is called at least every HEARTBEAT_SECONDS and may raise to stop the waiting.
    """
    failpoint("before:put")
    paused = _paused(states)
    puts = _everywhere(
        states,
        lambda state: (
            _unavailable(state, "not called: it failed a moment ago") if state.node_id in paused else _put(state)
        ),
        lambda: heartbeat(Step.PUT),
    )
    failpoint("after:put")
    heartbeat(Step.READ_BACK)
    failpoint("before:read_back")
    arrived = [state for state, outcome in zip(states, puts, strict=True) if outcome.verdict is Verdict.VERIFIED]
    reads = iter(_everywhere(arrived, _read_back, lambda: heartbeat(Step.READ_BACK)))
    outcomes = [_joined(put, next(reads)) if put.verdict is Verdict.VERIFIED else put for put in puts]
    for state, outcome in zip(states, outcomes, strict=True):
        _remember(state, outcome)
    failpoint("after:read_back")
    return outcomes


def _paused(states: list[NodeState]) -> set[int]:
    nodes = SbcNode.objects.filter(pk__in=[state.node_id for state in states], retry_at__gt=Now())
    return set(nodes.values_list("pk", flat=True))


def _joined(put: Outcome, read: Outcome) -> Outcome:
    return Outcome(read.verdict, read.reason, read.message, put.took_ms + read.took_ms)


def _everywhere(
    states: list[NodeState], act: Callable[[NodeState], Outcome], heartbeat: Callable[[], None]
) -> list[Outcome]:
    if not states:
        return []
    pool = ThreadPoolExecutor(max_workers=len(states))
    try:
        futures: list[Future[Outcome]] = [pool.submit(act, state) for state in states]
        while wait(futures, timeout=settings.HEARTBEAT_SECONDS).not_done:
            heartbeat()
        return [future.result() for future in futures]
    finally:
        pool.shutdown(wait=False)


def _put(state: NodeState) -> Outcome:
    def act(client: NodeClient) -> Held:
        if state.document is None:
            return client.delete(state.subject_kind, state.subject_id, state.fence)
        return client.put(state.document, state.fence)

    return _try(state, act, lambda held: Outcome(Verdict.VERIFIED))


def _read_back(state: NodeState) -> Outcome:
    return _try(
        state,
        lambda client: client.read(state.subject_kind, state.subject_id),
        lambda held: _compare(state, held),
    )


def _compare(state: NodeState, held: Held | None) -> Outcome:
    if state.wants_absent:
        equal = held is None or not held.present
    else:
        equal = held is not None and held.present and held.hash == state.wanted_hash and held.fence == state.fence
    if equal:
        return Outcome(Verdict.VERIFIED)
    return Outcome(
        Verdict.DIFFERENT,
        "NotAppliedByNode",
        _("The %(role)s node said yes, but reading back gave something else") % {"role": _role(state)},
    )


def _try(
    state: NodeState, act: Callable[[NodeClient], Held | None], judge: Callable[[Held | None], Outcome]
) -> Outcome:
    started = time.monotonic()
    try:
        outcome = judge(act(client_of(state.node.agent_url)))
    except Stale as newer:
        return Outcome(Verdict.DIFFERENT, newer.reason, str(newer))
    except Rejected as refusal:
        return Outcome(Verdict.REJECTED, refusal.reason, str(refusal))
    except Unavailable as trouble:
        return _unavailable(state, str(trouble))
    return replace(outcome, took_ms=(time.monotonic() - started) * 1000)


def _unavailable(state: NodeState, detail: str) -> Outcome:
    message = _("Waiting for the %(role)s node") % {"role": _role(state)}
    return Outcome(Verdict.UNAVAILABLE, "NodeUnavailable", message, detail=detail)


def _remember(state: NodeState, outcome: Outcome) -> None:
    """Only if nobody wants something newer by now."""
    rows = NodeState.objects.filter(
        pk=state.pk, wanted_generation=state.wanted_generation, wanted_epoch=state.wanted_epoch
    )
    if outcome.verdict is Verdict.VERIFIED:
        rows.update(verified=True, verified_at=Now(), took_ms=outcome.took_ms, last_error="")
    else:
        rows.update(last_error=(outcome.detail or outcome.message)[:200])
    note_health(state.node, outcome.verdict is not Verdict.UNAVAILABLE, outcome.detail)


def note_health(node: SbcNode, answered: bool, detail: str = "") -> None:
    """Remember whether a node answers. One that does not is left alone for a while, so that it delays nobody."""
    row = SbcNode.objects.filter(pk=node.pk)
    if answered:
        if node.failing_since is not None:
            row.update(failing_since=None, retry_at=None, last_error="")
        return
    pause = timedelta(seconds=settings.NODE_PAUSE_SECONDS)
    row.filter(Q(retry_at=None) | Q(retry_at__lte=Now())).update(
        failing_since=Coalesce("failing_since", Now()), retry_at=Now() + pause, last_error=detail[:200]
    )


def _role(state: NodeState) -> str:
    return str(state.node.get_role_display()).lower()
