"""Numbers: which trunk takes their calls, and whether the nodes know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import account_of, actor_of, needs, signed_member
from accounts.enums import Right
from common.polling import Part, answer, part, poll_url, seen_ids
from routing.forms import AssignForm
from routing.models import Number
from routing.proof import Proof, proof_of
from routing.selectors import numbers_of, states_of
from routing.services import assign_number
from trunks.models import Trunk
from trunks.selectors import living

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Row:
    """A number with its proof; `cell` is what polls replace."""

    number: Number
    proof: Proof
    cell: Part
    form: AssignForm | None = None


@needs(Right.SEE_TRUNKS)
@require_GET
def number_list(request: HttpRequest) -> HttpResponse:
    return _show(request)


@needs(Right.SEE_TRUNKS)
@require_GET
def list_status(request: HttpRequest) -> HttpResponse:
    """The proofs that the page shows as waiting: those that changed."""
    digits = [cell.removeprefix("proof-") for cell in seen_ids(request)][:PER_PAGE]
    shown = [f"+{number}" for number in digits if number.isdecimal()]
    rows = rows_of(numbers_of(account_of(request)).filter(pk__in=shown))
    done = ", ".join(f"{row.number}: {row.proof.words}" for row in rows if not row.proof.waiting)
    return answer(request, [row.cell for row in rows], next_url=next_url(rows), announce=done)


@needs(Right.CHANGE_TRUNKS)
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest, e164: str) -> HttpResponse:
    """POST points the number; a wrong answer is shown at this address, where a GET leads back to the list."""
    number = get_object_or_404(numbers_of(account_of(request)), pk=e164)
    if request.method != "POST":
        return redirect("routing:list")
    form = AssignForm(number, trunks_to_choose(request), request.POST)
    if not form.is_valid():
        return _show(request, form, number)
    trunk: Trunk | None = form.cleaned_data["trunk"]
    if (trunk.pk if trunk else None) != number.trunk_id:
        assign_number(number, trunk, actor_of(request))
    words = _("%(number)s points to %(trunk)s") if trunk else _("%(number)s points to no trunk")
    messages.success(request, words % {"number": number, "trunk": trunk})
    return HttpResponseRedirect(reverse("routing:list"), status=303)


def _show(request: HttpRequest, wrong: AssignForm | None = None, asked: Number | None = None) -> HttpResponse:
    page = Paginator(numbers_of(account_of(request)), PER_PAGE).get_page(request.GET.get("page"))
    may_change = signed_member(request).may(Right.CHANGE_TRUNKS)
    rows = rows_of(list(page.object_list), list(trunks_to_choose(request)) if may_change else None)
    if wrong is not None and asked is not None:
        rows = [Row(row.number, row.proof, row.cell, wrong) if row.number == asked else row for row in rows]
    context = {
        "rows": rows,
        "page": page,
        "may_change": may_change,
        "wrong": wrong,
        "poll_url": next_url(rows),
    }
    return render(request, "routing/list.html", context, status=422 if wrong else 200)


def trunks_to_choose(request: HttpRequest) -> QuerySet[Trunk]:
    return living(account_of(request)).select_related("wanted").order_by("wanted__name")


def rows_of(numbers: Iterable[Number], trunks: Sequence[Trunk] | None = None) -> list[Row]:
    listed = list(numbers)
    states = states_of(listed)
    return [_row(number, proof_of(states[number.pk]), trunks) for number in listed]


def _row(number: Number, proof: Proof, trunks: Sequence[Trunk] | None) -> Row:
    cell = part(f"proof-{number.pk.removeprefix('+')}", "routing/parts/proof.html", {"proof": proof})
    return Row(number, proof, cell, None if trunks is None else AssignForm(number, trunks))


def next_url(rows: Sequence[Row]) -> str:
    waiting = [row.cell for row in rows if row.proof.waiting]
    return poll_url(reverse("routing:list_status"), waiting) if waiting else ""
