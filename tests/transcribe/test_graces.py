"""Grace notes before their chords."""

from __future__ import annotations

from notehead.transcribe import transcribe
from notehead.transcribe.score import Chord
from notehead.transcribe.sheet import Sheet
from tests.support.engraved import measure, mei, notes
from tests.support.engraved import page as engraved
from tests.transcribe.by_hand import Mark, head, page, staff

SMALL = "noteheadBlackOnLineSmall"
STEM: Mark = ("stem", 88, 100, 89, 120)


def read(music: str) -> list[Chord]:
    (part,) = transcribe(engraved(mei(measure(music)))).parts
    return list(part.measures[0].chords)


def grace(pitch: str, octave: int) -> str:
    return f'<note pname="{pitch}" oct="{octave}" dur="8" grace="acc"/>'


def test_a_grace_note_stands_before_the_next_chord() -> None:
    sheet = Sheet.of(page([staff(120)], head(80, 0, name=SMALL), STEM, head(100, 0), head(200, 0)))
    (main,) = sheet.graces.main.values()
    assert main is not None
    assert sheet.events[main].x == 100
    assert not sheet.graces.slashed


def test_a_stroke_is_of_the_stem_that_it_crosses() -> None:
    marks = [head(50, 0, name=SMALL), ("stem", 58, 100, 59, 120), head(80, 0, name=SMALL), STEM, head(100, 0)]
    sheet = Sheet.of(page([staff(120)], *marks, ("graceNoteSlash", 84, 102, 94, 112)))
    assert [sheet.events[k].x for k in sheet.graces.slashed] == [80]


def test_a_grace_note_without_a_chord_has_none() -> None:
    sheet = Sheet.of(page([staff(120)], head(80, 0, name=SMALL), STEM))
    assert list(sheet.graces.main.values()) == [None]
    (chord,) = transcribe(sheet.page).parts[0].measures[0].chords
    assert (chord.grace, float(chord.length), float(chord.onset)) == ("plain", 0, 0)


def test_engraved_grace_notes_come_in_order_before_their_chord() -> None:
    found = read(notes("c5:2") + grace("d", 5) + grace("e", 5) + notes("f5:2"))
    assert [(one.notes[0].pitch.step, bool(one.grace), float(one.onset)) for one in found] == [
        ("C", False, 0), ("D", True, 2), ("E", True, 2), ("F", False, 2),
    ]  # fmt: skip
    assert all(one.length == 0 for one in found if one.grace)


def test_a_chord_with_a_stroke_is_slashed() -> None:
    marks = [head(80, 0, name=SMALL), STEM, head(100, 0), ("graceNoteSlash", 84, 102, 94, 112)]
    first, second = transcribe(page([staff(120)], *marks)).parts[0].measures[0].chords
    assert (first.grace, second.grace) == ("slashed", "")
