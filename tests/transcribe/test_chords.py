"""Which heads, beams and dots a chord has."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from notehead.transcribe.chords import Event
from notehead.transcribe.dots import dots_of
from notehead.transcribe.sheet import Sheet
from tests.support.engraved import measure, mei, notes
from tests.support.engraved import page as engraved
from tests.transcribe.by_hand import Mark, head, page, staff, symbols

HALF = "noteheadHalfOnLine"


def read(*marks: Mark) -> list[Event]:
    return Sheet.of(page([staff(120)], *marks)).events


def stem(x: float, y0: float, y1: float) -> Mark:
    return ("stem", x - 0.5, y0, x + 0.5, y1)


def test_a_head_that_touches_two_stems_up_is_on_the_one_at_its_right() -> None:
    """A half note and, pushed aside by it, the first of the other voice."""
    found = read(head(80, 0, name=HALF), stem(92, 85, 120), head(92, 0), stem(104, 60, 120))
    assert sorted((float(one.written), *one.rows, one.stem_row) for one in found) == [(1, 2, 3), (2, 0, 1)]


def test_a_second_in_a_chord_stays_at_its_stem() -> None:
    (found,) = read(head(80, 0), head(92, 1), stem(92, 80, 120))
    assert found.rows == (0, 1)


def test_a_white_head_beside_its_like_may_stand_for_a_short_note() -> None:
    """Two voices on one pitch: a half note up, and a dotted eighth down, with the same kind of head."""
    beam: Mark = ("beam", 93, 150, 140, 155)
    found = read(
        head(80, 0, name=HALF), stem(92, 85, 120), head(93, 0, name=HALF), stem(93, 120, 155),
        head(140, 0), stem(140, 120, 155), beam,
    )  # fmt: skip
    assert [one.written for one in found if one.stem < 0] == [Fraction(1, 2), Fraction(1, 2)]
    assert [one.written for one in found if one.stem > 0] == [2]


def test_a_white_head_among_black_ones_under_a_beam_is_a_short_note() -> None:
    beam: Mark = ("beam", 80, 150, 140, 155)
    found = read(head(80, 0, name=HALF), stem(80, 120, 155), head(140, 0), stem(140, 120, 155), beam)
    assert [one.written for one in found] == [Fraction(1, 2), Fraction(1, 2)]


@pytest.mark.parametrize("below", [True, False])
def test_a_stem_that_ends_before_the_beam_of_the_next_staff_is_not_at_it(below: bool) -> None:  # noqa: FBT001
    """Others reach it from below; of a beam that none reaches it was not seen to its end."""
    beam: Mark = ("beam", 80, 158, 140, 163)
    others = [head(68, -14), stem(80, 159, 190), head(128, -14), stem(140, 159, 190)] if below else []
    found = [one for one in read(head(100, 0), stem(100, 120, 155), beam, *others) if one.stem < 0]
    assert [bool(one.beams) for one in found] == [not below]
    assert [one.written for one in found] == [1 if below else Fraction(1, 2)]


@pytest.mark.parametrize("small", [True, False])
def test_a_beam_of_grace_notes_makes_no_chord_short(small: bool) -> None:  # noqa: FBT001
    """The chord of another staff whose stem ends there was an eighth."""
    name = "noteheadBlackOnLineSmall" if small else "noteheadBlackOnLine"
    others = [head(68, -14, name=name), stem(80, 159, 190), head(128, -14, name=name), stem(140, 159, 190)]
    found = read(head(140, 0), stem(140, 120, 160), ("beam", 80, 158, 140, 163), *others)
    (chord,) = (one for one in found if one.stem < 0)
    assert chord.written == (1 if small else Fraction(1, 2))
    assert all(one.beams for one in found if one.stem > 0)
    assert [one.grace for one in found if one.stem > 0] == [small, small]


def test_a_dot_after_a_rest_is_the_rests() -> None:
    """It is on the level of the head before the rest, too, and less far below its middle."""
    marks = symbols(head(100, 1), ("rest16th", 122, 100, 134, 130), ("augmentationDot", 137, 113, 141, 117))
    assert dots_of([0, 1], marks, np.full(3, 10.0)) == [(1, 2)]


def test_a_rest_of_the_measure_beside_another_voice_is_in_the_middle_of_the_music() -> None:
    """Clef, key and time signature take half of the first measure."""
    text = mei(
        measure((notes("c5:2 d5:2"), "<mRest/>")), meter='meter.count="4" meter.unit="4" keysig="7s"'
    )  # fmt: skip
    sheet = Sheet.of(engraved(text))
    events = sheet.in_span(sheet.systems[0], sheet.measures(0)[0])
    assert [event.whole for event in events.values() if event.rest] == [True]
