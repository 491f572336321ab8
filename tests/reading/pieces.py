"""A small piece on two pages, and the pages that it would be read from."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from notehead.page import Page, Pitch, Symbols
from notehead.reading.leaves import Leaf
from notehead.transcribe import Chord, Measure, Note, Part, Score
from notehead.transcribe.clefs import Clef
from notehead.transcribe.keys import Key
from notehead.transcribe.meters import Meter
from notehead.transcribe.score import Signs

SPACE = 10.0
SIGNS = (Signs(Clef("G", -2), Key(0)),)


def note(step: str, page: int, symbol: int, confidence: float = 1.0) -> Chord:
    """A quarter note; the symbol's number says its place in the measure, too."""
    onset = Fraction((symbol - 1) % 4)
    head = Note(Pitch(step, 0, 5), page, symbol, confidence=confidence)
    return Chord(onset, Fraction(1), Fraction(1), notes=(head,), stem=-1, page=page)


def measure(page: int, system: int, first: int, doubt: float = 0.0, unsure: int = 0) -> Measure:
    """Four notes; the one with the number `unsure` is uncertain."""
    chords = tuple(
        note("CDEF"[k], page, first + k, 0.25 if first + k == unsure else 1.0) for k in range(4)
    )  # fmt: skip
    return Measure(Fraction(4), Meter(4, 4), SIGNS, chords, doubt=doubt, page=page, system=system)


def piece() -> Score:
    """Two pages, three systems: measure 2 does not add up, measure 3 has an uncertain E."""
    measures = (measure(0, 0, 1), measure(0, 0, 5, doubt=1.5), measure(0, 1, 9, unsure=11), measure(1, 0, 1))
    return Score((Part(1, measures),))


def page_of(systems: int, name: str = "page") -> Page:
    """A page of staves, each with eight noteheads, numbered from 1, and a barline in the middle."""
    names, boxes, lines = [], [], []
    for staff in range(systems):
        top = 60.0 + 120 * staff
        lines += [[staff, 20.0, top + SPACE * k, 580.0, top + SPACE * k] for k in range(5)]
        for k in range(8):
            names.append("noteheadBlackOnLine")
            boxes.append([60.0 + 65 * k, top + 15, 72.0 + 65 * k, top + 25])
    for staff in range(systems):
        top = 60.0 + 120 * staff
        names += ["barlineSingle", "staff"]
        boxes += [[305, top, 307, top + 40], [20, top, 580, top + 41]]
    image = np.full((120 + 120 * systems, 600), 255, np.uint8)
    for _, x0, y, x1, _ in lines:
        image[int(y), int(x0) : int(x1)] = 0
    symbols = Symbols.build(names, boxes)
    return Page(name, image, symbols, staff_lines=np.array(lines), staff_space=SPACE)


def leaves() -> list[Leaf]:
    """The pages of the piece."""
    return [Leaf(page_of(2), "scan.pdf: page 1"), Leaf(page_of(1), "scan.pdf: page 2")]
