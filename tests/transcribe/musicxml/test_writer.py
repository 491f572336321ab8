"""What is written: beams, tuplets, octave lines, endings, and files of scores that are made badly."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from notehead.page import Pitch
from notehead.transcribe.clefs import Clef
from notehead.transcribe.keys import Key
from notehead.transcribe.meters import Meter
from notehead.transcribe.musicxml import from_musicxml, to_musicxml
from notehead.transcribe.score import Chord, Direction, Measure, Note, Part, Score, Signs
from tests.support.written import Ways, scores
from tests.support.xsd import complaints

F = Fraction
TREBLE = Signs(Clef("G", -2), Key())
C4 = (Note(Pitch("C", 0, 4)),)


def chord(onset: F | int, written: F | int, **more: Any) -> Chord:
    """A chord of one note, as long as it is written."""
    length = F(written)
    return replace(Chord(F(onset), length, length, notes=C4), **more)


def measure(*chords: Chord, staves: int = 1, **more: Any) -> Measure:
    made = Measure(F(4), Meter(4, 4), (TREBLE,) * staves, chords)
    return replace(made, **more)


def written(*measures: Measure, staves: int = 1) -> etree._Element:
    """The part of a score, as it is written."""
    root = etree.fromstring(to_musicxml(Score((Part(staves, measures),))))
    part = root.find("part")
    assert part is not None
    return part


def texts(element: etree._Element, path: str) -> list[str]:
    return [found.text or "" for found in element.iterfind(path)]


def beams(part: etree._Element) -> list[list[str]]:
    return [texts(note, "beam") for note in part.iter("note")]


def test_beams_of_a_dotted_rhythm_have_hooks() -> None:
    dotted = chord(0, F(1, 2), dots=1, length=F(3, 4), beams=(7,))
    short = chord(F(3, 4), F(1, 4), beams=(7,))
    part = written(measure(dotted, short, chord(1, F(1, 4), beams=(8,)), chord(F(5, 4), F(1, 4), beams=(8,))))
    assert beams(part) == [["begin"], ["end", "backward hook"], ["begin", "begin"], ["end", "end"]]


def test_a_beam_number_of_another_page_is_another_beam() -> None:
    first = measure(chord(3, F(1, 2), beams=(7,)), chord(F(7, 2), F(1, 2), beams=(7,)))
    assert beams(written(first, replace(first, page=1))) == [["begin"], ["end"], ["begin"], ["end"]]


def test_a_beam_across_staves_is_in_one_voice() -> None:
    low = chord(0, F(1, 2), staff=1, beams=(3,))
    high = chord(F(1, 2), F(1, 2), staff=0, beams=(3,))
    part = written(measure(low, high, staves=2), staves=2)
    notes = [note for note in part.iter("note") if note.get("print-object") != "no"]
    assert [texts(note, "beam") for note in notes] == [["begin"], ["end"]]
    assert [texts(note, "voice") for note in notes] == [["5"], ["5"]]
    assert [texts(note, "staff") for note in notes] == [["2"], ["1"]]


def test_voices_of_the_second_staff_begin_with_five() -> None:
    voices = [chord(0, 4, staff=staff, voice=voice) for staff in (0, 1) for voice in (1, 2, 5)]
    part = written(measure(*voices, staves=2), staves=2)
    assert texts(part, ".//voice") == ["1", "2", "9", "5", "6", "13"]


def tuplet(onset: F | int, lengths: str, ratio: tuple[int, int]) -> list[Chord]:
    made, now = [], F(onset)
    for word in lengths.split():
        length = F(word) * ratio[1] / ratio[0]
        made.append(chord(now, F(word), length=length, tuplet=ratio))
        now += length
    return made


NESTED = [
    *tuplet(0, "1/2", (3, 2)), *tuplet(F(1, 3), "1/4 1/4 1/4", (9, 4)), *tuplet(F(2, 3), "1/2", (3, 2)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("chords", "marks"),
    [
        (tuplet(0, "1/2 1/2 1/2 1/2 1/2 1/2", (3, 2)), "start - stop start - stop"),
        (tuplet(0, "1 1/2 1/2 1", (3, 2)), "start stop start stop"),
        (tuplet(0, "1/4 1/4 1/4 1/4 1/4 1/4", (6, 4)), "start - - - - stop"),
        (tuplet(0, "1/4 1/4 1/4 1/2 1/2 1/2", (3, 2)), "start - stop start - stop"),
        (
            tuplet(0, "1/2 1/2 1/2", (3, 2)) + tuplet(1, "1/4 1/4 1/4 1/4 1/4", (5, 4)),
            "start - stop start - - - stop",
        ),
        (NESTED, "start start - stop stop"),
    ],
)  # fmt: skip
def test_tuplets_end_where_they_are_full(chords: list[Chord], marks: str) -> None:
    part = written(measure(*chords))
    found = [
        "+".join(tuplet.get("type", "") for tuplet in note.iter("tuplet")) or "-"
        for note in part.iter("note")
    ]
    assert " ".join(found) == marks


def test_a_tuplet_in_a_tuplet_says_its_own_ratio() -> None:
    chords = (
        tuplet(0, "1/2", (3, 2)) + tuplet(F(1, 3), "1/4 1/4 1/4", (9, 4)) + tuplet(F(2, 3), "1/2", (3, 2))
    )
    part = written(measure(*chords))
    starts = [mark for mark in part.iter("tuplet") if mark.get("type") == "start"]
    assert [(mark.get("number"), texts(mark, "*/tuplet-number")) for mark in starts] == [
        ("1", ["3", "2"]), ("2", ["3", "2"]),
    ]  # fmt: skip


def test_a_length_that_was_found_otherwise_is_spelt_as_found() -> None:
    part = written(measure(chord(0, 1, length=F(3, 2))))
    assert (texts(part, ".//type"), len(list(part.iter("dot")))) == (["quarter"], 1)


def test_notes_under_an_octave_line_are_written_as_they_sound() -> None:
    line = Direction("ottava", F(0), 0, "1", "start", 1, above=True)
    ends = replace(line, onset=F(1), role="stop")
    part = written(measure(chord(0, 1), chord(1, 1), directions=(line, ends)))
    assert texts(part, ".//octave") == ["5", "4"]
    assert [shift.get("type") for shift in part.iter("octave-shift")] == ["down", "stop"]


def test_an_octave_line_without_an_end_is_left_out() -> None:
    line = Direction("ottava", F(0), 0, "1", "start", 1)
    part = written(measure(chord(0, 1), directions=(line,)))
    assert texts(part, ".//octave") == ["4"]
    assert list(part.iter("octave-shift")) == []


def test_numbers_of_slurs_are_used_again() -> None:
    chords = [chord(F(k, 16), F(1, 16)) for k in range(64)]
    chords = [
        replace(one, slurred=(k // 2,)) if k % 2 else replace(one, slurs=(k // 2,))
        for k, one in enumerate(chords)
    ]
    assert {slur.get("number") for slur in written(measure(*chords)).iter("slur")} == {"1"}


def test_a_slur_with_one_end_is_left_out() -> None:
    assert list(written(measure(chord(0, 1, slurs=(1,)), chord(1, 1, slurred=(2,)))).iter("slur")) == []


def test_a_short_first_measure_is_a_pickup() -> None:
    part = written(measure(chord(0, 1), length=F(1)), measure(chord(0, 4)))
    assert [(one.get("number"), one.get("implicit")) for one in part] == [("0", "yes"), ("1", None)]


def test_an_ending_that_is_never_closed_ends_where_the_next_begins() -> None:
    part = written(measure(volta="1"), measure(), measure(volta="2."))
    found = [(ending.get("number"), ending.get("type")) for ending in part.iter("ending")]
    assert found == [("1", "start"), ("1", "discontinue"), ("2", "start"), ("2", "discontinue")]


def test_the_stroke_of_a_tremolo_between_two_chords_goes_from_one_to_the_other() -> None:
    both = [chord(onset, 2, length=F(1), marks=("tremoloTwoNote",)) for onset in (0, 1)]
    part = written(measure(*both))
    assert [tremolo.get("type") for tremolo in part.iter("tremolo")] == ["start", "stop"]
    assert texts(part, ".//actual-notes") == ["2", "2"]
    again = from_musicxml(to_musicxml(Score((Part(1, (measure(*both),)),))), "score")
    assert [(one.length, one.written, one.tuplet) for one in again.parts[0].measures[0].chords] == [
        (F(1), F(2), (1, 1)), (F(1), F(2), (1, 1)),
    ]  # fmt: skip


def test_chords_that_overlap_in_a_voice_are_all_written() -> None:
    badly = measure(chord(0, 2), chord(1, 2), chord(F(3, 2), 4), chord(9, 1), chord(-1, 1))
    data = to_musicxml(Score((Part(1, (badly,)),)))
    assert complaints(data) == []
    again = from_musicxml(data, "score").parts[0].measures[0].chords
    assert sorted(one.onset for one in again) == [F(0), F(0), F(1), F(3, 2), F(9)]
    assert len({one.voice for one in again}) == 3


def test_parts_of_different_lengths_get_measures() -> None:
    score = Score((Part(1, (measure(chord(0, 4)),)), Part(2, ()), Part(0, (measure(), measure()))))
    data = to_musicxml(score)
    assert complaints(data) == []
    assert [len(part.measures) for part in from_musicxml(data, "score").parts] == [2, 2, 2]


def test_no_parts_are_an_empty_one() -> None:
    data = to_musicxml(Score(()))
    assert complaints(data) == []
    assert len(from_musicxml(data, "score").parts) == 1


BAD: dict[str, st.SearchStrategy[Any]] = {
    "onset": st.sampled_from([F(-3), F(1, 7), F(7, 3), F(100), F(1, 1000003)]),
    "length": st.sampled_from([F(-1), F(0), F(1, 11), F(17, 13), F(50)]),
    "written": st.sampled_from([F(0), F(3, 7), F(-1), F(64)]),
    "dots": st.sampled_from([-1, 9]),
    "tuplet": st.sampled_from([(0, 0), (7, 0), (-3, 2), (11, 9), (10**6, 3)]),
    "staff": st.sampled_from([-1, 7]),
    "voice": st.sampled_from([0, -4, 99]),
    "beams": st.sampled_from([(1, 2), (2, 3, 4), (5,) * 9]),
    "marks": st.sampled_from([("tremoloTwoNote",), ("arpeggiato", "arpeggiato"), ("nothing\x00 known",)]),
    "slurs": st.sampled_from([(1, 1), tuple(range(30))]),
    "slurred": st.sampled_from([(1, 1), tuple(range(30))]),
    "grace": st.sampled_from(["plain", "slashed"]),
    "whole": st.booleans(),
    "notes": st.sampled_from([(), (Note(Pitch("B", 7, -3)),), (Note(Pitch("C", 0, 14), accidental="?"),)]),
}


@given(scores(Ways(parts=1)), st.data())
@settings(max_examples=40, derandomize=True, suppress_health_check=list(HealthCheck))
def test_a_score_that_is_made_badly_gives_a_valid_file(score: Score, data: st.DataObject) -> None:
    (part,) = score.parts
    measures = []
    for one in part.measures:
        chords = list(one.chords)
        for k in data.draw(st.lists(st.integers(0, len(chords) - 1), max_size=6)) if chords else ():
            name = data.draw(st.sampled_from(sorted(BAD)))
            chords[k] = replace(chords[k], **{name: data.draw(BAD[name])})
        kind = data.draw(st.sampled_from(["ottava", "crescendo", "pedal", "dynamic", "words", "?"]))
        onset, number = data.draw(BAD["onset"]), data.draw(st.integers(0, 2))
        role, text = (
            data.draw(st.sampled_from(["start", "stop", "x"])),
            data.draw(st.sampled_from(["", "9", "\x01"])),
        )
        direction = Direction(kind, onset, data.draw(BAD["staff"]), text, role, number)
        signs = one.signs[: data.draw(st.integers(0, len(one.signs)))]
        measures.append(
            replace(
                one, chords=tuple(chords), directions=(*one.directions, direction), signs=signs,
                volta=data.draw(st.sampled_from(["", "0", "1.-3."])),
            )
        )  # fmt: skip
    written_ = to_musicxml(Score((Part(part.staves, tuple(measures)),)))
    assert complaints(written_) == []
    notes = sum(len(one.notes) for item in measures for one in item.chords)
    again = from_musicxml(written_, "score")
    assert sum(len(one.notes) for item in again.parts[0].measures for one in item.chords) == notes
