"""The table of README.md names tests that exist, and leaves out no row of this stage."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.faults
TABLE = Path(__file__).with_name("README.md").read_text()
ROOT = Path(__file__).parents[2]
ROWS = [*range(1, 10), *range(13, 26), *range(30, 36), *range(42, 51), 54]


@pytest.mark.parametrize(("path", "test"), sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TABLE))))
def test_a_named_test_exists(path, test):
    assert f"def {test}(" in (ROOT / path).read_text()


def test_every_row_has_a_test():
    first_cells = " ".join(re.findall(r"^\| (F[\d, F]+) \|", TABLE, re.MULTILINE))

    named = {int(row) for row in re.findall(r"\d+", first_cells)}

    assert named == set(ROWS)
