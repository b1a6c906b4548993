"""The list of trunks as a file for spreadsheets."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import account_of, needs
from accounts.enums import Right
from common.spreadsheet import csv_answer
from trunks.enums import State
from trunks.forms.listing import TrunkFilter, type_label
from trunks.models import Trunk
from trunks.reach import unreachable
from trunks.selectors import trunks_of

CHUNK = 2000


@needs(Right.SEE_TRUNKS)  # type: ignore[arg-type]  # an answer that streams is typed as no HttpResponse
@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Those that the filters show, in the list's order, however many."""
    filters = TrunkFilter(request.GET)
    account = account_of(request)
    trunks = filters.sorting.sort(filters.narrow(trunks_of(account)), unreachable(account))
    return csv_answer("trunks", map(_, HEADS), map(_cells, trunks.iterator(CHUNK)))


HEADS = (
    "Reference",
    "Id",
    "Name",
    "State",
    "Type",
    "Plan",
    "Data centre",
    "Channels",
    "Source addresses",
    "Destinations",
    "User name",
    "Created (UTC)",
)


def _cells(trunk: Trunk) -> list[Any]:
    revision = trunk.wanted
    return [
        trunk.reference,
        trunk.pk,
        trunk.name,
        list(State)[trunk.urgency].label,
        type_label(trunk.connects, trunk.kind),
        trunk.plan_id,
        trunk.data_centre,
        revision.channels if revision else "",
        " ".join(revision.source_hosts) if revision else "",
        " ".join(f"{host}:{port}" if port else host for host, port in revision.destinations) if revision else "",
        trunk.username or "",
        f"{trunk.created_at:%Y-%m-%d %H:%M:%S}",
    ]
