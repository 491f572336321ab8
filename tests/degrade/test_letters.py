"""Letters of stamps and of hands."""

from __future__ import annotations

import numpy as np
import pytest

from notehead.degrade.handwriting import _SHAPES, handwritten, rounded, written
from notehead.degrade.letters import PRINTED, TYPED, letters
from notehead.degrade.marks import _WORDS
from notehead.degrade.stamps import _NUMBERS, _OWNERS, _STAMPS, _at_most, _barcode, _numbered


@pytest.mark.parametrize("face", PRINTED + TYPED)
def test_every_face_is_there_and_fits_its_picture(face: str) -> None:
    line = letters("No. 12", 40, face)
    assert 25 <= line.shape[0] <= 60
    assert line[:, 0].any()
    assert line[:, -1].any()
    wide = letters("No. 12", 40, face, 0.25)
    assert wide.shape[1] > line.shape[1] + 30


def test_faces_differ() -> None:
    seen = {letters("Mus. 3", 30, face).tobytes() for face in PRINTED + TYPED}
    assert len(seen) == len(PRINTED + TYPED)


def test_letters_of_nothing_are_small() -> None:
    assert letters(" ", 12).shape[1] == 1


def test_hands_can_write_every_word_of_theirs() -> None:
    for word in (*_WORDS, *_NUMBERS, "0123456789"):
        missing = set(word) - set(_SHAPES) - set(" {}")
        assert not missing, (word, missing)


def test_a_line_of_handwriting_has_its_height_and_goes_to_the_right() -> None:
    for seed in range(6):
        every = np.concatenate(handwritten("solo in 4", 20.0, np.random.default_rng(seed)))
        assert -6 < every[:, 1].min() < 8
        assert 16 < every[:, 1].max() < 36
        assert 60 < np.ptp(every[:, 0]) < 200


def test_corners_are_cut_and_ends_stay() -> None:
    stroke = rounded(np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]]))
    np.testing.assert_array_equal(stroke[[0, -1]], [[0, 0], [10, 10]])
    assert np.hypot(*(stroke - (10, 0)).T).min() > 1.5


def test_written_lines_fit_their_pictures() -> None:
    line = written("h. 12/2", 30, np.random.default_rng(1))
    assert line.max() == 255
    assert not line[0].any()
    assert not line[:, -1].any()
    assert written("", 30, np.random.default_rng(1)).shape == (1, 1)


@pytest.mark.parametrize("kind", range(len(_STAMPS)))
@pytest.mark.parametrize("size", [24, 60, 150])
def test_stamps_of_every_kind(kind: int, size: int) -> None:
    for seed in range(6):
        cover = _STAMPS[kind](size, np.random.default_rng(seed))
        assert cover.dtype == np.uint8
        assert 0.01 < (cover > 128).mean() < 0.5
        assert cover.shape[0] < max(2 * size, 60)


def test_stamps_differ() -> None:
    shapes = {_STAMPS[0](80, np.random.default_rng(seed)).tobytes() for seed in range(20)}
    assert len(shapes) == 20
    assert len(_OWNERS) > 8


def test_numbers_and_bars() -> None:
    rng = np.random.default_rng(2)
    assert (_numbered(42, 20, rng) > 128).sum() > 100
    bars = _barcode(42, 60, rng)
    row = bars[20] > 128
    assert 20 < np.abs(np.diff(row.astype(int))).sum() < 80
    np.testing.assert_array_equal(bars[10], bars[30])


def test_pictures_that_are_too_wide_are_made_smaller() -> None:
    wide = np.full((10, 100), 255, np.uint8)
    assert _at_most(wide, 50).shape == (5, 50)
    assert _at_most(wide, 100) is wide
