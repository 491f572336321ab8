"""Music as MusicXML writes it: notes with exact times, and the signs in force, measure by measure."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from lxml import etree

from notehead.errors import ScoreLimitError
from notehead.evaluate.music.signs import SignsInForce

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_TYPES = {
    name: Fraction(32) / 2**power
    for power, name in enumerate(
        ("maxima", "long", "breve", "whole", "half", "quarter", "eighth", "16th", "32nd", "64th", "128th",
         "256th", "512th", "1024th")
    )
}  # fmt: skip
_SECTIONS = frozenset({"light-light", "light-heavy", "heavy-light", "heavy-heavy"})
_MOST_DOTS = 8
_MOST_CHARS = 40
_FINEST = 10**12
"""No music divides a quarter note into more; sums of ever new divisions would grow without end."""
ZERO = Fraction(0)


class WrittenNote(NamedTuple):
    """One written notehead; of notes that are tied each counts.

    Attributes:
        staff: of its part, from 0.
        spelled: step, alteration and octave as written, "C#4"; "x" before what has no pitch (percussion).
        sounding: its MIDI number, or `spelled` where it has no pitch.
        length: in quarter notes, 0 of grace notes.
        onset: in its measure, in quarter notes; of grace notes that of the note that they lead to.
        grace: 0; of grace notes the place in their group, from 1.
    """

    staff: int
    spelled: str
    sounding: Fraction | str
    length: Fraction
    onset: Fraction
    grace: int


class Span(NamedTuple):
    """What a note or a rest, shown or hidden, takes of a measure's time: staff, voice, from and to."""

    staff: int
    voice: str
    start: Fraction
    end: Fraction


@dataclass(frozen=True, slots=True)
class WrittenMeasure:
    """A measure of a part.

    Attributes:
        notes: in the order of the file; hidden ones (`print-object="no"`) are left out.
        spans: what takes time, chords once.
        times: the time signature in force on each staff, "" for none.
        keys: the key in force at the beginning, on each staff, "" for none.
        clefs: on each staff the clef at the beginning and those that come later, with their onsets.
        implicit: whether it says that it is not counted, as pickups do.
        opens: whether a section begins with it: a repeat, or a barline that is not plain.
        closes: whether one ends with it.
    """

    notes: tuple[WrittenNote, ...]
    spans: tuple[Span, ...]
    times: tuple[str, ...]
    keys: tuple[str, ...]
    clefs: tuple[tuple[tuple[Fraction, str], ...], ...]
    implicit: bool = False
    opens: bool = False
    closes: bool = False

    @property
    def end(self) -> Fraction:
        """Where the last note or rest ends, in quarter notes."""
        return max((span.end for span in self.spans), default=ZERO)


@dataclass(frozen=True, slots=True)
class WrittenPart:
    """The measures of a part, and how many staves it has."""

    staves: int
    measures: tuple[WrittenMeasure, ...]


def written_part(part: etree._Element, file: str = "") -> WrittenPart:
    """The notes and signs of a `<part>` that has passed the checks of `read_music_file`.

    Durations are those of `<duration>`. Editors round them to whole divisions; where type, dots and tuplet of
    a note say the same up to that rounding, their exact value is taken.

    Args:
        part: the element.
        file: what errors call the file.

    Raises:
        ScoreLimitError: its times are finer than any music's.
    """
    numbers = [int(element.text or 1) for element in part.iter("staff", "staves")]
    staves = max(numbers, default=1)
    signs = SignsInForce(staves)
    divisions = Fraction(1)
    measures: list[WrittenMeasure] = []
    for element in part.iterchildren("measure"):
        reader = _MeasureReader(signs, divisions)
        measure = reader.read(element)
        if any(max(span.start.denominator, span.end.denominator) > _FINEST for span in measure.spans):
            cause = f"measure {len(measures) + 1} divides a quarter note into more than {_FINEST:,}"
            raise ScoreLimitError(file, cause, "Write the durations in fewer divisions.")
        measures.append(measure)
        divisions = reader.divisions
    return WrittenPart(staves, tuple(measures))


