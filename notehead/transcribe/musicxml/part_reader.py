"""A part of a MusicXML file: its measures, and the time that runs in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from lxml import etree

from notehead.page import Pitch
from notehead.transcribe.clefs import TREBLE, Clef
from notehead.transcribe.keys import Key
from notehead.transcribe.meters import Meter
from notehead.transcribe.musicxml.barline_reader import Sides, read_barline
from notehead.transcribe.musicxml.direction_reader import DirectionReader
from notehead.transcribe.musicxml.note_reader import ChordReader, duration_of
from notehead.transcribe.musicxml.ottavas import Ottavas
from notehead.transcribe.musicxml.sign_reader import clef_from, key_from, meter_from, staff_number
from notehead.transcribe.score import Chord, Measure, Signs


@dataclass(slots=True)
class PartReader:
    """Reads a part.

    Attributes:
        element: the part's.
        staves: how many it has.
        divisions: of a quarter note.
        clefs: in force on each staff.
        keys: likewise.
        meter: in force.
        page: index of the page.
        system: of its page.
        volta: numbers of the ending that is open.
        chords: reads notes.
        directions: reads directions.
    """

    element: etree._Element
    staves: int
    clefs: list[Clef]
    keys: list[Key]
    chords: ChordReader
    divisions: Fraction = Fraction(1)
    meter: Meter | None = None
    page: int = 0
    system: int = 0
    directions: DirectionReader = field(default_factory=DirectionReader)

    @classmethod
    def of(cls, element: etree._Element) -> PartReader:
        """A reader at the beginning of a part."""
        staves = max(
            [1, *(int(found.text or 1) for tag in ("staves", "staff") for found in element.iter(tag))]
        )
        return cls(element, staves, [TREBLE] * staves, [Key()] * staves, ChordReader(staves))

    def measures(self) -> list[Measure]:
        """All measures, with pitches as they are drawn."""
        found = [self._measure(element) for element in self.element.iterchildren("measure")]
        ottavas = Ottavas.of(found)
        if not ottavas.spans:
            return found
        return [
            replace(measure, chords=tuple(_lowered(chord, at, ottavas) for chord in measure.chords))
            for at, measure in enumerate(found)
        ]

    def _measure(self, element: etree._Element) -> Measure:
        reader = _MeasureReader(self)
        for child in element:
            if handle := _HANDLERS.get(str(child.tag)):
                handle(reader, child)
        return reader.measure()

    def turn(self, element: etree._Element, *, first: bool) -> None:
        """Begin a new system or page where that is said."""
        if first:
            return
        if element.get("new-page") == "yes":
            self.page, self.system = self.page + 1, 0
        elif element.get("new-system") == "yes":
            self.system += 1


class _MeasureReader:
    """Reads a measure of a part."""

    def __init__(self, part: PartReader) -> None:
        self.part = part
        self.now = self.end = self.last = Fraction(0)
        self.changes: list[list[tuple[Fraction, Clef]]] = [[] for _ in range(part.staves)]
        self.begin = list(part.clefs)
        self.sides = Sides()
        self.first = part.element.find("measure")
        part.chords.begin()
        part.directions.begin()

    def measure(self) -> Measure:
        """The measure, once all its elements are read."""
        part, sides = self.part, self.sides
        chords = [replace(chord, page=part.page) for chord in part.chords.chords()]
        chords.sort(key=lambda chord: (chord.staff, chord.voice, chord.onset))
        signs = (
            Signs(clef, key, tuple(changes))
            for clef, key, changes in zip(self.begin, part.keys, self.changes, strict=True)
        )
        return Measure(
            self.end, part.meter, tuple(signs), tuple(chords), sides.opening, sides.closing,
            tuple(sides.within),
            directions=part.directions.directions(), volta=sides.volta, volta_stop=sides.volta_stop,
            page=part.page, system=part.system,
        )  # fmt: skip

    def note(self, element: etree._Element) -> None:
        """A note or a rest: a chord, or one more note of the last."""
        in_chord = element.find("chord") is not None
        length = (
            Fraction(0) if element.find("grace") is not None else duration_of(element, self.part.divisions)
        )
        start = self.last if in_chord else self.now
        self.part.chords.note(element, start, length)
        for dynamics in element.iterfind("notations/dynamics"):
            self.part.directions.dynamics(dynamics, start, staff_number(element) - 1)
        if not in_chord:
            self.last, self.now = self.now, self.now + length
            self.end = max(self.end, self.now)

    def move(self, element: etree._Element) -> None:
        """Back or on."""
        length = duration_of(element, self.part.divisions)
        self.now = max(self.now - length, Fraction(0)) if element.tag == "backup" else self.now + length
        self.end = max(self.end, self.now)

    def direction(self, element: etree._Element) -> None:
        """A direction."""
        offset = Fraction(element.findtext("offset") or 0) / self.part.divisions
        self.part.directions.read(element, max(self.now + offset, Fraction(0)))

    def barline(self, element: etree._Element) -> None:
        """A barline at one of the two sides, or within."""
        read_barline(element, self.sides, self.now)

    def attributes(self, element: etree._Element) -> None:
        """Divisions, keys, meters and clefs."""
        part = self.part
        if divisions := element.findtext("divisions"):
            part.divisions = Fraction(divisions)
        for key in element.iterfind("key"):
            staves = [staff_number(key) - 1] if key.get("number") else range(part.staves)
            for staff in staves:
                part.keys[staff] = key_from(key)
        for time in element.iterfind("time"):
            part.meter = meter_from(time) or part.meter
        for element_ in element.iterfind("clef"):
            staff, clef = staff_number(element_) - 1, clef_from(element_)
            part.clefs[staff] = clef
            if self.now:
                self.changes[staff].append((self.now, clef))
            else:
                self.begin[staff] = clef

    def print_(self, element: etree._Element) -> None:
        """Where a system or a page begins."""
        self.part.turn(element, first=element.getparent() is self.first)


_HANDLERS: dict[str, Callable[[_MeasureReader, etree._Element], None]] = {
    "note": _MeasureReader.note,
    "backup": _MeasureReader.move,
    "forward": _MeasureReader.move,
    "direction": _MeasureReader.direction,
    "barline": _MeasureReader.barline,
    "attributes": _MeasureReader.attributes,
    "print": _MeasureReader.print_,
}


def _lowered(chord: Chord, at: int, ottavas: Ottavas) -> Chord:
    octaves = ottavas.at(chord.staff, (at, chord.onset))
    if not octaves:
        return chord
    notes = tuple(
        replace(note, pitch=Pitch(note.pitch.step, note.pitch.alter, note.pitch.octave - octaves))
        for note in chord.notes
    )
    return replace(chord, notes=notes)
