"""Prepared pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from notehead.detect.classes import FAMILIES, TRACES
from notehead.models.data.prepare import TrainingPage, prepare
from notehead.vocabulary import VOCABULARY
from tests.degrade.pages import music_page


@pytest.fixture(scope="module")
def page() -> TrainingPage:
    return prepare(music_page(), 12.0)


def test_a_page_has_the_staff_space_asked_for(page: TrainingPage) -> None:
    original = music_page()
    scale = 12.0 / original.staff_space
    assert abs(page.image.shape[0] - original.height * scale) <= 2
    staff = page.box[page.label == VOCABULARY.id("staff")]
    assert 46 < np.median(staff[:, 3] - staff[:, 1]) < 52  # four staff spaces and a line
    np.testing.assert_allclose(page.box, original.symbols.box * scale, rtol=0.01, atol=1)


def test_every_line_is_traced_where_its_box_is(page: TrainingPage) -> None:
    for trace, names in enumerate(TRACES.values()):
        rows = page.kind == len(FAMILIES) + trace
        assert set(page.label[rows].tolist()) <= {VOCABULARY.id(name) for name in names}
        drawn = (page.traces >> trace) & 1 > 0
        assert drawn.any() == rows.any()
        for x0, y0, x1, y1 in np.round(page.box[rows] / 2).astype(int):
            part = drawn[y0:y1, x0:x1] if y1 > y0 and x1 > x0 else drawn[y0 : y0 + 1, x0 : x0 + 1]
            assert part.any()


def test_a_staff_is_one_filled_band(page: TrainingPage) -> None:
    drawn = (page.traces >> list(TRACES).index("staffs")) & 1 > 0
    staff = page.box[page.label == VOCABULARY.id("staff")]
    tallest = staff[np.argmax(staff[:, 3] - staff[:, 1])]
    x0, y0, x1, y1 = np.round(tallest / 2).astype(int)
    inside = drawn[y0 + 1 : y1 - 1, x0 + 1 : x1 - 1]
    # a head that hangs over its edge hides the line below in this page, which has no lower layer
    assert inside.mean() > 0.98
    assert not drawn[y0 - 3, x0:x1].any()


def test_what_is_written_is_read_again(page: TrainingPage, tmp_path: Path) -> None:
    page.write(tmp_path / "page.npz")
    again = TrainingPage.read(tmp_path / "page.npz")
    for name in ("image", "traces", "label", "kind", "box"):
        np.testing.assert_array_equal(getattr(page, name), getattr(again, name))
    assert [path.name for path in tmp_path.iterdir()] == ["page.npz"]


def test_pages_without_masks_are_refused() -> None:
    whole = music_page()
    for bare in (replace(whole, ids=None), replace(whole, staff_space=0.0)):
        with pytest.raises(ValueError, match="no masks or no staff space"):
            prepare(bare, 12.0)
