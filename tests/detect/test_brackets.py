"""Halves of brackets on both sides of a number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from notehead.detect.brackets import bridged
from notehead.detect.components import components
from notehead.detect.maps import Found, Level
from notehead.page import upright_corners
from notehead.vocabulary import VOCABULARY


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
    given = components(bridged(halves(), found), Level())
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
    joined = bridged(halves(), digits((86, 14, 98, 28), (-40, -9, -20, 5), (190, 50, 300, 90)))
    assert ((joined > 0) == (halves() > 0)).all()
