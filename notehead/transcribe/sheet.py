"""`Sheet`: a page as notation sees it, before music is made of it: systems, measures, events, marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from notehead.page import Page
from notehead.transcribe.accidentals import altered_heads
from notehead.transcribe.chords import Event, events_of
from notehead.transcribe.cues import with_cues
from notehead.transcribe.directions import Sign, signs_on
from notehead.transcribe.graces import Graces, graces_of
from notehead.transcribe.marks import Marks, marks_of
from notehead.transcribe.measures import Span, barlines_of, spans_of
from notehead.transcribe.outlines import Outlines, outlines_of
from notehead.transcribe.placing import Places, places_of
from notehead.transcribe.plausible import plausible
from notehead.transcribe.slurs import Slur, slurs_of
from notehead.transcribe.staves import Staff, staves_of
from notehead.transcribe.straighten import straightened
from notehead.transcribe.systems import System, systems_of
from notehead.transcribe.ties import Tie, ties_of
from notehead.transcribe.tuplets import Tuplet, tuplets_of

_CENTRED = 0.25
"""Share of a measure's width by which a rest of a whole measure may be off its middle."""
_EMPTY = 5.0
"""Staff spaces between the signs at the beginning of a measure and its barline: less is no measure."""
_STANDS = frozenset({"restHBar", "restHNr", "repeat1Bar", "repeat2Bars", "repeat4Bars", "repeatBarSlash"})
"""What stands for music in a measure without notes and rests."""
_SHORT = 0.6
"""Share of the widest staff's width below which a staff without barlines is an ossia."""
_BEFORE = ("clef", "key", "timeSig", "repeatDot")
"""What stands in a measure before its music, or after it."""
_USUAL = ("noteheadBlack", "noteheadHalf", "noteheadWhole", "noteheadDoubleWhole")


