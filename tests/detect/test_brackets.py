"""Halves of brackets on both sides of a number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from notehead.detect.brackets import bridged, middles_of, numbers, parted
from notehead.detect.components import components
from notehead.detect.maps import Found, Level
from notehead.page import upright_corners
from notehead.vocabulary import VOCABULARY

BLANK = np.full((60, 200), 255, np.uint8)


def digits(*boxes: tuple[float, float, float, float], name: str = "tuplet3", score: float = 0.9) -> Found:
    box = np.array(boxes, np.float64).reshape(-1, 4)
    count = len(box)
    label = np.full(count, VOCABULARY.id(name), np.int64)
    return Found(label, np.full(count, score), box, upright_corners(box))


def halves() -> NDArray[np.float32]:
    logits = np.full((30, 100), -9, np.float32)
    logits[10, 10:40] = logits[10, 52:80] = 3
    return logits


def parts(found: Found) -> int:
    given = components(bridged(halves(), numbers(found), BLANK), Level())
    assert given is not None
    return len(given.bounds) - 1


def test_a_number_joins_the_halves_beside_it() -> None:
    assert parts(digits((86, 14, 98, 28))) == 1
    assert parts(digits((84, 14, 91, 28), (92, 14, 99, 28))) == 1


def test_nothing_else_joins_them() -> None:
    assert parts(digits()) == 2
    assert parts(digits((86, 44, 98, 58))) == 2  # below
    assert parts(digits((86, 14, 98, 28), name="fingering3")) == 2
    assert parts(digits((86, 14, 98, 28), score=0.1)) == 2


def test_no_pixel_is_added() -> None:
    joined = bridged(
        halves(), numbers(digits((86, 14, 98, 28), (-40, -9, -20, 5), (190, 50, 300, 90))), BLANK
    )
    assert ((joined > 0) == (halves() > 0)).all()


def bracket(first: int, last: int, row: int = 10, hook: int = 4) -> NDArray[np.int32]:
    """A flat line with hooks downwards, x and y in cells."""
    line = [[x, row] for x in range(first, last)]
    return np.array(line + [[x, row + k] for x in (first, last - 1) for k in range(1, hook)], np.int32)


def test_digits_of_one_number_are_together() -> None:
    boxes = numbers(digits((100, 14, 107, 28), (92, 14, 99, 28), (200, 14, 207, 28), (203, 60, 210, 74)))
    np.testing.assert_allclose(boxes, [[92, 14, 107, 28], [200, 14, 207, 28], [203, 60, 210, 74]])
    np.testing.assert_allclose(middles_of(boxes), [[49.75, 10.5], [101.75, 10.5], [103.25, 33.5]])
    assert numbers(digits()).shape == (0, 4)


def test_a_part_has_as_many_brackets_as_numbers() -> None:
    both = np.concatenate((bracket(10, 50), bracket(50, 90)))
    middles = np.array([[30.0, 11.0], [70.0, 11.0], [140.0, 11.0]])
    first, second = parted(both, middles)
    assert first[:, 0].max() == 49
    assert second[:, 0].min() == 50
    assert len(parted(both, middles[:1])) == 1
    assert len(parted(both, middles[:0])) == 1
    stacked = np.concatenate((bracket(10, 50), bracket(10, 50, row=22)))
    assert len(parted(stacked, np.array([[30.0, 10.0], [30.0, 22.0]]))) == 2


def test_short_flat_strokes_are_no_brackets() -> None:
    assert parted(bracket(10, 25, hook=1), np.empty((0, 2))) == []
    assert len(parted(bracket(10, 25), np.empty((0, 2)))) == 1
    assert len(parted(bracket(10, 40, hook=1), np.empty((0, 2)))) == 1


def test_a_bracket_of_ink_is_whole_whatever_the_network_saw() -> None:
    page = BLANK.copy()
    page[20, 20:84] = page[20, 104:170] = 0
    page[20:28, [20, 169]] = 0
    for logits in (halves(), np.full((30, 100), -9, np.float32)):
        joined = bridged(logits, numbers(digits((88, 14, 100, 28))), page)
        rows, columns = np.nonzero(joined > 0)
        assert (columns.min(), columns.max()) == (10, 84)
        assert (rows.min(), rows.max()) == (10, 14)
        found = components(joined, Level())
        assert found is not None
        assert len(found.bounds) == 2
