"""Pitches of notes: place, clef, key, accidentals in force, ties."""

from __future__ import annotations

import pytest

from notehead.page import Page, Pitch
from notehead.transcribe.accidentals import altered_heads
from notehead.transcribe.clefs import TREBLE, Clef
from notehead.transcribe.keys import Key
from notehead.transcribe.measures import Barline, Span
from notehead.transcribe.pitches import StaffState, pitches_of, signs_of
from notehead.transcribe.systems import System
from notehead.transcribe.ties import ties_of
from tests.transcribe.by_hand import Mark, head, mark, page, placed, staff

ONE = [staff(120)]
SYSTEM = System((0,), (0,))
BAR = Barline(250, "barlineSingle")
SPANS = [Span(0, 250, None, BAR), Span(250, 400, BAR, None)]
TREBLE_CLEF: Mark = ("clefG", 4, 86, 28, 156)
BASS_CLEF: Mark = ("clefF", 4, 100, 28, 132)
C5, F5, F_SHARP = Pitch("C", 0, 5), Pitch("F", 0, 5), Pitch("F", 1, 5)
"""On a staff in treble clef: C5 stands at 1, F5 at 4."""


def read(*marks: Mark, state: StaffState | None = None) -> list[Pitch]:
    """The pitches of the notes, in the order in which they are given."""
    one = page(ONE, *marks)
    found = rows(one, state or StaffState())
    return [found[row] for row in range(len(marks)) if row in found]


def rows(one: Page, state: StaffState) -> dict[int, Pitch]:
    marks = one.symbols
    places = placed(ONE, marks)
    position = places.position(marks)
    ties = ties_of(ONE, marks, places, position)
    chosen = zip(*altered_heads(ONE, marks, places), strict=True)
    accidentals = {int(head): marks[int(row)].name for row, head in chosen}
    signs = {0: signs_of(ONE[0], 0, (marks, places), state, SPANS)}
    found, unsure = pitches_of(SYSTEM, SPANS, (marks, places, position), (accidentals, ties), signs, [state])
    assert not unsure
    return found


def sharp(x: float, position: float, name: str = "accidentalSharp") -> Mark:
    return mark(name, x, position, (8, 26))


def key_of(name: str, count: int, x: float = 32) -> list[Mark]:
    return [mark(name, x + 10 * k, 2, (8, 20)) for k in range(count)]


def tie(x0: float, x1: float, position: int) -> Mark:
    return ("tie", x0, 126 - 5 * position, x1, 133 - 5 * position)


def test_the_clef_says_what_the_places_are() -> None:
    assert read(TREBLE_CLEF, head(100, 1), head(120, -6)) == [C5, Pitch("C", 0, 4)]
    assert read(BASS_CLEF, head(100, 6), head(120, 2)) == [Pitch("C", 0, 4), Pitch("F", 0, 3)]


def test_a_clef_holds_from_where_it_stands() -> None:
    change = ("clefF", 140.0, 100.0, 164.0, 132.0)
    assert read(TREBLE_CLEF, head(100, 1), change, head(200, 1), head(300, 1)) == [
        C5, Pitch("E", 0, 3), Pitch("E", 0, 3),
    ]  # fmt: skip


def test_the_key_alters_its_steps() -> None:
    notes = [head(100, 4), head(120, -3), head(140, 1)]
    assert read(TREBLE_CLEF, *key_of("keySharp", 1), *notes) == [F_SHARP, Pitch("F", 1, 4), C5]
    assert read(TREBLE_CLEF, *key_of("keyFlat", 1), head(100, 0)) == [Pitch("B", -1, 4)]


def test_a_key_holds_from_where_it_stands() -> None:
    marks = [TREBLE_CLEF, head(100, 4), *key_of("keySharp", 1, 260), head(300, 4)]
    assert read(*marks) == [F5, F_SHARP]


def test_an_accidental_holds_to_the_barline_in_its_octave_alone() -> None:
    notes = [head(80, 4), head(120, 4), head(150, -3), head(180, 4), head(300, 4)]
    assert [one.alter for one in read(TREBLE_CLEF, sharp(110, 4), *notes)] == [0, 1, 0, 1, 0]


