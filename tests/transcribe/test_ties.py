"""Ties and the notes that they join."""

from __future__ import annotations

from notehead.transcribe.ties import Tie, ties_of
from tests.transcribe.by_hand import Mark, head, placed, staff, symbols

STAVES = [staff(120), staff(320)]


def tie(x0: float, x1: float, position: int, name: str = "tie", middle: float = 120) -> Mark:
    """A tie under notes at a position, from x0 to x1."""
    y = middle - 5 * position
    return (name, x0, y + 6, x1, y + 13)


def read(*marks: Mark) -> list[Tie]:
    there = symbols(*marks)
    places = placed(STAVES, there)
    return ties_of(STAVES, there, places, places.position(there))


def test_a_tie_joins_two_notes_of_one_place() -> None:
    assert read(head(100, 0), head(200, 0), tie(114, 198, 0)) == [Tie(2, 0, 1)]
    assert read(head(200, 1), tie(114, 198, 1), head(100, 1)) == [Tie(1, 2, 0)]


def test_notes_of_other_places_are_not_joined() -> None:
    found = read(head(100, 0), head(100, 2), head(200, 2), head(200, 4), tie(114, 198, 2))
    assert found == [Tie(4, 1, 2)]


def test_a_slur_is_no_tie() -> None:
    assert read(head(100, 0), head(200, 0), tie(114, 198, 0, "slur")) == []


def test_each_pair_of_a_chord_has_its_own_tie() -> None:
    notes = [head(100, 0), head(100, 1), head(200, 0), head(200, 1)]
    found = read(*notes, tie(114, 198, 0), ("tie", 114, 98, 198, 106))
    assert {(one.first, one.last) for one in found} == {(0, 2), (1, 3)}


def test_a_tie_at_the_end_of_a_system_has_one_note() -> None:
    assert read(head(340, 0), tie(354, 398, 0)) == [Tie(1, 0, None)]
    assert read(tie(60, 98, 0), head(100, 0)) == [Tie(0, None, 1)]


def test_a_tie_far_from_all_notes_has_none() -> None:
    assert read(head(100, 0), tie(200, 300, 0)) == []
    assert read(head(100, 0), head(200, 0), tie(114, 198, -9)) == []


def test_notes_of_two_staves_are_not_joined() -> None:
    """Between two staves one height is two places, one of each staff."""
    found = read(head(100, -18), head(200, 18, 320), ("tie", 114, 214, 198, 222))
    assert all(one.first is None or one.last is None for one in found)
