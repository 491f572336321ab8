"""What is read: files of other programs, and files that are none."""

from __future__ import annotations

from fractions import Fraction

import pytest

from notehead.errors import NoteheadError, ScoreFormatError
from notehead.page import Pitch
from notehead.transcribe.clefs import Clef
from notehead.transcribe.meters import Meter
from notehead.transcribe.musicxml import from_musicxml
from notehead.transcribe.score import Measure
from tests.support.scores import KERN, MEI, MUSICXML, mxl
from tests.support.songs import JOY

F = Fraction


def measures(*contents: str) -> tuple[Measure, ...]:
    """The measures of a part with these contents."""
    inside = "".join(f'<measure number="{n}">{text}</measure>' for n, text in enumerate(contents, 1))
    text = (
        '<score-partwise version="4.0"><part-list><score-part id="P1"><part-name/></score-part></part-list>'
        f'<part id="P1">{inside}</part></score-partwise>'
    )
    return from_musicxml(text.encode(), "made.musicxml").parts[0].measures


def note(inside: str = "", duration: int = 1, step: str = "C") -> str:
    lasting = f"<duration>{duration}</duration>" if duration else ""
    return f"<note><pitch><step>{step}</step><octave>4</octave></pitch>{lasting}{inside}</note>"


def test_a_song_is_read_as_it_is_printed() -> None:
    (part,) = from_musicxml(JOY.encode(), "joy.musicxml").parts
    pickup, first = part.measures
    assert part.staves == 2
    assert (pickup.length, first.length) == (F(1), F(4))
    assert [sign.key.fifths for sign in first.signs] == [2, 2]
    assert [sign.clef for sign in first.signs] == [Clef("G", -2), Clef("F", 2)]
    assert first.meter == Meter(4, 4, "common")
    assert [(one.kind, one.text, one.onset) for one in pickup.directions] == [("dynamic", "mf", F(0))]
    grace, dotted, _, half, crossing = (one for one in first.chords if one.staff == 0)
    assert (crossing.onset, crossing.notes[0].pitch) == (F(2), Pitch("D", 0, 4))
    assert (grace.grace, grace.length, grace.onset) == ("slashed", F(0), F(0))
    assert (dotted.length, dotted.written, dotted.dots) == (F(3, 2), F(1), 1)
    assert dotted.slurs == half.slurred == (1,)
    assert half.marks == ("articStaccatoAbove",)
    assert first.closing == "repeatRight"
    last = [one for one in first.chords if one.onset == 3 and one.staff == 1]
    assert [[n.pitch.step for n in one.notes] for one in last] == [["D", "A"]]


def test_an_archive_is_unpacked() -> None:
    assert from_musicxml(mxl(), "a.mxl") == from_musicxml(MUSICXML.encode(), "a.musicxml")


def test_a_compound_meter_is_added_up() -> None:
    assert from_musicxml(MUSICXML.encode(), "a").parts[0].measures[0].meter == Meter(5, 8)


def test_notes_without_a_type_are_spelt_by_their_duration() -> None:
    (only,) = measures("<attributes><divisions>4</divisions></attributes>" + note(duration=6))
    assert [(one.written, one.dots) for one in only.chords] == [(F(1), 1)]


def test_what_is_not_printed_is_left_out() -> None:
    hidden = note().replace("<note>", '<note print-object="no">')
    (only,) = measures(hidden + note())
    assert [one.onset for one in only.chords] == [F(1)]
    assert only.length == 2


def test_pitches_under_an_octave_line_are_as_drawn_over_a_barline() -> None:
    start = '<direction><direction-type><octave-shift type="down"/></direction-type></direction>'
    stop = start.replace("down", "stop")
    found = measures(start + note(), note() + stop + note())
    octaves = [n.pitch.octave for one in found for c in one.chords for n in c.notes]
    assert octaves == [3, 3, 4]


def test_a_slur_may_end_in_the_file_before_it_begins() -> None:
    begin = '<notations><slur type="start" number="1"/></notations>'
    end = begin.replace("start", "stop")
    text = f"<forward><duration>1</duration></forward>{note(end)}<backup><duration>2</duration></backup>"
    (only,) = measures(text + note("<voice>2</voice>" + begin))
    slurs = {one.onset: (one.slurs, one.slurred) for one in only.chords}
    assert slurs == {F(1): ((), (1,)), F(0): ((1,), ())}


def test_a_pitch_that_is_none_is_where_it_is_drawn() -> None:
    text = "<note><unpitched><display-step>G</display-step><display-octave>5</display-octave></unpitched>"
    (only,) = measures(text + "<duration>1</duration></note>")
    assert only.chords[0].notes[0].pitch == Pitch("G", 0, 5)


HOSTILE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (MEI.encode(), "mei"),
        (KERN.encode(), "kern"),
        (b"<score-timewise/>", "timewise"),
        (b"", "empty"),
        (b"PK\x03\x04 no archive", "archive"),
        (MUSICXML.encode()[:-20], "well-formed"),
        ((HOSTILE + MUSICXML[MUSICXML.index("<score-partwise") :]).encode(), "document type"),
    ],
)
def test_what_is_no_musicxml_is_refused(data: bytes, cause: str) -> None:
    with pytest.raises(ScoreFormatError, match=cause) as caught:
        from_musicxml(data, "file.x")
    assert "file.x" in str(caught.value)


WRONG = ("<voice>x</voice>", "<staff>9</staff>", "<type>?</type>", '<beam number="1">?</beam>', "<dot/>" * 9,
         "<time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes></time-modification>",
         '<notations><slur type="stop" number="2"/></notations>', "<accidental>?</accidental>",
         "<notehead>?</notehead>",
    '<notations><ornaments><tremolo type="start">9</tremolo></ornaments></notations>',
         "<stem>double</stem>", "<staff>0</staff>", "<chord/>")  # fmt: skip


@pytest.mark.parametrize("inside", WRONG)
def test_values_that_mean_nothing_are_passed_over_or_refused(inside: str) -> None:
    try:
        (only,) = measures(note(inside))
    except NoteheadError:
        return
    assert only.chords[0].notes[0].pitch == Pitch("C", 0, 4)
