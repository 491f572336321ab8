"""Stems: none without a head is sure, and none goes past its beam."""

from __future__ import annotations

import numpy as np
import pytest

from notehead.detect.maps import Found
from notehead.detect.stems import at_beams
from notehead.page import upright_corners
from notehead.vocabulary import VOCABULARY

HEAD = ("noteheadBlackOnLine", 90.0, 100.0, 104.0, 112.0)
BEAM = ("beam", 100.0, 50.0, 160.0, 56.0)
Row = tuple[str, float, float, float, float]


def found(*rows: Row) -> Found:
    box = np.array([row[1:] for row in rows], np.float64).reshape(-1, 4)
    label = np.array([VOCABULARY.id(row[0]) for row in rows], np.int64)
    return Found(label, np.full(len(rows), 0.9), box, upright_corners(box))


def stem(top: float, bottom: float = 106.0, x: float = 103.0) -> Row:
    return "stem", x - 1, top, x + 1, bottom


@pytest.mark.parametrize(("top", "right"), [(42, 52), (49, 52), (51, 51), (55, 55), (60, 60), (30, 30)])
def test_an_upward_stem_does_not_go_past_its_beam(top: float, right: float) -> None:
    lines = at_beams(found(stem(top), BEAM), found(HEAD))
    np.testing.assert_allclose(lines.box[0], [102, right, 104, 106])
    np.testing.assert_allclose(lines.corners[0], upright_corners(lines.box)[0])
    np.testing.assert_array_equal(lines.box[1], BEAM[1:])
    assert lines.score.tolist() == [0.9, 0.9]


def test_nor_does_a_downward_one() -> None:
    beam = ("beam", 80.0, 150.0, 120.0, 156.0)
    lines = at_beams(found(stem(106, 163, x=91), beam), found(HEAD))
    np.testing.assert_allclose(lines.box[0], [90, 106, 92, 154])


def test_of_several_beams_the_outermost_counts() -> None:
    inner = ("beam", 100.0, 60.0, 160.0, 66.0)
    lines = at_beams(found(stem(45), BEAM, inner), found(HEAD))
    assert lines.box[0, 1] == pytest.approx(52)
    lines = at_beams(found(stem(52), BEAM, inner), found(HEAD))
    assert lines.box[0, 1] == pytest.approx(52)


def test_a_beam_that_rises() -> None:
    rising = found(stem(24, x=130), ("beam", 100.0, 20.0, 160.0, 56.0))
    rising.corners[1] = [[100, 50], [160, 20], [160, 26], [100, 56]]
    lines = at_beams(rising, found(("noteheadBlackOnLine", 117, 100, 131, 112)))
    assert lines.box[0, 1] == pytest.approx(37)


def test_heads_along_most_of_a_stem_leave_its_direction() -> None:
    second = ("noteheadBlackOnLine", 90.0, 64.0, 104.0, 76.0)
    lines = at_beams(found(stem(44), BEAM), found(HEAD, second))
    assert lines.box[0, 1] == pytest.approx(52)


def test_a_stem_without_a_head_is_doubted() -> None:
    lines = at_beams(found(stem(50), stem(50, x=200)), found(HEAD))
    np.testing.assert_allclose(lines.score, [0.9, 0.45])
    np.testing.assert_allclose(at_beams(found(stem(50)), found()).score, [0.45])


def test_nothing_at_all() -> None:
    assert len(at_beams(found(), found()).label) == 0
    assert len(at_beams(found(BEAM), found(HEAD)).label) == 1
