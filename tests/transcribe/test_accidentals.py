"""Accidentals and their notes."""

from __future__ import annotations

import pytest

from notehead.transcribe.accidentals import ALTER, altered_heads
from notehead.vocabulary import VOCABULARY
from tests.transcribe.by_hand import Mark, head, mark, placed, staff, symbols

STAVES = [staff(120)]


def flat(x: float, position: int) -> Mark:
    """A flat whose belly is at a position: its box reaches higher up."""
    y = 120 - 5 * position
    return ("accidentalFlat", x, y - 0.72 * 25, x + 9, y + 0.28 * 25)


def sharp(x: float, position: float, name: str = "accidentalSharp") -> Mark:
    return mark(name, x, position, (10, 28))


def read(*marks: Mark) -> dict[int, int]:
    """Row of the accidental to row of the note."""
    there = symbols(*marks)
    rows, heads = altered_heads(STAVES, there, placed(STAVES, there))
    return dict(zip(rows.tolist(), heads.tolist(), strict=True))


def test_every_class_that_is_known_is_one_of_the_vocabulary() -> None:
    assert set(ALTER) <= {one.name for one in VOCABULARY.classes}
    names = ("DoubleFlat", "Flat", "Natural", "Sharp", "DoubleSharp")
    assert [ALTER[f"accidental{name}"] for name in names] == [-2, -1, 0, 1, 2]


@pytest.mark.parametrize("position", [-6, -3, 0, 1, 4, 7])
def test_an_accidental_is_of_the_note_at_its_height(position: int) -> None:
    notes = [head(100, at) for at in (position - 2, position, position + 2)]
    assert read(*notes, sharp(85, position)) == {3: 1}
    assert read(*notes, flat(85, position)) == {3: 1}


def test_it_is_of_the_next_note_to_the_right() -> None:
    assert read(head(60, 0), sharp(75, 0), head(90, 0), head(120, 0)) == {1: 2}
    assert read(head(60, 0), sharp(75, 0)) == {}


def test_it_may_stand_some_way_off_but_not_farther() -> None:
    assert read(sharp(40, 0), head(100, 0)) == {0: 1}
    assert read(sharp(20, 0), head(100, 0)) == {}


def test_in_a_second_each_accidental_has_the_note_at_its_own_height() -> None:
    """The upper note of a second stands to the right, its accidental to the left of the other one's."""
    assert read(head(100, 0), head(112, 1), sharp(86, 0), sharp(72, 1)) == {2: 0, 3: 1}
    assert read(head(100, 0), head(112, 1), flat(86, 0), flat(72, 1)) == {2: 0, 3: 1}


def test_two_accidentals_of_one_step_are_of_two_notes() -> None:
    """A natural and A flat in one chord: the nearer accidental is of the nearer note."""
    natural = sharp(84, 0, "accidentalNatural")
    assert read(head(100, 0), head(119, 0), natural, flat(68, 0)) == {2: 0, 3: 1}


def test_between_the_heights_of_notes_it_is_of_none() -> None:
    assert read(sharp(85, 1), head(100, 0)) == {}
    assert read(sharp(85, 0.7), head(100, 0)) == {0: 1}


def test_small_ones_count_and_other_signs_do_not() -> None:
    assert read(mark("accidentalSharpSmall", 85, 0, (7, 18)), head(100, 0)) == {0: 1}
    assert read(mark("keySharp", 85, 0, (10, 28)), head(100, 0)) == {}
    assert read(mark("accidentalQuarterToneSharp", 85, 0, (10, 28)), head(100, 0)) == {}


def test_a_page_without_staves_has_none() -> None:
    there = symbols(sharp(85, 0), head(100, 0))
    rows, heads = altered_heads([], there, placed([], there))
    assert len(rows) == len(heads) == 0
