"""Pages that lie on their side or are skewed, set upright with all that is on them."""

from __future__ import annotations

import numpy as np
import pytest

from notehead.detect.view import levelled, turned
from notehead.page import Page
from notehead.reading.upright import upright
from tests.reading.pieces import page_of


def given(degrees: int, skew: float) -> tuple[Page, Page]:
    """A page as it lies in a file, and the same as it ought to be."""
    straight = page_of(2)
    if skew:
        level = levelled(turned(straight.image, 0), -skew)
        corners = level.seen(straight.symbols.corners)
        lines = level.seen(straight.staff_lines[:, 1:].reshape(-1, 2, 2)).reshape(-1, 4)
        box = np.hstack((corners.min(axis=1), corners.max(axis=1)))
        straight = Page(
            "page", level.image, straight.symbols.replace(box=box, corners=corners),
            staff_lines=np.hstack((straight.staff_lines[:, :1], lines)), staff_space=straight.staff_space,
        )  # fmt: skip
    side = turned(straight.image, -degrees // 90)
    corners = side.seen(straight.symbols.corners)
    box = np.hstack((corners.min(axis=1), corners.max(axis=1)))
    lines = side.seen(straight.staff_lines[:, 1:].reshape(-1, 2, 2)).reshape(-1, 4)
    symbols = straight.symbols.replace(box=box, corners=corners)
    staff_lines = np.hstack((straight.staff_lines[:, :1], lines))
    return Page("page", side.image, symbols, staff_lines=staff_lines, staff_space=10), straight


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_quarter_turns_are_taken_back(degrees: int) -> None:
    page, straight = given(degrees, 0)
    found = upright(page, degrees, 0)
    assert np.array_equal(found.image, straight.image)
    assert np.allclose(found.symbols.box, straight.symbols.box)
    assert np.allclose(found.staff_lines, straight.staff_lines)


@pytest.mark.parametrize("degrees", [0, 90])
@pytest.mark.parametrize("skew", [-4.0, 2.0])
def test_skew_is_taken_back(degrees: int, skew: float) -> None:
    page, _ = given(degrees, skew)
    found = upright(page, degrees, skew)
    lines = found.staff_lines
    assert np.abs(lines[:, 2] - lines[:, 4]).max() < 0.01
    assert (lines[:, 1] < lines[:, 3]).all()
    straight = page_of(2).symbols.box
    size = found.symbols.box[:, 2:] - found.symbols.box[:, :2]
    assert np.allclose(size, straight[:, 2:] - straight[:, :2], atol=0.01)


def test_glyphs_keep_their_size() -> None:
    """A box that is upright in a skewed file does not grow as it is set level."""
    page = page_of(1)
    found = upright(page, 0, 3.0)
    before, after = (one.symbols.box[:, 2:] - one.symbols.box[:, :2] for one in (page, found))
    assert np.allclose(before, after)


def test_a_level_page_is_left_alone() -> None:
    page = page_of(1)
    assert upright(page, 0, 0.1) is page
