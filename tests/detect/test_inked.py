"""What of a page is read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.detect import one_pass
from notehead.detect.detector import DetectOptions, detect_at
from notehead.detect.inked import Region, inked
from tests.detect.stand_in import InkModel, music


@given(st.integers(0, 10_000), st.integers(0, 12), st.floats(0.4, 1.0))
def test_no_ink_is_left_out(seed: int, count: int, light: float) -> None:
    rng = np.random.default_rng(seed)
    height, width = rng.integers(40, 900, 2)
    shade = np.linspace(light, 1, width)[None, :] * np.linspace(1, light, height)[:, None]
    page = (250 * shade).astype(np.uint8)
    for _ in range(count):
        y, x = rng.integers(0, height - 3), rng.integers(0, width - 3)
        page[y : y + 3, x : x + 3] = (page[y : y + 3, x : x + 3] * 0.7).astype(np.uint8)
    seen = np.zeros(page.shape, np.bool_)
    regions = inked(page)
    for region in regions:
        assert not seen[region].any()
        seen[region] = True
    assert seen[page < 0.8 * 250 * shade].all()
    assert regions == sorted(regions, key=lambda region: region[0].start)


def test_ink_is_read_with_paper_around() -> None:
    page = np.full((1000, 1000), 255, np.uint8)
    page[500:505, 500:505] = 0
    ((rows, columns),) = inked(page)
    assert (rows.start, rows.stop) == (columns.start, columns.stop) == (448, 544)


def test_a_page_without_ink_is_one_region() -> None:
    for page in (np.full((90, 70), 255, np.uint8), np.zeros((1, 1), np.uint8)):
        assert inked(page) == [(slice(0, page.shape[0]), slice(0, page.shape[1]))]


def test_specks_of_noise_do_not_count_but_faint_ink_does() -> None:
    page = np.full((800, 800), 240, np.uint8)
    page[::100, ::100] = 0  # single pixels
    page[400:404, 400:404] = 195
    ((rows, _),) = inked(page)
    assert rows.stop - rows.start < 200


def test_what_is_found_is_the_same_wherever_it_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    page, _ = music([12.0, 12.0])
    spaced = np.full((page.shape[0] + 700, page.shape[1] + 600), 255, np.uint8)
    middle = page.shape[0] // 2
    spaced[100 : 100 + middle, 300:-300] = page[:middle]
    spaced[500 + middle : 500 + 2 * middle, 300:-300] = page[middle : 2 * middle]
    found = detect_at(spaced, 12.0, InkModel(), DetectOptions())
    assert len(inked(spaced)) == 2

    def all_of_it(image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> list[Region]:
        return [(slice(0, image.shape[0]), slice(0, image.shape[1]))]

    monkeypatch.setattr(one_pass, "inked", all_of_it)
    whole = detect_at(spaced, 12.0, InkModel(), DetectOptions())
    assert sorted(found.names) == sorted(whole.names)
    for mine, other in zip(
        found.box[np.lexsort(found.box.T)], whole.box[np.lexsort(whole.box.T)], strict=True
    ):
        np.testing.assert_allclose(mine, other, atol=1e-6)
