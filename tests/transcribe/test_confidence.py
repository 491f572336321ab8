"""How surely a note is read right."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.page import Symbols
from notehead.transcribe.chords import Event
from notehead.transcribe.confidence import doubt, sure_marks, sure_times

COSTS = st.floats(0, 100)


@given(COSTS, COSTS)
def test_what_costs_more_is_less_sure(first: float, second: float) -> None:
    less, more = sorted((first, second))
    assert sure_times(less) >= sure_times(more) > 0
    assert doubt(less) <= doubt(more) < 1


def test_a_measure_that_adds_up_leaves_no_doubt() -> None:
    assert doubt(0.0) == 0
    assert doubt(6.0) > 0.4


def test_a_note_is_as_sure_as_all_that_it_is_read_from() -> None:
    symbols = Symbols.build(
        ["noteheadBlackOnLine", "stem", "beam", "flag8thUp"], np.tile([0.0, 0, 5, 5], (4, 1)),
        score=np.array([0.9, 0.8, 0.5, np.nan]),
    )  # fmt: skip
    bare = Event((0,), 0, 0.0, 0.0, Fraction(1))
    assert sure_marks(symbols, bare, 0) == pytest.approx(0.9)
    beamed = Event((0,), 0, 0.0, 0.0, Fraction(1, 2), beams=(2,), stem_row=1)
    assert sure_marks(symbols, beamed, 0) == pytest.approx(0.36)
    flagged = Event((0,), 0, 0.0, 0.0, Fraction(1, 2), flags=(3,), stem_row=1)
    assert sure_marks(symbols, flagged, 0) == pytest.approx(0.72)
