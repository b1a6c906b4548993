"""Reads calls: always of one account, newest first, a page at a time by where the one before ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import Account
from calls.models import Call
from trunks.models import Trunk

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MOST_DIGITS = 17


@dataclass(frozen=True, slots=True)
class CallPage:
    """`older` leads to the next page; empty on the last one."""

    calls: list[Call]
    older: str


def calls_of(account: Account) -> QuerySet[Call]:
    """The account's calls, newest first."""
    return Call.objects.filter(account_id=account.pk).order_by("-begun_at", "-id")


def call_of(account: Account, pk: int) -> Call:
    """One call. Raises Http404 for a stranger's and an unknown one alike."""
    call = calls_of(account).select_related("node", "data_centre").filter(pk=pk).first()
    if call is None:
        raise Http404
    return call


def last_calls_of(trunk: Trunk, count: int) -> list[Call]:
    """The trunk's newest calls."""
    return list(Call.objects.filter(trunk_id=trunk.pk).order_by("-begun_at", "-id")[:count])


def page_of(calls: QuerySet[Call], before: str, size: int) -> CallPage:
    """The page after a mark, the first one for nonsense. As quick for the last page as for the first."""
    found = list(_after(calls, before)[: size + 1])
    older = _mark(found[size - 1]) if len(found) > size else ""
    return CallPage(found[:size], older)


def _after(calls: QuerySet[Call], before: str) -> QuerySet[Call]:
    micros, _dash, pk = before.partition("-")
    if not all(part.isascii() and part.isdecimal() and len(part) <= _MOST_DIGITS for part in (micros, pk)):
        return calls
    moment = _EPOCH + int(micros) * _MICROSECOND
    # The first condition is for the index, which cannot use the second.
    return calls.filter(begun_at__lte=moment).filter(Q(begun_at__lt=moment) | Q(id__lt=int(pk)))


def _mark(call: Call) -> str:
    return f"{(call.begun_at - _EPOCH) // _MICROSECOND}-{call.pk}"
