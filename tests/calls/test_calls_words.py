"""What became of a call, in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from calls.models import Call
from calls.words import duration_of, quality_of, result_of
from tests.calls.rows import BEGUN


@pytest.mark.parametrize(
    ("code", "why", "both"),
    [
        (0, "", "No result"),
        (403, "trunk-disabled", "Refused: trunk disabled (403)"),
        (403, "tls-required", "Refused: TLS required (403)"),
        (503, "of-a-later-node", "Refused: of-a-later-node (503)"),
        (403, "", "Refused by the other side (403)"),
        (486, "", "Busy (486)"),
        (487, "", "Cancelled by the caller (487)"),
        (503, "", "Network not available (503)"),
        (599, "", "Failed (599)"),
    ],
)
def test_a_call_that_nobody_answered(code: int, why: str, both: str) -> None:
    assert result_of(Call(code=code, why=why)).both == both


def test_an_answered_call_is_answered_whatever_ended_it() -> None:
    assert result_of(Call(code=200, answered_at=BEGUN)).both == "Answered (200)"


@pytest.mark.parametrize(
    ("ms", "words"), [(1, "0:01"), (59_001, "1:00"), (62_500, "1:03"), (3_599_000, "59:59"), (3_600_001, "1:00:01")]
)
def test_how_long_it_took(ms: int, words: str) -> None:
    assert duration_of(Call(answered_at=BEGUN, duration_ms=ms)) == words


def test_what_nobody_answered_took_no_time() -> None:
    assert duration_of(Call(duration_ms=0)) == ""


@pytest.mark.parametrize(
    ("mos", "word"), [(None, ""), ("4.3", "Good"), ("4.0", "Good"), ("3.7", "Fair"), ("3.6", "Fair"), ("2.1", "Poor")]
)
def test_how_it_sounded(mos: str | None, word: str) -> None:
    assert quality_of(Call(mos=Decimal(mos) if mos else None)) == word
