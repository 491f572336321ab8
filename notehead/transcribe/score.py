"""`Score`: music as it is written, read from pages."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from notehead.page import Pitch
from notehead.transcribe.clefs import Clef
from notehead.transcribe.keys import Key
from notehead.transcribe.meters import Meter


def dotted(written: Fraction, dots: int) -> Fraction:
    """A length with its dots.

    Example:
        >>> dotted(Fraction(1), 2)
        Fraction(7, 4)
    """
    return written * (2 - Fraction(1, 2**dots))


@dataclass(frozen=True, slots=True)
class Note:
    """One notehead.

    Attributes:
        pitch: as drawn: an octave line over it does not change it.
        page: index of the page that it is on.
        symbol: id of its notehead on that page.
        tied_on: whether a tie goes on from it.
        tied_back: whether a tie comes to it.
        accidental: class of the accidental that is drawn before it, "" for none.
        head: class of its notehead where that is of no usual shape (a cross, a slash), else "".
        fingering: the fingers that are written at it, as drawn.
        confidence: how surely it is read right, pitch, length and onset, 0 to 1.
    """

    pitch: Pitch
    page: int = 0
    symbol: int = 0
    tied_on: bool = False
    tied_back: bool = False
    accidental: str = ""
    head: str = ""
    fingering: tuple[str, ...] = ()
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Chord:
    """What begins and ends together in one voice: notes, or a rest where there are none.

    Attributes:
        onset: in its measure, in quarter notes.
        length: in quarter notes; 0 of grace notes.
        written: its length by its shape alone, without dots and tuplets.
        dots: how many.
        tuplet: how many are played in the time of how many, (1, 1) outside of tuplets.
        notes: from below.
        staff: of its part, from 0.
        voice: of its staff, from 1.
        stem: 1 up, -1 down, 0 without.
        beams: beams that it shares with others, by number; ids of symbols.
        whole: whether it is a rest of a whole measure.
        page: index of the page that it is on.
        symbol: id of its rest on its page, where it is one.
        grace: "" for one that takes time; else "plain", or "slashed" where a stroke goes through its flag. It
            comes before the chord with its onset that takes time, and has no length.
        marks: classes of the articulations, ornaments, fermatas, tremolos, bowings and arpeggios at it, as
            "articStaccatoAbove", "fermataAbove", "arpeggiato", "tremolo2".
        slurs: numbers of slurs that begin at it, unique in its part.
        slurred: numbers of slurs that end at it.
    """

    onset: Fraction
    length: Fraction
    written: Fraction
    dots: int = 0
    tuplet: tuple[int, int] = (1, 1)
    notes: tuple[Note, ...] = ()
    staff: int = 0
    voice: int = 1
    stem: int = 0
    beams: tuple[int, ...] = ()
    whole: bool = False
    page: int = 0
    symbol: int = 0
    grace: str = ""
    marks: tuple[str, ...] = ()
    slurs: tuple[int, ...] = ()
    slurred: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Direction:
    """What stands at a time of a staff and belongs to no single chord.

    Attributes:
        kind: "dynamic", "crescendo", "diminuendo", "pedal", "ottava", "segno", "coda", "words".
        onset: in its measure, in quarter notes.
        staff: of its part, from 0.
        text: of a dynamic its letters ("mf"), of words the words where they are known, of an ottava by how
            many octaves what sounds is above what is drawn ("1", "-1", "2").
        role: "start" or "stop" of what lasts (hairpins, pedals, ottavas), else "".
        number: of what lasts, unique in its part.
        above: whether it stands above the staff.
    """

    kind: str
    onset: Fraction
    staff: int = 0
    text: str = ""
    role: str = ""
    number: int = 0
    above: bool = False


@dataclass(frozen=True, slots=True)
class Signs:
    """The clef and the key of a staff at the beginning of a measure, and clefs that come in it, by onset."""

    clef: Clef
    key: Key
    changes: tuple[tuple[Fraction, Clef], ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of a part.

    Attributes:
        length: in quarter notes.
        meter: in force, None where none was seen.
        signs: of each of the part's staves.
        chords: by staff, voice and onset.
        opening: class of the barline at its left, "" for none.
        closing: class of that at its right.
        within: onsets and classes of those that divide it into groups of beats.
        doubt: how probably something in it has a wrong time, 0 to 1; 0 where all adds up as written.
        directions: by onset.
        volta: numbers of the ending that begins with it, as "1" or "1, 2"; "" for none.
        volta_stop: "stop" where an ending ends with it that is closed by a hook, "discontinue" where it is
            not, else "".
        page: index of the page that it is on.
        system: of its page, from 0.
    """

    length: Fraction
    meter: Meter | None
    signs: tuple[Signs, ...]
    chords: tuple[Chord, ...]
    opening: str = ""
    closing: str = ""
    within: tuple[tuple[Fraction, str], ...] = ()
    doubt: float = 0.0
    directions: tuple[Direction, ...] = ()
    volta: str = ""
    volta_stop: str = ""
    page: int = 0
    system: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """What one player reads: one staff, or those in one brace."""

    staves: int
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Music read from pages: all parts have the same number of measures."""

    parts: tuple[Part, ...]
