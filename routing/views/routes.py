"""The list of routes, and the polling of their states."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import account_of, needs, signed_member
from accounts.enums import Right
from accounts.models import Member
from accounts.validators import why_not
from common.polling import Part, answer, part, poll_url, seen_ids
from provisioning.models import Operation
from routing.enums import MOST_ENTRIES
from routing.judging import why_no_more
from routing.models import Route
from routing.route_condition import conditions_of
from routing.route_selectors import newest_operations, routes_of, states_of
from routing.route_words import preview
from routing.specification import RouteSettings
from routing.views.route_deleted import deleted_names
from trunks.condition import Condition
from trunks.models import Trunk

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Row:
    """A route; polls replace `cell`."""

    route: Route
    operation: Operation | None
    condition: Condition
    cell: Part
    preview: str
    count: int


@needs(Right.SEE_TRUNKS)
@require_GET
def route_list(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    for name in deleted_names(request):
        messages.success(request, _("%(name)s was deleted") % {"name": name})
    page = Paginator(routes_of(account).order_by("name", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(page.object_list)
    context = {
        "rows": rows,
        "page": page,
        "most": MOST_ENTRIES,
        "why_no_route": why_no_route(signed_member(request)),
        "caption": caption(any(row.condition.is_pending for row in rows)),
        "poll_url": next_url(rows),
    }
    return render(request, "routing/routes/list.html", context)


@needs(Right.SEE_TRUNKS)
@require_GET
def list_status(request: HttpRequest) -> HttpResponse:
    """What changed of the rows that the page shows as pending."""
    account, ids = account_of(request), shown_routes(request)
    rows = rows_of(routes_of(account).filter(pk__in=ids))
    gone = sorted(set(ids) - {row.route.pk for row in rows})
    if gone and not routes_of(account).exists():
        return HttpResponse(headers={"HX-Refresh": "true"})
    ended = [f"{row.route}: {row.condition.word}" for row in rows if not row.condition.is_pending]
    pending = [row for row in rows if row.condition.is_pending]
    leaving = [Part(f"route-{pk}", "", gone=True) for pk in gone]
    return answer(
        request,
        [*(row.cell for row in rows), *([] if pending else [caption(False)]), *leaving],
        next_url=next_url(pending),
        announce=". ".join(ended),
        banners=[_("%(name)s was deleted") % {"name": name} for name in deleted_names(request)],
    )


def rows_of(routes: Iterable[Route]) -> list[Row]:
    """As many queries for many routes as for one."""
    found = list(routes)
    operations, states = newest_operations(found), states_of(found)
    conditions = conditions_of(found, operations, states, timezone.now())
    return [_row(route, operations.get(str(route.pk)), conditions[str(route.pk)]) for route in found]


def _row(route: Route, operation: Operation | None, condition: Condition) -> Row:
    settings = RouteSettings.of(route.wanted) if route.wanted else RouteSettings(route.name, ())
    cell = part(f"state-{route.pk}", "routing/routes/parts/state.html", {"condition": condition})
    return Row(route, operation, condition, cell, preview(settings.entries, trunks_of(route)), len(settings.entries))


def trunks_of(route: Route) -> dict[str, Trunk]:
    """Those of its entries as they were read with it, by id as text."""
    entries = route.wanted.entries.all() if route.wanted else []
    return {str(entry.trunk_id): entry.trunk for entry in entries if entry.trunk}


def caption(waiting: bool) -> Part:
    url = reverse("routes:list") if waiting else ""
    return part("routes-caption", "routing/parts/refresh.html", {"url": url})


def next_url(rows: Sequence[Row]) -> str:
    """Empty when nothing is pending: then nobody asks."""
    waiting = [row.cell for row in rows if row.condition.is_pending]
    return poll_url(reverse("routes:list_status"), waiting) if waiting else ""


def shown_routes(request: HttpRequest) -> list[UUID]:
    cells = [cell.removeprefix("state-") for cell in seen_ids(request) if cell.startswith("state-")]
    try:
        return [UUID(cell) for cell in cells[:PER_PAGE]]
    except ValueError:
        return []


def why_no_route(member: Member) -> str:
    """Why the member creates no route now; empty where they may."""
    account = member.account
    return why_not(member.role, Right.CHANGE_TRUNKS) or account.why_suspended or why_no_more(account)
