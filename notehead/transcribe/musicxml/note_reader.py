"""Notes of a MusicXML file, and the chords that they make."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from lxml import etree

from notehead.page import Pitch
from notehead.transcribe.musicxml.lanes import lane_of
from notehead.transcribe.musicxml.mark_reader import fingering_of, marks_of
from notehead.transcribe.musicxml.names import ACCIDENTAL_OF, HEADS, LENGTHS, TREMOLO
from notehead.transcribe.score import Chord, Note, dotted

_STEMS = {"up": 1, "down": -1}


def duration_of(element: etree._Element, divisions: Fraction) -> Fraction:
    """The duration of a note, or of a way back or on, in quarter notes."""
    return max(Fraction(element.findtext("duration") or 0), Fraction(0)) / divisions


@dataclass(slots=True)
class _Made:
    """A chord in the making; one without notes that is no rest is not printed."""

    chord: Chord
    notes: list[Note] = field(default_factory=list)
    rest: bool = False
    marks: list[str] = field(default_factory=list)
    slurs: list[int] = field(default_factory=list)
    slurred: list[int] = field(default_factory=list)


class ChordReader:
    """Makes chords of the notes of a part, measure by measure.

    Args:
        staves: of the part.
    """

    def __init__(self, staves: int) -> None:
        self._staves = staves
        self._made: list[_Made] = []
        self._beams: dict[tuple[str, bool], int] = {}
        self._slurs: dict[str, tuple[int, str]] = {}
        self._count = 0

    def begin(self) -> None:
        """A new measure."""
        self._made = []

    def chords(self) -> list[Chord]:
        """The chords of the measure that are printed."""
        return [
            replace(
                made.chord,
                notes=tuple(made.notes),
                marks=tuple(made.marks),
                slurs=tuple(made.slurs),
                slurred=tuple(made.slurred),
            )
            for made in self._made
            if made.notes or made.rest
        ]

    def note(self, element: etree._Element, onset: Fraction, length: Fraction) -> None:
        """A note or a rest, which begins at an onset and lasts so long."""
        if element.find("chord") is None or not self._made:
            self._made.append(_Made(self._chord(element, onset, length)))
        made = self._made[-1]
        if element.get("print-object") == "no":
            return
        self._slur(element, made)
        made.marks += [mark for mark in marks_of(element) if not made.notes or mark not in made.marks]
        if element.find("rest") is not None:
            made.rest = True
        else:
            made.notes.append(_note(element))

    def _chord(self, element: etree._Element, onset: Fraction, length: Fraction) -> Chord:
        grace = element.find("grace")
        rest = element.find("rest")
        voice, staff = self._lane(element)
        ratio = (
            int(element.findtext("time-modification/actual-notes") or 1),
            int(element.findtext("time-modification/normal-notes") or 1),
        )
        if TREMOLO in marks_of(element):
            doubled = Fraction(ratio[0], 2 * ratio[1])
            ratio = doubled.numerator, doubled.denominator
        kind = LENGTHS.get(element.findtext("type") or "")
        whole = rest is not None and (rest.get("measure") == "yes" or (kind is None and onset == 0))
        written, dots = (kind, len(element.findall("dot"))) if kind else _shape(length * ratio[0] / ratio[1])
        if whole:
            written, dots, ratio = Fraction(4), 0, (1, 1)
        return Chord(
            onset, length, written, dots, ratio, staff=staff, voice=voice,
            stem=_STEMS.get(element.findtext("stem") or "", 0), beams=self._beam(element), whole=whole,
            grace="" if grace is None else "slashed" if grace.get("slash") == "yes" else "plain",
        )  # fmt: skip

    def _lane(self, element: etree._Element) -> tuple[int, int]:
        """Voice of its staff, and staff."""
        staff = int(element.findtext("staff") or 1) - 1
        label = (element.findtext("voice") or "1").strip()
        number = int(label) if label.isdecimal() and 0 < int(label) < 1000 else 1
        return lane_of(number, self._staves)[1], staff

    def _beam(self, element: etree._Element) -> tuple[int, ...]:
        """The number of the beam that goes on in the note's voice, or of a new one."""
        key = (element.findtext("voice") or "1").strip(), element.find("grace") is not None
        word = next((beam.text for beam in element.iterfind("beam") if beam.get("number", "1") == "1"), None)
        if word not in {"begin", "continue", "end"}:
            return ()
        if word == "begin" or key not in self._beams:
            self._count += 1
            self._beams[key] = self._count
        number = self._beams[key]
        if word == "end":
            del self._beams[key]
        return (number,)

    def _slur(self, element: etree._Element, made: _Made) -> None:
        """The ends of slurs at a note; either end may come first in the file."""
        for slur in element.iterfind("notations/slur"):
            key, kind = slur.get("number", "1"), slur.get("type", "")
            if kind not in {"start", "stop"}:
                continue
            number, other = self._slurs.get(key, (0, kind))
            if other == kind:
                self._count += 1
                number = self._count
                self._slurs[key] = number, kind
            else:
                del self._slurs[key]
            (made.slurs if kind == "start" else made.slurred).append(number)


def _note(element: etree._Element) -> Note:
    ties = {tie.get("type") for tag in ("tie", "notations/tied") for tie in element.iterfind(tag)}
    accidental = element.find("accidental")
    name = ACCIDENTAL_OF.get(accidental.text or "", "accidentalOther") if accidental is not None else ""
    small = accidental is not None and accidental.get("size") in {"cue", "grace-cue"}
    return Note(
        _pitch(element),
        tied_on="start" in ties or "let-ring" in ties,
        tied_back="stop" in ties,
        accidental=f"{name}Small" if small else name,
        head=_head(element.find("notehead")),
        fingering=fingering_of(element),
    )


def _pitch(element: etree._Element) -> Pitch:
    """As it is said; where there is none, where it is drawn."""
    step = element.findtext("pitch/step") or element.findtext("unpitched/display-step") or "B"
    octave = element.findtext("pitch/octave") or element.findtext("unpitched/display-octave") or 4
    return Pitch(step.strip(), round(float(element.findtext("pitch/alter") or 0)), int(octave))


def _head(element: etree._Element | None) -> str:
    if element is None:
        return ""
    found = element.text or ""
    for ours, (name, attributes) in HEADS.items():
        if name == found and all(element.get(key) == value for key, value in attributes.items()):
            return ours
    return {"diamond": "noteheadDiamondBlack", "normal": ""}.get(found, "noteheadOther")


def _shape(length: Fraction) -> tuple[Fraction, int]:
    """The longest note, with dots, that is no longer than this."""
    shapes = [(dotted(kind, dots), kind, dots) for kind in LENGTHS.values() for dots in (0, 1, 2)]
    fitting = [shape for shape in shapes if shape[0] <= length]
    _, kind, dots = max(fitting, default=(0, Fraction(1), 0))
    return kind, dots
