"""One system after the other into the book: its measures in all parts, and what lasts over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from notehead.transcribe.beginnings import Beginnings, corrected
from notehead.transcribe.book import Book
from notehead.transcribe.chords import Event
from notehead.transcribe.confidence import Regularity, doubt
from notehead.transcribe.directions import Sign
from notehead.transcribe.dotted_barlines import joined
from notehead.transcribe.measure_signs import agreed, signs_in
from notehead.transcribe.measures import Span
from notehead.transcribe.meters import Meter, PlacedMeter, meters_of
from notehead.transcribe.moments import Moments, moments_of
from notehead.transcribe.multirests import measure_at, repeats_of, rests_of
from notehead.transcribe.notes import Reading, chords_on
from notehead.transcribe.outlines import Outlines
from notehead.transcribe.parts import Layout
from notehead.transcribe.pitches import StaffSigns, StaffState, pitches_of, signs_of
from notehead.transcribe.repairs import cost_of
from notehead.transcribe.rhythm import Case, MeasureTimes, measure_times
from notehead.transcribe.score import Chord, Measure, Signs
from notehead.transcribe.sheet import Sheet
from notehead.transcribe.spanners import Moment
from notehead.transcribe.systems import System
from notehead.transcribe.undrawn import divided
from notehead.transcribe.usual_length import UsualLengths
from notehead.transcribe.voltas import voltas_of

_AT_BEGIN = 6.0
"""Staff spaces from a barline to a segno or coda that belongs to it at most."""


@dataclass(slots=True)
class Running:
    """What goes on from system to system.

    Attributes:
        staves: of each staff of the score.
        meter: in force.
        usual: how long measures are as long as no meter was seen.
        beginnings: what the staves of each system begin with.
        system: number of the next one in the score.
    """

    staves: list[StaffState]
    usual: UsualLengths
    beginnings: Beginnings
    meter: Meter | None = None
    system: int = 0

    def length_of(self, meter: Meter | None) -> Fraction | None:
        """Of a measure with a meter, or without one, in quarter notes; None where nothing is known."""
        return meter.length if meter else self.usual.at(self.system)


@dataclass(frozen=True, eq=False)
class SystemPlace:
    """A system, and where in the score it is.

    Attributes:
        number: of it on its page.
        lines: for each of its staves (row in the page's list) which one of the score it is.
        layout: the staves of the score.
    """

    number: int
    lines: Mapping[int, int]
    layout: Layout

    def rows(self, part: int) -> dict[int, int]:
        """By staff of a part the row of the page's staff that it is."""
        return {
            self.layout.staves[line]: row
            for row, line in self.lines.items()
            if self.layout.parts[line] == part
        }


@dataclass(frozen=True, eq=False)
class _Timed:
    """The measures of a system with their times and meters, and how regular they are."""

    spans: list[Span]
    events: list[dict[int, Event]]
    times: list[MeasureTimes]
    meters: list[Meter | None]
    regular: list[Regularity]
    placed: dict[int, StaffSigns]
    before: dict[int, Signs]


def read_system(reading: Reading, place: SystemPlace, running: Running, book: Book) -> None:
    """Read one system into a book.

    Args:
        reading: what is known of the page.
        place: the system.
        running: what goes on from system to system.
        book: that the measures are added to.
    """
    sheet, system = reading.sheet, reading.sheet.systems[place.number]
    found, drawn = _meters(sheet, system), sheet.measures(place.number)
    lengths = [running.length_of(_meter_at(span, found, running.meter)) for span in drawn]
    spans = divided(sheet, system, *joined(sheet, system, drawn, lengths))
    symbols = sheet.page.symbols
    states = [running.staves[place.lines[row]] for row in system.staves]
    before = {row: Signs(state.clef, state.key) for row, state in zip(system.staves, states, strict=True)}
    placed = {
        row: corrected(
            signs_of(sheet.staves[row], row, (symbols, sheet.places), state, spans),
            running.beginnings, running.system, place.lines[row],
        )
        for row, state in zip(system.staves, states, strict=True)
    }  # fmt: skip
    marks = (symbols, sheet.places, sheet.position)
    pitches, unsure = pitches_of(system, spans, marks, (sheet.accidentals, sheet.ties), placed, states)
    reading = replace(reading, pitches=pitches, unsure=unsure)
    timed = _timed(sheet, system, spans, (found, running), (placed, before))
    starts = _add_measures(reading, place, timed, running, book)
    _add_repeats(sheet, place, spans, starts, book)
    _add_signs(sheet, place, timed, starts, book)
    for volta in voltas_of(sheet.page, system, sheet.staves, spans):
        book.add_volta(volta, starts[volta.first], starts[volta.last])
    running.system += 1


def _timed(
    sheet: Sheet,
    system: System,
    spans: list[Span],
    meters: tuple[Sequence[PlacedMeter], Running],
    signs: tuple[dict[int, StaffSigns], dict[int, Signs]],
) -> _Timed:
    """The times of a system's measures.

    Args:
        sheet: the page.
        system: of it.
        spans: its measures.
        meters: those that are drawn, and what is in force, which is left as it is at the system's end.
        signs: clefs, keys and accidentals by staff, and those in force before.
    """
    found, running = meters
    timed = _Timed(spans, [], [], [], [], *signs)
    repairs = cost_of(sheet.doubt)
    for number, span in enumerate(spans):
        running.meter = _meter_at(span, found, running.meter)
        length = running.length_of(running.meter)
        events = sheet.in_span(system, span)
        ternary = running.meter is not None and running.meter.ternary
        upbeat = span.parted or not running.system + number
        unmetered = running.meter is None
        ratios = running.usual.ratios(sheet, events) if unmetered else sheet.ratios
        times = measure_times(events, ratios, sheet.page.staff_space, length, Case(ternary, upbeat, repairs))
        timed.events.append(events)
        timed.times.append(times)
        timed.meters.append(running.meter)
        settled = unmetered and running.usual.settled
        timed.regular.append(Regularity.of(events, times, length, unmetered=unmetered, settled=settled))
    if found:
        running.meter = found[-1].meter
    return timed


def _meter_at(span: Span, found: Sequence[PlacedMeter], before: Meter | None) -> Meter | None:
    """The meter in force in a measure: the last one drawn before its end."""
    drawn = [one.meter for one in found if one.x < span.right]
    return drawn[-1] if drawn else before


def _meters(sheet: Sheet, system: System) -> list[PlacedMeter]:
    found = [
        one
        for row in system.staves
        for one in meters_of(sheet.staves[row], row, sheet.page.symbols, sheet.places)
    ]
    return agreed(found, sheet.staves[system.staves[0]].space)


def _add_measures(
    reading: Reading, place: SystemPlace, timed: _Timed, running: Running, book: Book
) -> list[int]:
    """Add a system's measures to all parts; for each its number in the score."""
    sheet, system = reading.sheet, reading.sheet.systems[place.number]
    counts = rests_of(system, sheet.staves, timed.spans, sheet.page.symbols, sheet.places)
    starts = []
    for number, events in enumerate(timed.events):
        starts.append(book.length)
        measures = [
            _measure(reading, place, timed, running, (number, part))
            for part in range(len(place.layout.sizes))
        ]
        silent = all(event.rest or event.grace for event in events.values())
        book.add(measures, counts.get(number, 1) if silent else 1)
    return starts


def _measure(
    reading: Reading, place: SystemPlace, timed: _Timed, running: Running, which: tuple[int, int]
) -> Measure:
    """A measure (its number in the system) of a part (its number)."""
    number, part = which
    span, times = timed.spans[number], timed.times[number]
    rows = place.rows(part)
    reading = replace(reading, regular=timed.regular[number])
    lines = [line for line, own in enumerate(place.layout.parts) if own == part]
    signs: list[Signs] = []
    chords: list[Chord] = []
    for staff, line in enumerate(lines):
        row = rows.get(staff)
        if row is None:
            signs.append(Signs(running.staves[line].clef, running.staves[line].key))
            chords.append(_rest(times.length, staff, reading.page))
            continue
        own = {k: event for k, event in timed.events[number].items() if event.staff == row}
        signs.append(signs_in(span, timed.placed[row], timed.before[row], own, times))
        chords += chords_on(reading, own, staff, times)
    return Measure(
        times.length, timed.meters[number], tuple(signs), tuple(chords),
        span.opening.name if span.opening else "", span.closing.name if span.closing else "",
        tuple(_within(span, timed.events[number], times)), doubt(times.cost),
        page=reading.page, system=place.number,
    )  # fmt: skip


def _within(span: Span, events: Mapping[int, Event], times: MeasureTimes) -> Iterator[tuple[Fraction, str]]:
    """The barlines inside a measure, with the onset of what comes after each."""
    for barline in span.within:
        later = (k for k, event in events.items() if event.x > barline.x and k in times.times)
        onset = min((times.times[k].onset for k in later), default=Fraction(0))
        if onset > 0:
            yield onset, barline.name


def _rest(length: Fraction, staff: int, page: int) -> Chord:
    """A rest of a whole measure on a staff that is not drawn."""
    return Chord(Fraction(0), length, Fraction(4), staff=staff, whole=True, page=page)


def _add_repeats(
    sheet: Sheet, place: SystemPlace, spans: Sequence[Span], starts: Sequence[int], book: Book
) -> None:
    system = sheet.systems[place.number]
    for (measure, row), back in repeats_of(system, spans, sheet.page.symbols, sheet.places).items():
        line = place.lines[row]
        own = book.repeats.setdefault((place.layout.parts[line], starts[measure]), {})
        own[place.layout.staves[line]] = back


def _add_signs(sheet: Sheet, place: SystemPlace, timed: _Timed, starts: Sequence[int], book: Book) -> None:
    """Add the directions of a system."""
    if not starts:
        return
    space = sheet.staves[sheet.systems[place.number].staves[0]].space
    moments = moments_of(timed.spans, timed.times, timed.events, sheet.outlines, space)
    for sign in sheet.signs:
        line = place.lines.get(sign.staff)
        if line is None:
            continue
        begin = _begin(sign, moments, timed.spans, space)
        end = moments.nearest(sign.end, sign.staff, space, ends=True)
        if sign.kind == "ottava":
            end = _last_end(sign, timed, sheet.outlines) or end
        if begin is not None:
            book.spanners.add(
                sign, place.layout.parts[line], place.layout.staves[line], (starts[begin[0]], begin[1]),
                None if end is None else (starts[end[0]], end[1]),
            )  # fmt: skip


def _last_end(sign: Sign, timed: _Timed, outlines: Outlines) -> Moment | None:
    """When the last note under an octave line ends; None where there is none."""
    ends = [
        (number, times.times[k].onset + times.times[k].length)
        for number, (events, times) in enumerate(zip(timed.events, timed.times, strict=True))
        for k, event in events.items()
        if event.staff == sign.staff and k in times.times
        and sign.box[0] - outlines.space[k] <= outlines.x[k] and outlines.left[k] <= sign.box[2]
    ]  # fmt: skip
    return max(ends, default=None)


def _begin(sign: Sign, moments: Moments, spans: Sequence[Span], space: float) -> Moment | None:
    """When a sign begins: segno and coda with the measure whose barline they stand at."""
    if sign.kind in {"segno", "coda"}:
        near = [k for k, span in enumerate(spans) if abs(span.left - sign.x) <= _AT_BEGIN * space]
        if near:
            return min(near, key=lambda k: abs(spans[k].left - sign.x)), Fraction(0)
        inside = measure_at(spans, sign.x)
        if inside is not None and sign.x < (spans[inside].left + spans[inside].right) / 2:
            return inside, Fraction(0)
    return moments.nearest(sign.x, sign.staff, space)
