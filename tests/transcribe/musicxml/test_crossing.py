"""Voices that change staff."""

from __future__ import annotations

from fractions import Fraction

from notehead.evaluate.music.adding_up import measures_that_add_up
from notehead.evaluate.music.written import written_part
from notehead.transcribe.musicxml.rows import rows_of
from notehead.transcribe.score import Chord
from tests.transcribe.musicxml.test_writer import C4, chord, measure, written

F = Fraction


def rest(onset: F | int, length: F | int, staff: int = 0) -> Chord:
    return Chord(F(onset), F(length), F(length), staff=staff)


def rows(*chords: Chord) -> list[list[int]]:
    """The chords of each row of a measure on two staves, by their places."""
    return [list(row.chords) for row in rows_of(measure(*chords, staves=2), 2)]


def adds_up(*chords: Chord) -> bool:
    (good,) = measures_that_add_up(written_part(written(measure(*chords, staves=2), staves=2)))
    return good


def test_a_voice_goes_from_hand_to_hand() -> None:
    music = (chord(0, 1, staff=1), chord(1, 1), chord(2, 1, staff=1), chord(3, 1))
    assert rows(*music) == [[0, 1, 2, 3]]
    assert adds_up(*music)


def test_it_leaves_a_rest_behind() -> None:
    """As long as the voice is on the other staff, which is all that the first one has to say."""
    music = (rest(0, 1), chord(1, 1), chord(2, 2), chord(0, 1, staff=1))
    assert rows(*music) == [[0], [3, 1, 2]]
    assert adds_up(*music)


def test_it_comes_out_of_a_rest() -> None:
    music = (rest(0, 2, staff=1), chord(0, 4), chord(2, 2, voice=2))
    assert rows(*music) == [[1], [0, 2]]
    assert adds_up(*music)


def test_it_stays_where_neither_staff_is_silent() -> None:
    music = (chord(0, 1), chord(1, 3), chord(0, 1, staff=1), chord(1, 3, staff=1))
    assert rows(*music) == [[0, 1], [2, 3]]


def test_it_goes_only_as_far_as_there_is_room() -> None:
    """The first voice comes back to its own staff, and the rest beside it stays where it is."""
    music = (chord(0, 1), chord(2, 2), chord(1, 1, staff=1), rest(2, 2, staff=1))
    assert rows(*music) == [[0, 2, 1], [3]]
    assert adds_up(*music)


def test_grace_notes_come_along() -> None:
    grace = Chord(F(1), F(0), F(1, 2), notes=C4, grace="plain")
    assert rows(chord(0, 1, staff=1), grace, chord(1, 3)) == [[0, 1, 2]]


def test_tuplets_stay_whole() -> None:
    """A rest in a tuplet is not left behind."""
    three = {"tuplet": (3, 2), "length": F(1, 3)}
    music = (
        chord(0, F(1, 3), staff=1), Chord(F(0), F(1, 3), F(1, 2), tuplet=(3, 2)),
        chord(F(1, 3), F(1, 2), **three), chord(F(2, 3), F(1, 2), **three), chord(1, 3),
    )  # fmt: skip
    assert [1, 2, 3, 4] in rows(*music)


def test_measures_that_no_music_has_take_no_longer() -> None:
    many = [chord(F(k, 7), F(1, 4), staff=k % 2, voice=1 + k % 9) for k in range(600)]
    assert sum(map(len, rows(*many))) == 600
