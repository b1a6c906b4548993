"""Makes rows from what nodes recorded. Whatever stands in a record, it becomes a row: one that cannot be written would
hold up all behind it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from calls.enums import HungUp
from calls.models import Call
from provisioning.call_records import CallRecord, RecordPage
from provisioning.models import SbcNode
from trunks.models import Trunk

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS = 4_102_444_800_000  # the year 2100
_SMALL = 32_767


def rows_of(node: SbcNode, page: RecordPage) -> list[Call]:
    """Not saved yet. One query, for the trunks."""
    trunks = _trunks_of(record for _sequence, record in page.records)
    return [
        Call(
            node=node,
            store=page.store,
            sequence=sequence,
            leg=_plain(record.key, 64),
            data_centre_id=node.data_centre_id,
            **_whose(record, trunks),
            **_parties(record),
            **_course(record),
            **_media(record),
        )
        for sequence, record in page.records
    ]


def _trunks_of(records: Iterable[CallRecord]) -> dict[str, Trunk]:
    ids = {found for record in records if (found := _uuid(record.trunk))}
    return {str(trunk.pk): trunk for trunk in Trunk.objects.filter(pk__in=ids).only("account", "name", "plan")}


def _whose(record: CallRecord, trunks: dict[str, Trunk]) -> dict[str, Any]:
    trunk = trunks.get(record.trunk)
    if trunk is None:
        return {"trunk_name": _plain(record.trunk, 128)}
    return {
        "account_id": trunk.account_id,
        "trunk_id": trunk.pk,
        "trunk_name": trunk.name,
        "plan": trunk.plan_id,
    }


def _parties(record: CallRecord) -> dict[str, Any]:
    return {
        "direction": _plain(record.direction, 8),
        "caller": _plain(record.caller, 255),
        "callee": _plain(record.callee, 255),
        "caller_e164": _plain(record.caller_e164, 32),
        "callee_e164": _plain(record.callee_e164, 32),
        "caller_country": _plain(record.caller_country, 8),
        "callee_country": _plain(record.callee_country, 8),
        "call_id": _plain(record.call_id, 255),
    }


def _course(record: CallRecord) -> dict[str, Any]:
    return {
        "code": _small(record.code),
        "why": _plain(record.why, 64),
        "hop": _plain(record.hop, 255),
        "tried": _small(record.tried),
        "begun_at": _at(record.begun),
        "rang_at": _at(record.rang) if record.rang else None,
        "answered_at": _at(record.answered) if record.answered else None,
        "ended_at": _at(record.ended_ms),
        "duration_ms": max(0, min(record.duration_ms, _LAST_MS)),
        "hung_up": record.hung_up if record.hung_up in HungUp.values else "",
    }


def _media(record: CallRecord) -> dict[str, Any]:
    """A mean opinion score of 0 means that nobody measured."""
    codec = {"codec": _plain(record.codec, 64)}
    if not record.mos:
        return codec
    return codec | {
        "loss": Decimal(_small(record.loss)) / 10,
        "jitter": Decimal(_small(record.jitter)) / 10,
        "mos": Decimal(min(_small(record.mos), 50)) / 10,
    }


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _at(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=max(0, min(milliseconds, _LAST_MS)))


def _small(number: int) -> int:
    return max(0, min(number, _SMALL))


def _plain(text: str, longest: int) -> str:
    """Customers' equipment may send anything; the database takes no NUL."""
    return "".join(letter for letter in text if letter.isprintable())[:longest]
