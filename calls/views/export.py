"""The list of calls as a file for spreadsheets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import account_of, needs
from accounts.enums import Right
from calls.forms import CallFilter
from calls.models import Call
from calls.selectors import calls_of
from calls.words import hop_of, result_of
from common.spreadsheet import csv_answer

CHUNK = 2000
HEADS = (
    "Begun (UTC)",
    "Rang (UTC)",
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
    "Data centre",
    "Node",
    "Result",
    "SIP status",
    "Reason",
    "Hung up by",
    "Sent to",
    "Destinations tried",
    "Codec",
    "MOS",
    "Packet loss (%)",
    "Jitter (ms)",
    "Call-ID",
)


@needs(Right.SEE_TRUNKS)  # type: ignore[arg-type]  # an answer that streams is typed as no HttpResponse
@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Those that the filters find, newest first, however many."""
    account = account_of(request)
    calls = CallFilter(account, request.GET).narrow(calls_of(account)).select_related("node", "data_centre")
    return csv_answer("calls", map(_, HEADS), map(_cells, calls.iterator(CHUNK)))


def _cells(call: Call) -> list[Any]:
    return [
        *map(_moment, (call.begun_at, call.rang_at, call.answered_at, call.ended_at)),
        f"{call.duration_ms / 1000:.3f}",
        call.get_direction_display(),
        *(call.caller, call.caller_e164, call.caller_country),
        *(call.callee, call.callee_e164, call.callee_country),
        *(call.trunk_name, call.trunk_id or ""),
        *(call.data_centre, call.node.get_role_display()),
        *(result_of(call).word, call.code, call.why),
        call.get_hung_up_display(),
        *(hop_of(call), call.tried),
        call.codec,
        *("" if value is None else value for value in (call.mos, call.loss, call.jitter)),
        call.call_id,
    ]


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else ""
