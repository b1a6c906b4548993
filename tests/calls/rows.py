"""Calls as rows, without a node that recorded them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from calls.models import Call
from trunks.models import Trunk

BEGUN = datetime(2026, 3, 14, 14, 2, 7, 120000, tzinfo=UTC)
_count = itertools.count(1)


def make_call(trunk: Trunk, **changes: Any) -> Call:
    """An answered call of 62.5 s from the trunk to London, on the primary node of its data centre."""
    call = unsaved_call(trunk, **changes)
    call.save()
    return call


def unsaved_call(trunk: Trunk, **changes: Any) -> Call:
    number = next(_count)
    begun = changes.pop("begun_at", BEGUN + timedelta(seconds=number))
    values = {
        "node": trunk.data_centre.nodes.order_by("-role")[0],
        "store": "S1",
        "sequence": number,
        "leg": f"leg {number}",
        "data_centre": trunk.data_centre,
        "account_id": trunk.account_id,
        "trunk_id": trunk.pk,
        "trunk_name": trunk.name,
        "plan": trunk.plan_id,
        "direction": "outbound",
        "caller": "13125550100",
        "callee": "442071838750",
        "caller_e164": "+13125550100",
        "callee_e164": "+442071838750",
        "caller_country": "US",
        "callee_country": "GB",
        "call_id": f"{number}@pbx",
        "code": 200,
        "why": "",
        "hop": "192.0.2.9:5060",
        "tried": 1,
        "begun_at": begun,
        "rang_at": begun + timedelta(milliseconds=900),
        "answered_at": begun + timedelta(milliseconds=2500),
        "ended_at": begun + timedelta(milliseconds=65000),
        "duration_ms": 62500,
        "hung_up": "caller",
        "codec": "PCMA",
        "loss": Decimal("0.2"),
        "jitter": Decimal("4.1"),
        "mos": Decimal("4.3"),
    }
    return Call(**values | changes)


def failed(code: int, why: str = "", **changes: Any) -> dict[str, Any]:
    """The members of a call that nobody answered."""
    never = {"rang_at": None, "answered_at": None, "duration_ms": 0, "hung_up": "", "codec": ""}
    media = {"loss": None, "jitter": None, "mos": None}
    return never | media | {"code": code, "why": why} | changes