@dataclass(frozen=True, eq=False)
class Sheet:
    """A page as notation sees it.

    Attributes:
        page: what was detected on it, made straight.
        staves: from the top.
        places: of its symbols.
        position: of its noteheads.
        systems: from the top.
        spans: the measures of each system.
        events: chords, rests and grace notes.
        ratios: by event, what tuplets do to its length.
        tuplets: by event, how many in the time of how many.
        ties: between noteheads.
        names: classes of its symbols.
    """

    page: Page
    staves: list[Staff]
    places: Places
    position: NDArray[np.int64]
    systems: list[System]
    spans: list[list[Span]]
    events: list[Event]
    ratios: dict[int, Fraction]
    tuplets: dict[int, tuple[int, int]]
    ties: list[Tie]
    names: list[str]

    @classmethod
    def of(cls, page: Page) -> Sheet:
        """Read a page's symbols."""
        page = straightened(plausible(page))
        symbols, staves = page.symbols, staves_of(page)
        places = places_of(staves, symbols)
        position = places.position(symbols)
        systems = systems_of(staves, symbols, page.image)
        spans = [spans_of(one, staves, barlines_of(one, staves, symbols)) for one in systems]
        last = len(systems) - 1
        kept = [k for k, one in enumerate(systems) if k == last or not _is_ossia(one, staves, spans[k])]
        systems, spans = [systems[k] for k in kept], [spans[k] for k in kept]
        events = with_cues(events_of(page, staves, places), systems, spans)
        ratios, marks = _shortened(tuplets_of(staves, page, events))
        ties = ties_of(staves, symbols, places, position)
        names = symbols.names
        return cls(page, staves, places, position, systems, spans, events, ratios, marks, ties, names)

    @cached_property
    def outlines(self) -> Outlines:
        """Where its events are."""
        return outlines_of(self.events, self.staves, self.page.symbols)

    @cached_property
    def marks(self) -> Marks:
        """What hangs at its events."""
        return marks_of(self.events, self.outlines, self.page.symbols, self.places)

    @cached_property
    def marks_at(self) -> dict[int, tuple[str, ...]]:
        """By event the classes of its marks."""
        return self.marks.by_event(self.page.symbols)

    @cached_property
    def fingers_at(self) -> dict[int, tuple[str, ...]]:
        """By row of a notehead its fingers."""
        return self.marks.by_head(self.page.symbols)

    @cached_property
    def slurs(self) -> list[Slur]:
        """Its slurs, or what of them is on it."""
        return slurs_of(self.staves, self.outlines, self.page.symbols, self.places)

    @cached_property
    def graces(self) -> Graces:
        """Its grace notes."""
        return graces_of(self.outlines, self.page.symbols)

    @cached_property
    def signs(self) -> list[Sign]:
        """Its directions."""
        return signs_on(self.staves, self.systems, self.outlines, self.page.symbols, self.places)

    @cached_property
    def accidentals(self) -> dict[int, str]:
        """By row of a notehead the class of its accidental."""
        marks, heads = altered_heads(self.staves, self.page.symbols, self.places)
        return {head: self.names[mark] for mark, head in zip(marks.tolist(), heads.tolist(), strict=True)}

    @cached_property
    def doubt(self) -> float:
        """How much its noteheads are doubted, in the mean: how noisy it is."""
        symbols = self.page.symbols
        return float(1 - symbols.score[symbols.is_notehead].mean()) if symbols.is_notehead.any() else 0.0

    @cached_property
    def ledgers(self) -> NDArray[np.float64]:
        """Its ledger lines: x0, y0, x1, y1 of each, (n, 4)."""
        rows = [k for k, name in enumerate(self.names) if name == "ledgerLine"]
        return np.asarray(self.page.symbols.box[rows], np.float64).reshape(-1, 4)

    @cached_property
    def open_ties(self) -> tuple[frozenset[int], frozenset[int]]:
        """Rows of the noteheads from which a tie goes on, and of those that one comes to."""
        on = frozenset(tie.first for tie in self.ties if tie.first is not None)
        return on, frozenset(tie.last for tie in self.ties if tie.last is not None)

    @cached_property
    def _event_places(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        box = self.page.symbols.box  # long rests may be wider than their measure, and stand in its middle
        x = np.array(
            [
                box[event.rows[0], [0, 2]].mean() if event.rest and event.written >= 4 else event.x
                for event in self.events
            ],
            np.float64,
        )
        return x, np.array([event.staff for event in self.events], np.int64)

    def head(self, row: int) -> str:
        """The class of a notehead of no usual shape, else ""."""
        return "" if self.names[row].startswith(_USUAL) else self.names[row]

    def in_span(self, system: System, span: Span) -> dict[int, Event]:
        """The events of a measure, by their numbers; rests that fill it are marked so."""
        x, staff = self._event_places
        rows = np.flatnonzero((x >= span.left) & (x < span.right) & np.isin(staff, system.staves))
        here = {k: self.events[k] for k in rows.tolist()}
        counts = np.bincount(staff[rows], minlength=1)
        box = self.page.symbols.box
        rests = [k for k, event in here.items() if event.rest and event.written >= 4]
        left = self._music_left(system, span, here) if rests else span.left
        for k in rests:
            event = here[k]
            at = float(box[event.rows[0], [0, 2]].mean())
            off = min(abs(at - (edge + span.right) / 2) / (span.right - edge) for edge in (span.left, left))
            # longer ones alone on their staff last for several measures, as old music counts
            if counts[event.staff] == 1 or (event.written == 4 and off <= _CENTRED):
                here[k] = replace(event, whole=True)
        return here

    def _music_left(self, system: System, span: Span, events: Mapping[int, Event]) -> float:
        """Where the clefs, keys and time signatures at the beginning of a measure end, in pixels."""
        rows = self._signs_before[self._within(self._signs_before, system, span)]
        first = min((event.x for event in events.values()), default=span.right)
        right = self.page.symbols.box[rows, 2]
        return float(right[right < first].max(initial=span.left))

    def measures(self, number: int) -> list[Span]:
        """The measures of a system: what lies between its barlines and holds music, or may have."""
        return [span for span in self.spans[number] if self._is_measure(self.systems[number], span)]

    @cached_property
    def _signs_before(self) -> NDArray[np.int64]:
        return np.array([k for k, name in enumerate(self.names) if name.startswith(_BEFORE)], np.int64)

    @cached_property
    def _stands(self) -> NDArray[np.int64]:
        return np.array([k for k, name in enumerate(self.names) if name in _STANDS], np.int64)

    def _is_measure(self, system: System, span: Span) -> bool:
        x, staff = self._event_places
        if ((x >= span.left) & (x < span.right) & np.isin(staff, system.staves)).any():
            return True
        if self._within(self._stands, system, span).any():
            return True
        rows = self._signs_before[self._within(self._signs_before, system, span)]
        space = self.staves[system.staves[0]].space
        free = span.right - max(span.left, float(self.page.symbols.box[rows, 2].max(initial=span.left)))
        return span.closing is not None and free >= _EMPTY * space

    def _within(self, rows: NDArray[np.int64], system: System, span: Span) -> NDArray[np.bool_]:
        box = self.page.symbols.box[rows]
        x = (box[:, 0] + box[:, 2]) / 2
        return (x >= span.left) & (x < span.right) & np.isin(self.places.staff[rows], system.staves)


def _is_ossia(system: System, staves: Sequence[Staff], spans: Sequence[Span]) -> bool:
    """Whether a staff is another way of playing a few measures: short, alone, and without barlines."""
    width = max(staff.right - staff.left for staff in staves)
    own = staves[system.staves[0]]
    closed = any(span.opening or span.closing for span in spans)
    return len(system.staves) == 1 and not closed and own.right - own.left < _SHORT * width


def _shortened(tuplets: Sequence[Tuplet]) -> tuple[dict[int, Fraction], dict[int, tuple[int, int]]]:
    """By event what tuplets do to its length, and how many are played in the time of how many."""
    ratios: dict[int, Fraction] = {}
    marks: dict[int, tuple[int, int]] = {}
    for tuplet in tuplets:
        for k in tuplet.events:
            ratios[k] = ratios.get(k, Fraction(1)) * tuplet.ratio
            old = marks.get(k, (1, 1))
            marks[k] = (old[0] * tuplet.actual, old[1] * tuplet.normal)
    return ratios, marks