def test_a_natural_takes_back_the_key_and_an_accidental() -> None:
    signs = [sharp(80, 4, "accidentalNatural"), sharp(150, 4)]
    notes = [head(90, 4), head(120, 4), head(160, 4), head(190, 4), head(300, 4)]
    found = read(TREBLE_CLEF, *key_of("keySharp", 1), *signs, *notes)
    assert [one.alter for one in found] == [0, 0, 1, 1, 1]


@pytest.mark.parametrize(
    ("name", "alter"),
    [("accidentalDoubleSharp", 2), ("accidentalDoubleFlat", -2), ("accidentalSharpSmall", 1)],
)
def test_other_accidentals(name: str, alter: int) -> None:
    height = 4 if name != "accidentalDoubleFlat" else 5.1
    assert read(TREBLE_CLEF, sharp(85, height, name), head(96, 4)) == [Pitch("F", alter, 5)]


def test_a_tie_carries_an_alteration_over_the_barline_to_its_note_alone() -> None:
    marks = [TREBLE_CLEF, sharp(195, 4), head(206, 4), tie(220, 268, 4), head(270, 4), head(320, 4)]
    assert [one.alter for one in read(*marks)] == [1, 1, 0]


def test_a_tie_carries_an_alteration_to_the_next_system_once() -> None:
    state = StaffState()
    read(TREBLE_CLEF, sharp(345, 4), head(356, 4), tie(370, 398, 4), state=state)
    assert state.altered == {7 * 5 + 3: 1}
    found = read(TREBLE_CLEF, tie(60, 88, 4), head(90, 4), head(130, 4), state=state)
    assert [one.alter for one in found] == [1, 0]
    assert state.altered == {}


def test_what_a_system_leaves_goes_on_in_the_next() -> None:
    state = StaffState()
    read(BASS_CLEF, *key_of("keySharp", 2), head(200, 0), state=state)
    assert (state.clef, state.key) == (Clef("F", 2), Key(2))
    assert read(head(100, 5), state=state) == [Pitch("B", 0, 3)]
    assert read(head(100, 2), state=state) == [Pitch("F", 1, 3)]


def test_a_system_with_a_clef_and_no_signature_has_no_accidentals() -> None:
    state = StaffState(key=Key(2))
    assert read(TREBLE_CLEF, head(100, 4), state=state) == [F5]
    assert state.key == Key(0)


def test_a_change_of_key_late_in_a_system_is_not_its_first_key() -> None:
    one = page(ONE, TREBLE_CLEF, *key_of("keyFlat", 2, 300))
    signs = signs_of(ONE[0], 0, (one.symbols, placed(ONE, one.symbols)), StaffState(key=Key(4)), ())
    assert [key.key.fifths for key in signs.keys] == [0, -2]
    assert [clef.clef for clef in signs.clefs] == [TREBLE]


def test_a_key_after_the_first_barline_is_not_the_first_key() -> None:
    one = page(ONE, TREBLE_CLEF, *key_of("keyFlat", 2, 100))
    marks = (one.symbols, placed(ONE, one.symbols))
    spans = [Span(0, 90, None, None), Span(90, 400, None, None)]
    assert [key.key.fifths for key in signs_of(ONE[0], 0, marks, StaffState(), spans).keys] == [0, -2]
    assert [key.key.fifths for key in signs_of(ONE[0], 0, marks, StaffState(), spans[1:]).keys] == [-2]


def test_a_clef_in_the_middle_alone_leaves_what_came_before() -> None:
    one = page(ONE, ("clefF", 200, 100, 224, 132))
    state = StaffState(clef=Clef("C", 0), key=Key(-3))
    signs = signs_of(ONE[0], 0, (one.symbols, placed(ONE, one.symbols)), state, ())
    assert [clef.clef for clef in signs.clefs] == [Clef("C", 0), Clef("F", 2)]
    assert [key.key for key in signs.keys] == [Key(-3)]