@dataclass(slots=True)
class _MeasureReader:
    """Walks through a measure; `at` is in divisions as the file counts, `exact` in quarter notes."""

    signs: SignsInForce
    divisions: Fraction
    at: Fraction = ZERO
    before: Fraction = ZERO
    known: dict[Fraction, Fraction] = field(default_factory=lambda: {ZERO: ZERO})
    notes: list[WrittenNote] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    graces: dict[tuple[str, Fraction], int] = field(default_factory=dict)

    def read(self, measure: etree._Element) -> WrittenMeasure:
        """The measure; `divisions` and `signs` are afterwards those of its end."""
        self.signs.begin()
        for element in measure:
            if element.tag == "attributes":
                self._attributes(element)
            elif element.tag == "note":
                self._note(element)
            elif element.tag in {"backup", "forward"}:
                move = number(element.findtext("duration"))
                self.at = max(ZERO, self.at + (move if element.tag == "forward" else -move))
        return WrittenMeasure(
            tuple(self.notes),
            tuple(self.spans),
            tuple(self.signs.times),
            tuple(self.signs.keys),
            tuple(tuple(clefs) for clefs in self.signs.clefs),
            implicit=measure.get("implicit") == "yes",
            opens=_has_section(measure, "left"),
            closes=_has_section(measure, "right"),
        )

    def _attributes(self, element: etree._Element) -> None:
        if divisions := element.findtext("divisions"):
            now = number(divisions)
            if now != self.divisions:  # times in this measure go on in the new unit
                factor = now / self.divisions
                self.known = {at * factor: exact for at, exact in self.known.items()}
                self.at, self.before, self.divisions = self.at * factor, self.before * factor, now
        self.signs.change(element, self._exact(self.at))

    def _exact(self, at: Fraction) -> Fraction:
        return self.known.get(at, at / self.divisions)

    def _note(self, element: etree._Element) -> None:
        staff = int(element.findtext("staff") or 1) - 1
        voice = (element.findtext("voice") or "1").strip()
        chord, grace = element.find("chord") is not None, element.find("grace") is not None
        start = self.before if chord else self.at
        onset, raw = self._exact(start), number(element.findtext("duration"))
        length = ZERO if grace else _length(element, raw, self.divisions)
        place = self._grace_place(voice, onset, chord=chord) if grace else 0
        if element.get("print-object") != "no" and (named := _pitch(element)):
            self.notes.append(WrittenNote(staff, *named, length, onset, place))
        if not chord:
            self.before = self.at
        if grace or chord:
            return
        self.spans.append(Span(staff, voice, onset, onset + length))
        self.at += raw
        self.known.setdefault(self.at, onset + length)

    def _grace_place(self, voice: str, onset: Fraction, *, chord: bool) -> int:
        key = voice, onset
        self.graces[key] = self.graces.get(key, 0) + (0 if chord else 1)
        return self.graces[key]


def _has_section(measure: etree._Element, side: str) -> bool:
    """Whether the barline at a side of a measure begins, or ends, a section."""
    return any(
        barline.find("repeat") is not None or (barline.findtext("bar-style") or "").strip() in _SECTIONS
        for barline in measure.iterfind("barline")
        if barline.get("location", "right") == side
    )


def number(text: str | None) -> Fraction:
    """A decimal number that has passed the checks; 0 where there is none.

    Example:
        >>> number(" 1.50 "), number(None)
        (Fraction(3, 2), Fraction(0, 1))
    """
    return Fraction((text or "").strip()[:_MOST_CHARS] or 0)


def _pitch(note: etree._Element) -> tuple[str, Fraction | str] | None:
    """A note as it is spelled and as it sounds; None for rests."""
    pitch = note.find("pitch")
    if pitch is not None:
        step, alter = (pitch.findtext("step") or "C").strip(), number(pitch.findtext("alter"))
        octave = int(pitch.findtext("octave") or 0)
        named = f"{step}{_alteration(alter)}{octave}"
        return named, 12 * (octave + 1) + _STEPS.get(step, 0) + alter
    unpitched = note.find("unpitched")
    if unpitched is None:
        return None
    step = (unpitched.findtext("display-step") or "").strip()
    named = f"x{step}{(unpitched.findtext('display-octave') or '').strip()}"
    return named, named


def _alteration(alter: Fraction) -> str:
    if alter.denominator != 1:
        return f"({alter})"
    return "#" * int(alter) if alter >= 0 else "b" * -int(alter)


def _length(note: etree._Element, raw: Fraction, divisions: Fraction) -> Fraction:
    """A note's duration in quarter notes, made exact where only rounding parts it from what is written."""
    plain = _TYPES.get((note.findtext("type") or "").strip())
    if plain is None:
        return raw / divisions
    dots = min(len(note.findall("dot")), _MOST_DOTS)
    written = plain * (2 - Fraction(1, 2**dots))
    change = note.find("time-modification")
    if change is not None:
        actual, normal = (int(change.findtext(name) or 1) for name in ("actual-notes", "normal-notes"))
        written *= Fraction(normal, actual)
    return written if abs(written * divisions - raw) < 1 else raw / divisions
