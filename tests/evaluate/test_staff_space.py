"""The staff space that the symbols of a page tell."""

from __future__ import annotations

import numpy as np
import pytest

from notehead import Symbols
from notehead.evaluate.staff_space import estimate_staff_space
from notehead.vocabulary import Vocabulary


def test_staffs_tell_it_before_heads_do() -> None:
    names = ["staff", "staff", "staff", "noteheadBlackOnLine"]
    boxes = [[0, 0, 900, 80], [0, 200, 900, 284], [0, 400, 900, 600], [0, 0, 9, 7]]
    assert estimate_staff_space(Symbols.build(names, boxes)) == 21  # the median


def test_a_tilted_staff_is_as_high_as_it_is() -> None:
    along, across = np.array([800.0, 60]), np.array([-60.0, 800]) / np.hypot(60, 800) * 80
    corners = np.array([[0, 0], along, along + across, across]) + 100
    box = [*corners.min(axis=0), *corners.max(axis=0)]
    assert estimate_staff_space(Symbols.build(["staff"], [box], corners=[corners])) == pytest.approx(20)


def test_full_size_black_heads_tell_it_where_there_are_no_staffs() -> None:
    names = ["noteheadBlackOnLine", "noteheadBlackInSpace", "noteheadBlackInSpaceSmall", "noteheadHalfOnLine"]
    boxes = [[0, 0, 20, 16], [0, 0, 20, 18], [0, 0, 9, 7], [0, 0, 90, 90]]
    assert estimate_staff_space(Symbols.build(names, boxes)) == 17
    muscima = Vocabulary.of([(1, "noteheadFull"), (2, "noteheadFullSmall")])
    assert estimate_staff_space(Symbols.build([1, 2], [[0, 0, 20, 16], [0, 0, 9, 7]], muscima)) == 16


def test_other_symbols_do_not_tell_it() -> None:
    assert estimate_staff_space(Symbols()) == 0
    assert estimate_staff_space(Symbols.build(["clefG"], [[0, 0, 30, 90]])) == 0
