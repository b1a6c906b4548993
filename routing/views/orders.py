"""The page of an order: each of its numbers on its way to the nodes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.access import account_of, needs, signed_member
from accounts.enums import Right
from accounts.models import Account
from common.polling import Part, answer, part, poll_url
from provisioning.enums import OperationKind, Status
from provisioning.models import Operation
from routing.models import Number, NumberOrder, OrderedNumber
from routing.models.number import SUBJECT
from routing.pricing import ZERO
from routing.proof import Proof, proofs_of
from routing.selectors import numbers_of, order_of
from routing.targets import Target, target_of


@dataclass(frozen=True, slots=True)
class Row:
    """One number of the order; polls replace `cell`. `number` is None when it is not the account's any more."""

    line: OrderedNumber
    number: Number | None
    proof: Proof
    cell: Part

    @property
    def target(self) -> Target:
        return target_of(self.number) if self.number else None


@needs(Right.SEE_TRUNKS)
@require_GET
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    found = order_of(account_of(request), order_id)
    rows = _rows(account_of(request), found)
    lines = [row.line for row in rows]
    failed = [row.line for row in rows if row.proof.tone == "bad"]
    context = {
        "order": found,
        "rows": rows,
        "title": _title(rows),
        "currency": found.account.currency,
        "monthly": sum((line.monthly for line in lines), ZERO),
        "first_charge": sum((line.first_charge for line in lines), ZERO),
        "released": sum((line.first_charge for line in failed), ZERO),
        "refresh": _refresh_part(found, rows),
        "may_change": signed_member(request).may(Right.CHANGE_TRUNKS),
        "poll_url": _next_url(found, rows),
    }
    return render(request, "routing/order.html", context)


@needs(Right.SEE_TRUNKS)
@require_GET
def order_status(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """What changed. When everything has ended the page is loaded anew where something failed: its words change."""
    found = order_of(account_of(request), order_id)
    rows = _rows(account_of(request), found)
    url = _next_url(found, rows)
    parts = [row.cell for row in rows]
    if url:
        return answer(request, parts, next_url=url)
    if any(row.proof.tone == "bad" for row in rows):
        return HttpResponse(headers={"HX-Refresh": "true"})
    words = ngettext("Your number is ready", "Your numbers are ready", len(rows))
    done = [*parts, part("order-title", "routing/parts/words.html", {"words": words}), _refresh_part(found, rows)]
    title = render_to_string("routing/parts/words.html", {"words": words})
    return answer(request, done, next_url="", announce=words, title=title)


def _rows(account: Account, found: NumberOrder) -> list[Row]:
    lines = list(found.lines.all())
    own = {number.pk: number for number in numbers_of(account).filter(order=found)}
    proofs = proofs_of(list(own.values()))
    endings = _endings(lines)
    return [_row(line, own.get(line.number_id), proofs, endings.get(line.number_id)) for line in lines]


def _endings(lines: Iterable[OrderedNumber]) -> dict[str, Operation]:
    """The operations that activate the numbers."""
    created = Operation.objects.filter(kind=OperationKind.CREATE, subject_kind=SUBJECT)
    generations = {line.number_id: line.generation for line in lines}
    found = created.filter(subject_id__in=generations)
    return {each.subject_id: each for each in found if each.generation == generations[each.subject_id]}


def _row(line: OrderedNumber, number: Number | None, proofs: dict[str, Proof], created: Operation | None) -> Row:
    if number is not None:
        proof = proofs[number.pk]
    elif created is not None and created.status == Status.FAILED:
        proof = Proof("bad", _("Could not be activated. You have not been charged"), created.message)
    else:
        proof = Proof("off", _("Given back"))
    context = {"proof": proof}
    return Row(line, number, proof, part(f"line-{line.number_id[1:]}", "routing/parts/proof.html", context))


def _title(rows: list[Row]) -> str:
    if any(row.proof.waiting for row in rows):
        return _("Order received")
    if all(row.proof.tone == "bad" for row in rows):
        return ngettext("The number could not be activated", "The numbers could not be activated", len(rows))
    if any(row.proof.tone == "bad" for row in rows):
        return _("Some numbers could not be activated")
    return ngettext("Your number is ready", "Your numbers are ready", len(rows))


def _refresh_part(found: NumberOrder, rows: list[Row]) -> Part:
    url = reverse("routing:order", args=[found.pk]) if any(row.proof.waiting for row in rows) else ""
    return part("order-refresh", "routing/parts/refresh.html", {"url": url})


def _next_url(found: NumberOrder, rows: list[Row]) -> str:
    waiting = any(row.proof.waiting for row in rows)
    return poll_url(reverse("routing:order_status", args=[found.pk]), [row.cell for row in rows]) if waiting else ""
