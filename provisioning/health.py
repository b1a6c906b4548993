"""The circuit breaker: a node that did not answer is tried by one caller per pause, so that it delays nobody."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Coalesce, Now

from provisioning.models import SbcNode


def may_call(node: SbcNode) -> bool:
    """Whether to call the node now. When the pause of a failing node is over, one of the callers gets the turn."""
    if node.failing_since is None:
        return True
    paused = SbcNode.objects.filter(Q(retry_at=None) | Q(retry_at__lte=Now()), pk=node.pk)
    return paused.update(retry_at=_pause_end()) == 1


def note_answer(node: SbcNode) -> None:
    """The node answered: everybody may call it again."""
    if node.failing_since is not None:
        SbcNode.objects.filter(pk=node.pk).update(failing_since=None, retry_at=None, last_error="")


def note_failure(node: SbcNode, detail: str) -> None:
    """The node did not answer: leave it alone for a while."""
    SbcNode.objects.filter(pk=node.pk).update(
        failing_since=Coalesce("failing_since", Now()), retry_at=_pause_end(), last_error=detail[:200]
    )


def _pause_end() -> object:
    return Now() + timedelta(seconds=settings.NODE_PAUSE_SECONDS)
