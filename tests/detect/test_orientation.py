"""A page is set right whichever way it lies; where nothing tells, there is doubt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from notehead.datasets import Dataset
from notehead.detect.orientation import estimate_orientation
from tests.detect.pages import page_of_staves


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_engraved_pages_are_set_right(turns: int, dataset_folder: Path) -> None:
    for page in Dataset(dataset_folder):
        found = estimate_orientation(np.rot90(page.image, -turns))
        assert found is not None
        assert (found.turns, found.degrees) == (turns, 90 * turns)
        assert found.doubt < 0.3
        staff = found.staff_space
        assert staff.pixels == pytest.approx(page.staff_space, rel=0.02)
        # regions refer to the upright page
        lines = page.staff_lines
        assert staff.regions[0].box[1] == pytest.approx(lines[:, 2].min(), abs=page.staff_space)
        assert staff.regions[-1].box[3] == pytest.approx(lines[:, 2].max(), abs=page.staff_space)


def test_dark_surroundings_are_no_ink(dataset_folder: Path) -> None:
    page = Dataset(dataset_folder)[0]
    framed = np.pad(page.image, 60, constant_values=20)
    found = estimate_orientation(framed[::-1, ::-1])
    assert found is not None
    assert found.turns == 2


def test_empty_staves_leave_a_doubt() -> None:
    page = page_of_staves([10] * 4)
    found = estimate_orientation(page)
    assert found is not None
    assert found.turns in (0, 2)
    assert found.doubt > 0.2
    assert found.staff_space.pixels == pytest.approx(10, rel=0.02)


def test_no_staff_no_orientation() -> None:
    assert estimate_orientation(np.full((300, 200), 255, np.uint8)) is None
