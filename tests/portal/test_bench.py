"""What the benchmarks make of what they measured, and what they keep of it."""

from __future__ import annotations

import pytest

from portal.bench.configurations import PARTS, SHARED_COUNT, full_without
from sbc.lab.node import CONFIGURATION


@pytest.mark.parametrize("part", [part for part in PARTS if part != SHARED_COUNT])
def test_every_part_can_be_taken_out_of_the_configuration(tmp_path, part):
    copy = full_without(part, tmp_path)

    name = PARTS[part][0][0]
    assert (copy.parent / name).read_text() != (CONFIGURATION.parent / name).read_text()
