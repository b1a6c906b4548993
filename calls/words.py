"""What became of a call, in words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from calls.models import Call
from sbc.refusals import REFUSALS, Refusal

# What others answer, as people say it.
_BY_CODE = {
    0: _("No result"),
    400: _("Refused as faulty"),
    401: _("Password was asked for"),
    403: _("Refused by the other side"),
    404: _("Number not found"),
    407: _("Password was asked for"),
    408: _("No answer"),
    410: _("Number not in use"),
    415: _("Media not supported"),
    480: _("Not available"),
    481: _("Call unknown to the other side"),
    484: _("Number incomplete"),
    486: _("Busy"),
    487: _("Cancelled by the caller"),
    488: _("No common codec"),
    503: _("Network not available"),
    600: _("Busy"),
    603: _("Declined"),
    604: _("Number not found"),
    607: _("Unwanted"),
}
_QUIET = frozenset({408, 480, 486, 487, 600, 603})
_GOOD_MOS, _FAIR_MOS = Decimal("4.0"), Decimal("3.6")


@dataclass(frozen=True, slots=True)
class Result:
    """Shape, words, and the SIP status beside them."""

    tone: str
    word: str
    code: int

    @property
    def both(self) -> str:
        return f"{self.word} ({self.code})" if self.code else self.word


def result_of(call: Call) -> Result:
    if call.answered_at:
        return Result("good", str(_("Answered")), call.code)
    if refusal := refusal_of(call):
        return Result("bad", str(_("Refused: %(text)s") % {"text": _spoken(refusal.text)}), call.code)
    if call.why:
        return Result("bad", str(_("Refused: %(text)s") % {"text": call.why}), call.code)
    return Result("off" if call.code in _QUIET else "warn", str(_BY_CODE.get(call.code, _("Failed"))), call.code)


def refusal_of(call: Call) -> Refusal | None:
    """Cause and cure of what we refused ourselves; None for what others did, and for words of a later node."""
    return REFUSALS.get(call.why)


def quality_of(call: Call) -> str:
    """The media quality in a word; empty when it is not known."""
    if call.mos is None:
        return ""
    word = _("Good") if call.mos >= _GOOD_MOS else _("Fair") if call.mos >= _FAIR_MOS else _("Poor")
    return str(word)


def hop_of(call: Call) -> str:
    """The last of the customer's addresses that was tried; our own gateways are nobody's business."""
    return "" if call.is_outbound else call.hop


def duration_of(call: Call) -> str:
    """1:02, or 1:00:02; a call that nobody answered has none. Parts of a second count as one."""
    if not call.answered_at:
        return ""
    minutes, seconds = divmod(-(-call.duration_ms // 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _spoken(text: str) -> str:
    """A SIP reason phrase inside a sentence: "Channel Limit Reached" without its capitals, "TLS" with them."""
    return " ".join(word if word.isupper() else word.lower() for word in text.split())
