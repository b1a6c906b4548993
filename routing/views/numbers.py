"""Numbers: where their calls go, and whether the nodes know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import account_of, actor_of, needs, signed_member
from accounts.enums import Right
from accounts.models import Account
from accounts.validators import why_not
from common.errors import Conflict
from common.htmx import render_page_or_part
from common.polling import Part, answer, part, poll_url, seen_ids
from provisioning.enums import OperationKind, Status
from provisioning.models import Operation
from routing.forms import AssignForm, NumberFilter
from routing.models import Number
from routing.proof import Proof, proofs_of
from routing.selectors import endings_for, number_of, numbers_of
from routing.services import assign_number
from routing.stock import country_name
from routing.targets import target_of

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Row:
    """A number with its proof; polls replace `cell` and `menu`."""

    number: Number
    proof: Proof
    cell: Part
    menu: Part

    @property
    def about(self) -> str:
        """What tells it from others, for people who do not know numbers by heart."""
        kind = str(self.number.get_kind_display())
        return " · ".join(filter(None, (country_name(self.number.country), self.number.area, kind)))


@needs(Right.SEE_TRUNKS)
@require_GET
def number_list(request: HttpRequest) -> HttpResponse:
    account, member = account_of(request), signed_member(request)
    filters = NumberFilter(account, request.GET)
    page = Paginator(filters.narrow(numbers_of(account)), PER_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(page.object_list, why_not(member.role, Right.CHANGE_TRUNKS))
    refresh = _refresh_url(filters, page) if any(row.proof.waiting for row in rows) else ""
    context = {
        "filters": filters,
        "rows": rows,
        "page": page,
        "currency": account.currency,
        "has_any": bool(rows) or numbers_of(account).exists(),
        "why_no_order": account.why_suspended or why_not(member.role, Right.CHANGE_TRUNKS),
        "caption": caption_part(refresh),
        "poll_url": next_url(rows),
    }
    return render_page_or_part(request, "routing/list.html", context, part="routing/parts/table.html")


@needs(Right.SEE_TRUNKS)
@require_GET
def list_status(request: HttpRequest) -> HttpResponse:
    """What the page shows as waiting, so far as it changed; numbers that have left go."""
    account = account_of(request)
    shown = shown_numbers(request)
    rows = rows_of(numbers_of(account).filter(pk__in=shown), why_not(signed_member(request).role, Right.CHANGE_TRUNKS))
    gone = sorted(set(shown) - {row.number.pk for row in rows})
    if gone and not numbers_of(account).exists():
        return HttpResponse(headers={"HX-Refresh": "true"})
    done = ", ".join(f"{row.number}: {row.proof.words}" for row in rows if not row.proof.waiting)
    url = next_url(rows)
    leaving = [Part(f"number-{e164.removeprefix('+')}", "", gone=True) for e164 in gone]
    return answer(
        request,
        [*parts_of(rows), *([] if url else [caption_part("")]), *leaving],
        next_url=url,
        announce=done,
        banners=ending_words(account, gone),
    )


def shown_numbers(request: HttpRequest) -> list[str]:
    digits = [cell.removeprefix("proof-") for cell in seen_ids(request) if cell.startswith("proof-")]
    return [f"+{number}" for number in digits[:PER_PAGE] if number.isascii() and number.isdecimal()]


def ending_words(account: Account, numbers: Iterable[str]) -> list[str]:
    """Why numbers are not the account's any more."""
    return [_ended(operation) for operation in endings_for(account, numbers).values()]


def _ended(operation: Operation) -> str:
    failed = operation.kind == OperationKind.CREATE and operation.status == Status.FAILED
    never_came = _("%(number)s could not be activated. You have not been charged for it")
    return (never_came if failed else _("%(number)s was given back")) % {"number": operation.subject_id}


@needs(Right.CHANGE_TRUNKS)
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest, e164: str) -> HttpResponse:
    """Ask where the number's calls go, and point it there."""
    account = account_of(request)
    number = number_of(account, e164)
    form = AssignForm(number, account, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return _point(request, number, form)
    context = {"number": number, "form": form, "present": target_of(number)}
    return render(request, "routing/assign.html", context, status=422 if form.is_bound else 200)


def _point(request: HttpRequest, number: Number, form: AssignForm) -> HttpResponse:
    target = form.cleaned_data["to"]
    if target != target_of(number):
        try:
            assign_number(number, target, actor_of(request))
        except Conflict as conflict:
            conflict.back_url = reverse("routing:list")
            raise
    words = _("Calls to %(number)s go to %(target)s") if target else _("%(number)s leads nowhere")
    messages.success(request, words % {"number": number, "target": target})
    return HttpResponseRedirect(reverse("routing:list"), status=303)


def rows_of(numbers: Iterable[Number], refusal: str = "") -> list[Row]:
    """As many queries for many numbers as for one. `refusal`: why the reader may change none of them."""
    listed = list(numbers)
    proofs = proofs_of(listed)
    return [_row(number, proofs[number.pk], refusal) for number in listed]


def _row(number: Number, proof: Proof, refusal: str) -> Row:
    context: dict[str, Any] = {"number": number, "proof": proof, "refusal": refusal}
    return Row(
        number,
        proof,
        cell=part(f"proof-{number.digits}", "routing/parts/proof.html", context),
        menu=part(f"menu-{number.digits}", "routing/parts/menu.html", context),
    )


def parts_of(rows: Sequence[Row]) -> list[Part]:
    return [part for row in rows for part in (row.cell, row.menu)]


def caption_part(refresh: str) -> Part:
    return part("numbers-caption", "routing/parts/caption.html", {"refresh": refresh})


def _refresh_url(filters: NumberFilter, page: Page[Number]) -> str:
    query = urlencode([*filters.query(), ("page", page.number)])
    return f"{reverse('routing:list')}?{query}"


def next_url(rows: Sequence[Row]) -> str:
    """Empty when nothing is waiting: then nobody asks."""
    waiting = [row for row in rows if row.proof.waiting]
    return poll_url(reverse("routing:list_status"), parts_of(waiting)) if waiting else ""
