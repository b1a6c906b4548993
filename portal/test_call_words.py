"""What is said about a test call: how it went, in one sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sbc.lab.sip import Message
from sbc.lab.wire import CallTrace, Seen

NO_ANSWER = 408
OK, FIRST_REFUSAL = 200, 300

# By the reason that our own nodes give.
WHY = {
    "Proxy Authentication Required": gettext_lazy("this address is not a source address of a trunk on the node"),
    "Trunk Disabled": gettext_lazy("the trunk is disabled"),
    "International Calls Blocked": gettext_lazy("the trunk may only call and be called within the United States"),
    "Channel Limit Reached": gettext_lazy("every channel of the trunk is in use"),
    "No Gateway Available": gettext_lazy("no gateway of the phone network answers the node"),
    "Unassigned Number": gettext_lazy("the node knows no trunk for this number"),
    "Temporarily Unavailable": gettext_lazy("none of the trunk's destinations answers the node"),
}


def verdict_of(trace: CallTrace) -> str:
    """`trace` is the caller's."""
    if not trace.answered:
        return _refusal(trace)
    took = _milliseconds(trace, "INVITE")
    if _milliseconds(trace, "BYE") is None:
        return _("The call was answered after %(ms).0f ms, but the end of it was not confirmed") % {"ms": took or 0}
    return _("The call was answered after %(ms).0f ms and ended normally") % {"ms": took or 0}


def _refusal(trace: CallTrace) -> str:
    if not any(seen.direction == "received" for seen in trace.seen):
        return _("No answer at all: the node is down or does not get our packets")
    why = WHY.get(trace.reason)
    words = _("Refused with %(status)s %(reason)s") % {"status": trace.status, "reason": trace.reason}
    return f"{words}: {why}" if why else words


def no_verdict(trouble: str) -> str:
    """The call could not be placed or followed."""
    return _("The test call did not work: %(why)s") % {"why": trouble}


def _milliseconds(trace: CallTrace, method: str) -> float | None:
    """From the caller's first request to its success; None without one."""
    asked = next((seen.at for seen in trace.seen if seen.first_line.startswith(f"{method} ")), None)
    answered = next((seen.at for seen in trace.seen if _is_success(seen, method)), None)
    return None if asked is None or answered is None else (answered - asked) * 1000


def _is_success(seen: Seen, method: str) -> bool:
    message = Message.parse(seen.raw)
    return OK <= message.status < FIRST_REFUSAL and message.method == method


def tone_of(seen: Seen) -> str:
    """How a message of the trace is coloured: final answers only."""
    status = Message.parse(seen.raw).status
    if status < OK:
        return ""
    return "good" if status < FIRST_REFUSAL else "bad"
