"""The list of calls as a file for spreadsheets."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import account_of, needs
from accounts.enums import Right
from calls.forms import CallFilter
from calls.models import Call
from calls.selectors import calls_of
from calls.words import result_of
from common.spreadsheet import csv_answer

CHUNK = 2000
HEADS = (
    "Begun (UTC)",
    "Answered (UTC)",
    "Ended (UTC)",
    "Seconds",
    "Direction",
    "From, as received",
    "From, E.164",
    "From country",
    "To, as received",
    "To, E.164",
    "To country",
    "Trunk",
    "Trunk id",
    "Result",
    "SIP status",
    "Reason",
    "Call-ID",
)


@needs(Right.SEE_TRUNKS)  # type: ignore[arg-type]  # an answer that streams is typed as no HttpResponse
@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Those that the filters find, newest first, however many."""
    account = account_of(request)
    calls = CallFilter(account, request.GET).narrow(calls_of(account))
    return csv_answer("calls", map(_, HEADS), map(_cells, calls.iterator(CHUNK)))


def _cells(call: Call) -> list[Any]:
    return [
        f"{call.begun_at:%Y-%m-%d %H:%M:%S}",
        f"{call.answered_at:%Y-%m-%d %H:%M:%S}" if call.answered_at else "",
        f"{call.ended_at:%Y-%m-%d %H:%M:%S}",
        f"{call.duration_ms / 1000:.3f}",
        call.get_direction_display(),
        call.caller,
        call.caller_e164,
        call.caller_country,
        call.callee,
        call.callee_e164,
        call.callee_country,
        call.trunk_name,
        call.trunk_id or "",
        result_of(call).word,
        call.code,
        call.why,
        call.call_id,
    ]
