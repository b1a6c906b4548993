"""The list of trunks, and the polling of its states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.access import account_of, needs, signed_member
from accounts.enums import Right
from accounts.models import Account
from common.htmx import render_page_or_part
from common.polling import Part, answer, part, poll_url, seen_ids
from trunks.condition import NEEDS_ATTENTION, Condition, conditions_of
from trunks.enums import State
from trunks.forms.listing import TrunkFilter
from trunks.models import Trunk
from trunks.selectors import by_urgency, open_drafts_of, trunks_of
from trunks.views.deleted import deleted_names

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Row:
    """A trunk with its condition; `cell` is what polls replace."""

    trunk: Trunk
    condition: Condition
    cell: Part

    @property
    def is_pending(self) -> bool:
        return self.condition.is_pending


@needs(Right.SEE_TRUNKS)
@require_GET
def trunk_list(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    for name in deleted_names(request):
        messages.success(request, _("%(name)s was deleted") % {"name": name})
    trunks = trunks_of(account)
    counts = counts_of(account)
    filters = TrunkFilter(account, request.GET)
    page = Paginator(by_urgency(filters.narrow(trunks)), PER_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(page.object_list)
    lede = part("trunks-lede", "trunks/parts/lede.html", {"lede": lede_of(counts)})
    context = {
        "filters": filters,
        "page": page,
        "rows": rows,
        "lede": lede,
        "total": sum(counts.values()),
        "drafts": open_drafts_of(account)[:3],
        "may_order": signed_member(request).may(Right.CHANGE_TRUNKS),
        "poll_url": next_url(rows, lede),
    }
    return render_page_or_part(request, "trunks/list.html", context, part="trunks/parts/table.html")


@needs(Right.SEE_TRUNKS)
@require_GET
def list_status(request: HttpRequest) -> HttpResponse:
    """The states that the page shows as pending: those that changed."""
    account = account_of(request)
    ids = shown_trunks(request)
    rows = rows_of(trunks_of(account).filter(pk__in=ids))
    gone = set(ids) - {row.trunk.pk for row in rows}
    lede = part("trunks-lede", "trunks/parts/lede.html", {"lede": lede_of(counts_of(account))})
    ended = [
        _("%(name)s: %(word)s") % {"name": row.trunk, "word": row.condition.word} for row in rows if not row.is_pending
    ]
    return answer(
        request,
        [lede, *(row.cell for row in rows), *(Part(f"trunk-{pk}", "", gone=True) for pk in gone)],
        next_url=next_url(rows, lede),
        announce=". ".join(ended),
        banners=[_("%(name)s was deleted") % {"name": name} for name in deleted_names(request)],
    )


def rows_of(trunks: Any) -> list[Row]:
    listed: Sequence[Trunk] = list(trunks)
    conditions = conditions_of(listed, timezone.now())
    return [_row(trunk, conditions[str(trunk.pk)]) for trunk in listed]


def _row(trunk: Trunk, condition: Condition) -> Row:
    cell = part(f"state-{trunk.pk}", "trunks/parts/state.html", {"condition": condition})
    return Row(trunk, condition, cell)


def next_url(rows: Sequence[Row], lede: Part) -> str:
    """Empty when nothing is pending: then nobody asks."""
    pending = [row.cell for row in rows if row.is_pending]
    return poll_url(reverse("trunks:list_status"), [*pending, lede]) if pending else ""


def shown_trunks(request: HttpRequest) -> list[UUID]:
    cells = [cell.removeprefix("state-") for cell in seen_ids(request) if cell.startswith("state-")]
    try:
        return [UUID(cell) for cell in cells[:PER_PAGE]]
    except ValueError:
        return []


def counts_of(account: Account) -> dict[str, int]:
    """How many trunks are in which state, filters or not."""
    rows = trunks_of(account).order_by().values("state").annotate(count=Count("pk"))  # type: ignore[misc]  # an annotation
    return {row["state"]: row["count"] for row in rows}


def lede_of(counts: dict[str, int]) -> str:
    """The list in one sentence or two."""
    total = sum(counts.values())
    if not total:
        return ""
    words = [ngettext("%(count)s trunk.", "%(count)s trunks.", total) % {"count": total}]
    if urgent := sum(counts.get(state, 0) for state in NEEDS_ATTENTION):
        words.append(
            ngettext("One needs your attention.", "%(count)s need your attention.", urgent) % {"count": urgent}
        )
    if pending := counts.get(State.PENDING, 0):
        words.append(ngettext("One is being changed.", "%(count)s are being changed.", pending) % {"count": pending})
    return " ".join(words)
