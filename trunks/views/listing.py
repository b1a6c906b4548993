"""The list of trunks, and the polling of its states."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.access import account_of, needs, signed_member
from accounts.enums import Right
from accounts.models import Account
from common.htmx import render_page_or_part
from common.polling import Part, answer, part, seen_ids
from trunks.actions import why_no_order
from trunks.condition import NEEDS_ATTENTION
from trunks.enums import State
from trunks.forms.listing import TrunkFilter
from trunks.models import Trunk
from trunks.reach import unreachable
from trunks.selectors import open_drafts_of, released, trunks_of
from trunks.views.deleted import deleted_names
from trunks.views.rows import Row, rows_of

PER_PAGE = 25
# More of them stand on the page that begins an order.
DRAFTS = 3
# How many released trunks are named.
RELEASED = 5
# Nobody turns so many pages; PostgreSQL refuses larger numbers than it can count.
LAST_PAGE = 1_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """`found` is how many trunks match, on all pages: at least so many when there is `more`, None meaning unknown;
    `total` how many there are.
    """

    number: int
    trunks: list[Trunk]
    more: bool
    found: int | None
    total: int

    @property
    def count(self) -> int:
        """The pages, as far as they are known."""
        return self.number + self.more if self.found is None else max(1, -(-self.found // PER_PAGE))


@needs(Right.SEE_TRUNKS)
@require_GET
def trunk_list(request: HttpRequest) -> HttpResponse:
    account, member = account_of(request), signed_member(request)
    for name in deleted_names(request):
        messages.success(request, _("%(name)s was deleted") % {"name": name})
    counts, silent = counts_of(account), unreachable(account)
    filters = TrunkFilter(request.GET)
    page = page_of(account, filters, counts, number_of(request), silent)
    rows = rows_of(page.trunks, member, silent)
    head = head_parts(filters, page, lede_of(counts, len(silent)), any(row.condition.is_pending for row in rows))
    drafts = list(open_drafts_of(account)[: DRAFTS + 1])
    context = {
        "filters": filters,
        "heads": filters.sorting.heads(),
        "page": page,
        "rows": rows,
        "shows_registration": any(row.registration for row in rows),
        "parts": {part.id.removeprefix("trunks-"): part for part in head},
        "total": sum(counts.values()),
        "released": list(released(account)[: RELEASED + 1]),
        "drafts": drafts[:DRAFTS],
        "has_more_drafts": len(drafts) > DRAFTS,
        "why_no_order": why_no_order(member),
        "export_query": urlencode(filters.query()),
        "poll_url": next_url(filters, page, rows, head),
    }
    return render_page_or_part(request, "trunks/list.html", context, part="trunks/parts/table.html")


@needs(Right.SEE_TRUNKS)
@require_GET
def list_status(request: HttpRequest) -> HttpResponse:
    """What changed of the rows that the page shows as pending, and of the words above them."""
    account = account_of(request)
    counts, silent = counts_of(account), unreachable(account)
    filters = TrunkFilter(request.GET)
    page = page_of(account, filters, counts, number_of(request), silent)
    ids = shown_trunks(request)
    if ids and not page.trunks:
        return HttpResponse(headers={"HX-Refresh": "true"})
    rows = rows_of(trunks_of(account).filter(pk__in=ids), signed_member(request), silent)
    gone = set(ids) - {row.trunk.pk for row in rows}
    pending = [row for row in rows if row.condition.is_pending]
    head = head_parts(filters, page, lede_of(counts, len(silent)), bool(pending))
    ended = [
        _("%(name)s: %(word)s") % {"name": row.trunk, "word": row.condition.word} for row in rows if row not in pending
    ]
    return answer(
        request,
        [*head, *parts_of(rows), *(Part(f"trunk-{pk}", "", gone=True) for pk in gone)],
        next_url=next_url(filters, page, pending, head),
        announce=". ".join(ended),
        banners=[_("%(name)s was deleted") % {"name": name} for name in deleted_names(request)],
    )


def page_of(
    account: Account, filters: TrunkFilter, counts: dict[str, int], number: int, urgent: Collection[UUID]
) -> Page:
    """One query finds which trunks stand there, from an index alone where it can; another reads them."""
    found = filters.count(counts)
    if found is not None:
        number = min(number, max(1, -(-found // PER_PAGE)))
    start = (number - 1) * PER_PAGE
    sort = filters.sorting.sort
    matching = sort(filters.narrow(Trunk.objects.filter(account=account, gone_at=None)), urgent)
    ids = list(matching.values_list("pk", flat=True)[start : start + PER_PAGE + 1])
    if not ids and number > 1:
        return page_of(account, filters, counts, 1, urgent)
    more = len(ids) > PER_PAGE
    if found is None and not more:
        found = start + len(ids)
    return Page(
        number, list(sort(trunks_of(account).filter(pk__in=ids[:PER_PAGE]), urgent)), more, found, sum(counts.values())
    )


def number_of(request: HttpRequest) -> int:
    """The page asked for; the first one for nonsense."""
    asked = request.GET.get("page", "")
    return min(max(1, int(asked)), LAST_PAGE) if asked.isascii() and asked.isdecimal() else 1


def head_parts(filters: TrunkFilter, page: Page, lede: str, pending: bool) -> list[Part]:
    """What stands above the rows and changes with them."""
    query = urlencode([*filters.query(), ("page", page.number)])
    caption = {
        "filters": filters,
        "page": page,
        "least": page.number * PER_PAGE,
        "total": page.total,
        "refresh": f"{reverse('trunks:list')}?{query}" if pending else "",
    }
    return [
        part("trunks-lede", "trunks/parts/lede.html", {"lede": lede}),
        part("trunks-caption", "trunks/parts/caption.html", caption),
    ]


def parts_of(rows: Sequence[Row]) -> list[Part]:
    return [part for row in rows for part in (row.cell, row.menu)]


def next_url(filters: TrunkFilter, page: Page, rows: Sequence[Row], head: Sequence[Part]) -> str:
    """Empty when nothing is pending: then nobody asks."""
    pending = [row for row in rows if row.condition.is_pending]
    seen: list[tuple[str, Any]] = [("seen", part.seen) for part in [*parts_of(pending), *head]]
    asked = [*filters.query(), ("page", page.number), *seen]
    return f"{reverse('trunks:list_status')}?{urlencode(asked)}" if pending else ""


def shown_trunks(request: HttpRequest) -> list[UUID]:
    cells = [cell.removeprefix("state-") for cell in seen_ids(request) if cell.startswith("state-")]
    try:
        return [UUID(cell) for cell in cells[:PER_PAGE]]
    except ValueError:
        return []


def counts_of(account: Account) -> dict[str, int]:
    """How many trunks are in which state, filters or not; from an index alone."""
    rows = Trunk.objects.filter(account=account, gone_at=None).order_by().values("urgency").annotate(count=Count("*"))
    return {State.values[row["urgency"]]: row["count"] for row in rows}


def lede_of(counts: dict[str, int], silent: int = 0) -> str:
    """The list in one sentence or two. `silent` live trunks cannot be called."""
    total = sum(counts.values())
    if not total:
        return ""
    words = [_counted(ngettext("%(count)s trunk.", "%(count)s trunks.", total), total)]
    if urgent := silent + sum(counts.get(state, 0) for state in NEEDS_ATTENTION):
        words.append(_counted(ngettext("One needs your attention.", "%(count)s need your attention.", urgent), urgent))
    if pending := counts.get(State.PENDING, 0):
        words.append(_counted(ngettext("One is being changed.", "%(count)s are being changed.", pending), pending))
    return " ".join(words)


def _counted(words: str, count: int) -> str:
    return words % {"count": f"{count:,}"}
