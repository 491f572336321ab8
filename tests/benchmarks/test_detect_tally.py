"""What the detector is judged by."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from benchmarks.detect_pages import Judged
from benchmarks.detect_tally import Tally
from notehead.page import Symbols

SLANTED = np.array([[10.0, 100], [200, 150], [198, 160], [8, 110]])
"""Corners of a hairpin on a page that lies slanted."""


def judged(truth: Symbols, found: Symbols) -> Judged:
    page = SimpleNamespace(symbols=truth, staff_space=10.0, name="a")
    one = SimpleNamespace(page=page, found=found, seconds=1.0, score="a", misjudged=False)
    return cast("Judged", one)


@pytest.mark.parametrize(("off", "right"), [(0.0, 1.0), (4.0, 1.0), (6.0, 0.0)])
def test_lines_are_judged_as_they_run(off: float, right: float) -> None:
    """By the distance of their oriented boxes, whatever the upright boxes around them."""
    name = ["dynamicCrescendoHairpin"]
    truth = Symbols.build(name, [[8, 100, 200, 160]], corners=SLANTED[None])
    found = Symbols.build(name, [[8, 112, 200, 190]], corners=SLANTED[None] + [0, off], score=[0.9])
    tally = Tally("clean")
    tally.add(judged(truth, found))
    near = tally.finish().lines["hairpins"].near_best
    assert near is not None
    assert near[1].f1 == pytest.approx(right, nan_ok=True)
