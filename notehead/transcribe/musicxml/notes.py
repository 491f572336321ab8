"""Notes: a chord or a rest with all that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from lxml import etree

from notehead.page import Pitch
from notehead.transcribe.musicxml.element import add
from notehead.transcribe.musicxml.names import ACCIDENTALS, ARPEGGIO, HEADS, MARKS, TREMOLO, TYPES, Mark
from notehead.transcribe.musicxml.spelling import Spelling
from notehead.transcribe.musicxml.tuplet_marks import TupletMark
from notehead.transcribe.score import Chord, Note

_TREMOLO_BARS = "3"
"""Bars of a tremolo between two notes: what is drawn is one symbol for all of them."""


@dataclass(frozen=True, slots=True)
class Written:
    """What is known of a chord when it is written.

    Attributes:
        chord: itself.
        spelling: of its length.
        ticks: its length in divisions.
        voice: its number in the part.
        staff: the number of its staff, None in a part of one.
        octaves: by how many octaves it sounds higher than it is drawn.
        unpitched: whether its staff has no pitches.
        beams: words for its beams, level by level.
        slurs: numbers of slurs that end at it and begin at it.
        tuplets: that begin or end at it.
        tremolo: "start" or "stop" of a tremolo between two chords, else "".
    """

    chord: Chord
    spelling: Spelling
    ticks: int
    voice: int
    staff: int | None
    octaves: int = 0
    unpitched: bool = False
    beams: Sequence[str] = ()
    slurs: tuple[Sequence[int], Sequence[int]] = ((), ())
    tuplets: Sequence[TupletMark] = ()
    tremolo: str = ""


def write_chord(parent: etree._Element, written: Written) -> None:
    """The notes of a chord, or a rest."""
    notes: Sequence[Note | None] = written.chord.notes or (None,)
    for place, note in enumerate(notes):
        _note(parent, written, note, first=place == 0)


def write_hidden_rest(parent: etree._Element, ticks: int, voice: int, staff: int | None) -> None:
    """A rest of a whole measure that is not drawn, where a staff is empty."""
    note = add(parent, "note", print_object="no")
    add(note, "rest", measure="yes")
    add(note, "duration", ticks)
    add(note, "voice", voice)
    if staff is not None:
        add(note, "staff", staff)


def _note(parent: etree._Element, written: Written, note: Note | None, *, first: bool) -> None:
    chord, spelling = written.chord, written.spelling
    element = add(parent, "note")
    _head(element, written, note, first=first)
    for kind in _ties(note):
        add(element, "tie", type=kind)
    add(element, "voice", written.voice)
    if not chord.whole:
        _shape(element, spelling, note, grace=bool(chord.grace))
    if note is not None:
        _stem(element, chord, note)
    if written.staff is not None:
        add(element, "staff", written.staff)
    if first:
        for level, word in enumerate(written.beams, 1):
            add(element, "beam", word, number=str(level))
    notations = etree.Element("notations")
    _notations(notations, written, note, first=first)
    if len(notations):
        element.append(notations)


def _head(element: etree._Element, written: Written, note: Note | None, *, first: bool) -> None:
    """Whether it is a grace note, which pitch it has, and how long it lasts."""
    chord = written.chord
    if chord.grace:
        add(element, "grace", **({"slash": "yes"} if chord.grace == "slashed" else {}))
    if not first:
        add(element, "chord")
    if note is None:
        add(element, "rest", **({"measure": "yes"} if chord.whole else {}))
    else:
        _pitch(element, note.pitch, written)
    if not chord.grace:
        add(element, "duration", written.ticks)


def _pitch(element: etree._Element, pitch: Pitch, written: Written) -> None:
    octave = min(max(pitch.octave + written.octaves, 0), 9)
    if written.unpitched and not pitch.alter:
        unpitched = add(element, "unpitched")
        add(unpitched, "display-step", pitch.step)
        add(unpitched, "display-octave", octave)
        return
    pitched = add(element, "pitch")
    add(pitched, "step", pitch.step)
    if pitch.alter:
        add(pitched, "alter", pitch.alter)
    add(pitched, "octave", octave)


def _ties(note: Note | None) -> list[str]:
    if note is None:
        return []
    return [kind for kind, there in (("stop", note.tied_back), ("start", note.tied_on)) if there]


def _shape(element: etree._Element, spelling: Spelling, note: Note | None, *, grace: bool) -> None:
    if spelling.written in TYPES:
        add(element, "type", TYPES[spelling.written])
    for _ in range(spelling.dots):
        add(element, "dot")
    if note is not None:
        name = note.accidental.removesuffix("Small")
        if name in ACCIDENTALS:
            size = {"size": "cue"} if name != note.accidental else {}
            add(element, "accidental", ACCIDENTALS[name], **size)
    if not grace and spelling.actual != spelling.normal:
        change = add(element, "time-modification")
        add(change, "actual-notes", spelling.actual)
        add(change, "normal-notes", spelling.normal)


def _stem(element: etree._Element, chord: Chord, note: Note) -> None:
    if chord.stem:
        add(element, "stem", "up" if chord.stem > 0 else "down")
    if note.head in HEADS:
        name, attributes = HEADS[note.head]
        add(element, "notehead", name, **attributes)


def _notations(notations: etree._Element, written: Written, note: Note | None, *, first: bool) -> None:
    for kind in _ties(note):
        add(notations, "tied", type=kind)
    if first:
        for kind, numbers in zip(("stop", "start"), written.slurs, strict=True):
            for number in numbers:
                add(notations, "slur", type=kind, number=str(number))
        for tuplet in written.tuplets:
            _tuplet(notations, tuplet)
        _marks(notations, written)
    if ARPEGGIO in written.chord.marks and note is not None:
        add(notations, "arpeggiate")
    if note is not None and note.fingering:
        technical = add(notations, "technical")
        for finger in note.fingering:
            add(technical, "fingering", finger)


def _tuplet(notations: etree._Element, tuplet: TupletMark) -> None:
    element = add(notations, "tuplet", type="start" if tuplet.start else "stop", number=str(tuplet.number))
    if tuplet.start:
        add(add(element, "tuplet-actual"), "tuplet-number", tuplet.actual)
        add(add(element, "tuplet-normal"), "tuplet-number", tuplet.normal)


def _marks(notations: etree._Element, written: Written) -> None:
    """The marks in their order: those of one group that follow one another stand together."""
    marks = [_mark(name, written) for name in written.chord.marks if name != ARPEGGIO]
    for group, members in groupby(marks, key=lambda mark: mark[0]):
        parent = add(notations, group) if group else notations
        for _, name, attributes, text in members:
            add(parent, name, text, **dict(attributes))


def _mark(name: str, written: Written) -> Mark:
    if name == TREMOLO and written.tremolo:
        return "ornaments", "tremolo", (("type", written.tremolo),), _TREMOLO_BARS
    return MARKS.get(name, ("", "other-notation", (("type", "single"),), name))
