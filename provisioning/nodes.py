"""Writes wanted states to nodes in parallel and reads them back; the rows say afterwards what was found."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache, lru_cache

from django.conf import settings
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from provisioning.enums import Step
from provisioning.failpoints import failpoint
from provisioning.health import may_call, note_answer, note_failure
from provisioning.models import NodeState
from sbc.client import Held, NodeClient, NotReached, Rejected, Stale, Tls, Unavailable

logger = logging.getLogger(__name__)

# Refusals that say nothing about the document: the node still holds the key for a subject whose removal it is owed
# (the portal lets nobody claim a key twice), or our token is wrong. They pass; the operation tries again.
PASSING = frozenset({"SourceHostTaken", "KeyTaken", "Unauthorized"})


class Verdict(IntEnum):
    """How writing to one node went, the worst last."""

    VERIFIED = 0
    UNAVAILABLE = 1
    DIFFERENT = 2
    REJECTED = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """`reason` is one CamelCase word, `message` a sentence for customers, `detail` the node's own words.

    `untouched`: what was sent certainly did not change the node. `held` is the generation that was read from it, 0
    when it holds the right document under an older number.
    """

    verdict: Verdict
    reason: str = ""
    message: str = ""
    detail: str = ""
    took_ms: float = 0.0
    called: bool = True
    untouched: bool = False
    held: int | None = None


@lru_cache(maxsize=256)
def client_of(agent_url: str) -> NodeClient:
    """A client per node and process, so that connections are kept."""
    tls = Tls(settings.NODE_CA, settings.NODE_CERTIFICATE, settings.NODE_KEY) if settings.NODE_CA else None
    return NodeClient(agent_url, settings.NODE_TOKEN, timeout=settings.NODE_TIMEOUT_SECONDS, tls=tls)


def write(states: list[NodeState], heartbeat: Callable[[Step], None]) -> list[Outcome]:
    """Put every state on its node and read it back, all at once.

    `heartbeat(step)` is called at least every HEARTBEAT_SECONDS and may raise to stop the waiting.
    """
    failpoint("before:put")
    outcomes = _not_called(states)
    rest = [state for state in states if state.pk not in outcomes]
    outcomes |= _everywhere(rest, _put, lambda: heartbeat(Step.PUT))
    failpoint("after:put")
    heartbeat(Step.READ_BACK)
    failpoint("before:read_back")
    arrived = [state for state in rest if outcomes[state.pk].verdict is Verdict.VERIFIED]
    for pk, read in _everywhere(arrived, _read_back, lambda: heartbeat(Step.READ_BACK)).items():
        outcomes[pk] = replace(read, took_ms=outcomes[pk].took_ms + read.took_ms, untouched=False)
    for state in states:
        _remember(state, outcomes[state.pk])
    failpoint("after:read_back")
    return [outcomes[state.pk] for state in states]


def _not_called(states: list[NodeState]) -> dict[int, Outcome]:
    """The outcomes of states on nodes that failed a moment ago."""
    nodes = {state.node_id: state.node for state in states}
    paused = {pk for pk, node in nodes.items() if not may_call(node)}
    waiting = [state for state in states if state.node_id in paused]
    return {
        state.pk: replace(_unavailable(state, "not called: it failed a moment ago"), called=False, untouched=True)
        for state in waiting
    }


def _everywhere(
    states: list[NodeState], act: Callable[[NodeState], Outcome], heartbeat: Callable[[], None]
) -> dict[int, Outcome]:
    futures = {state.pk: _pool().submit(act, state) for state in states}
    while wait(futures.values(), timeout=settings.HEARTBEAT_SECONDS).not_done:
        heartbeat()
    return {pk: future.result() for pk, future in futures.items()}


@cache
def _pool() -> ThreadPoolExecutor:
    """Threads that only wait for nodes. Far more than operations at a time: a hanging node keeps one for 2 s."""
    return ThreadPoolExecutor(max_workers=64, thread_name_prefix="node")


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
        lambda held: _judge(state, held),
    )


def _judge(state: NodeState, held: Held | None) -> Outcome:
    if state.is_met_by(held):
        return Outcome(Verdict.VERIFIED)
    message = _("The %(role)s node said yes, but reading back gave something else")
    generation = held.fence.generation if held and held.hash != state.wanted_hash else 0
    return Outcome(Verdict.DIFFERENT, "NotAppliedByNode", message % {"role": _role(state)}, held=generation)


def _try(
    state: NodeState, act: Callable[[NodeClient], Held | None], judge: Callable[[Held | None], Outcome]
) -> Outcome:
    started = time.monotonic()
    try:
        outcome = judge(act(client_of(state.node.agent_url)))
    except Rejected as refusal:
        stale = isinstance(refusal, Stale)
        message = _("The %(role)s node did not accept it") % {"role": _role(state)}
        verdict = Verdict.DIFFERENT if stale or refusal.reason in PASSING else Verdict.REJECTED
        return Outcome(verdict, refusal.reason[:32], message, str(refusal), untouched=not stale)
    except Unavailable as trouble:
        return replace(_unavailable(state, str(trouble)), untouched=isinstance(trouble, NotReached))
    return replace(outcome, took_ms=(time.monotonic() - started) * 1000)


def _unavailable(state: NodeState, detail: str) -> Outcome:
    message = _("Waiting for the %(role)s node") % {"role": _role(state)}
    return Outcome(Verdict.UNAVAILABLE, "NodeUnavailable", message, detail)


def _remember(state: NodeState, outcome: Outcome) -> None:
    """Only if nobody wants something newer by now."""
    rows = NodeState.objects.filter(
        pk=state.pk, wanted_generation=state.wanted_generation, wanted_epoch=state.wanted_epoch
    )
    if outcome.verdict is Verdict.VERIFIED:
        rows.update(verified=True, verified_at=Now(), took_ms=outcome.took_ms, last_error="")
    else:
        held = state.held_before if outcome.untouched else outcome.held
        known = {} if held is None else {"held_generation": held}
        # Customers read the message; the node's own words may name a stranger's trunk.
        rows.update(last_error=outcome.message[:200], **known)
        state.held_generation = known.get("held_generation", state.held_generation)
        logger.info("%s: %s %s", state, outcome.reason, outcome.detail)
    if outcome.verdict is not Verdict.UNAVAILABLE:
        note_answer(state.node)
    elif outcome.called:
        note_failure(state.node, outcome.detail)


def _role(state: NodeState) -> str:
    return str(state.node.get_role_display()).lower()
