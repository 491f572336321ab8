"""`transcribe`: pages to a score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from notehead.page import Page
from notehead.transcribe.beginnings import beginnings_of
from notehead.transcribe.book import Book
from notehead.transcribe.clefs import TREBLE, Clef, clefs_of
from notehead.transcribe.notes import Reading
from notehead.transcribe.parts import Layout, Line, layout_of, matched
from notehead.transcribe.pitches import StaffState
from notehead.transcribe.score import Score
from notehead.transcribe.sheet import Sheet
from notehead.transcribe.slurs import SlurJoiner
from notehead.transcribe.system_reader import Running, SystemPlace, read_system
from notehead.transcribe.usual_length import UsualLengths

_START = 6.0
"""Staff spaces from the left edge of a staff in which the clef of the system stands."""


def transcribe(pages: Page | Iterable[Page]) -> Score:
    """The music of one page, or of several pages that follow one another.

    Args:
        pages: with their staff lines and symbols, true or detected.
    """
    sheets = [Sheet.of(page) for page in ([pages] if isinstance(pages, Page) else pages)]
    looks = [[_lines(sheet, number) for number in range(len(sheet.systems))] for sheet in sheets]
    layout = layout_of([system for page in looks for system in page])
    places = _places(sheets, looks, layout)
    slurs, slurred = _slurs(sheets, places)
    systems = [(sheet, number) for sheet in sheets for number in range(len(sheet.systems))]
    beginnings = [
        beginnings_of(sheet, place.number, place.lines)
        for sheet, own in zip(sheets, places, strict=True)
        for place in own
    ]
    running = Running([StaffState() for _ in layout.parts], UsualLengths(systems), beginnings)
    book = Book.of(layout)
    for page, sheet in enumerate(sheets):
        for place in places[page]:
            read_system(Reading(sheet, page, slurs[page], slurred[page]), place, running, book)
    return book.score()


def _lines(sheet: Sheet, number: int) -> list[Line]:
    """The staves of a system as they look at its beginning."""
    system = sheet.systems[number]
    found = []
    for row, part in zip(system.staves, system.parts, strict=True):
        staff = sheet.staves[row]
        clefs = clefs_of(staff, row, sheet.page.symbols, sheet.places)
        begins = bool(clefs) and clefs[0].x - staff.left <= _START * staff.space
        found.append(Line(clefs[0].clef if begins else None, part))
    return found


def _places(
    sheets: Sequence[Sheet], looks: Sequence[Sequence[Sequence[Line]]], layout: Layout
) -> list[list[SystemPlace]]:
    """For each page its systems, with the staves of the score that theirs are."""
    clefs: list[Clef] = [TREBLE] * len(layout.parts)
    for page in looks:  # what the first whole system begins with
        whole = next((system for system in page if len(system) == len(layout.parts)), None)
        if whole is not None:
            clefs = [line.clef or TREBLE for line in whole]
            break
    places = []
    for sheet, page in zip(sheets, looks, strict=True):
        own = []
        for number, (system, lines) in enumerate(zip(sheet.systems, page, strict=True)):
            which = matched(lines, layout, clefs)
            for line, look in zip(which, lines, strict=True):
                clefs[line] = look.clef or clefs[line]
            own.append(SystemPlace(number, dict(zip(system.staves, which, strict=True)), layout))
        places.append(own)
    return places


Numbers = list[defaultdict[int, tuple[int, ...]]]
"""For each page, by event the numbers of slurs."""


def _slurs(
    sheets: Sequence[Sheet], places: Sequence[Sequence[SystemPlace]]
) -> tuple[Sequence[Mapping[int, tuple[int, ...]]], Sequence[Mapping[int, tuple[int, ...]]]]:
    """For each page, by event the numbers of the slurs that begin, and of those that end at it."""
    joiner = SlurJoiner.empty()
    for page, sheet in enumerate(sheets):
        for place in places[page]:
            own = [slur for slur in sheet.slurs if slur.staff in place.lines]
            joiner.add(page, own, place.lines, sheet.staves, sheet.page.symbols)
    begins: Numbers = [defaultdict(tuple) for _ in sheets]
    ends: Numbers = [defaultdict(tuple) for _ in sheets]
    for number, (first, last) in enumerate(joiner.links, 1):
        begins[first.page][first.event] += (number,)
        ends[last.page][last.event] += (number,)
    return begins, ends
