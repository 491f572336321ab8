"""Events of a measure to chords of a score."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from notehead.page import Pitch
from notehead.transcribe.chords import Event
from notehead.transcribe.confidence import Regularity, sure
from notehead.transcribe.evidence import marks_of_note
from notehead.transcribe.repairs import Repair
from notehead.transcribe.rhythm import MeasureTimes
from notehead.transcribe.score import Chord, Note
from notehead.transcribe.sheet import Sheet
from notehead.transcribe.voices import voices_of


@dataclass(frozen=True, eq=False)
class Reading:
    """What is known of the events of a page.

    Attributes:
        sheet: of the page.
        page: its index.
        slurs: by event the numbers of slurs that begin at it.
        slurred: by event the numbers of those that end at it.
        pitches: by row of a notehead, of a system.
        unsure: rows of noteheads whose pitch is doubtful.
        regular: how regular the measure is.
    """

    sheet: Sheet
    page: int
    slurs: Mapping[int, tuple[int, ...]]
    slurred: Mapping[int, tuple[int, ...]]
    pitches: Mapping[int, Pitch] = field(default_factory=dict)
    unsure: Collection[int] = ()
    regular: Regularity = field(default_factory=Regularity)


def chords_on(
    reading: Reading, events: Mapping[int, Event], staff: int, times: MeasureTimes
) -> Iterator[Chord]:
    """The chords of one staff in one measure, by voice and onset; grace notes before theirs.

    Args:
        reading: what is known of the page.
        events: of the staff in the measure, by their numbers.
        staff: of its part, from 0.
        times: of the measure.
    """
    timed = {k: event for k, event in events.items() if not event.grace and k in times.times}
    voices = voices_of(timed, times.times, reading.sheet.page.staff_space)
    graces = _placed(reading, events, voices)
    for number, members in enumerate(voices):
        after = Fraction(0)
        for k in members:
            time = times.times[k]
            for grace in graces.pop(k, ()):
                yield _grace(reading, grace, staff, number + 1, time.onset)
            yield _chord(
                reading,
                k,
                _as_read(events[k], times.repairs.get(k)),
                (staff, number + 1),
                (time.onset, time.length),
            )
            after = time.onset + time.length
        for grace in graces.pop(-1 - number, ()):
            yield _grace(reading, grace, staff, number + 1, after)
    for grace in graces.pop(-1, ()):  # a measure of grace notes alone
        yield _grace(reading, grace, staff, 1, Fraction(0))


def _as_read(event: Event, repair: Repair | None) -> Event:
    """An event with the marks that it is read to have."""
    return replace(event, written=repair.written, dots=repair.dots) if repair else event


def _placed(
    reading: Reading, events: Mapping[int, Event], voices: Sequence[Sequence[int]]
) -> dict[int, list[int]]:
    """By event its grace notes, from the left; under -1 - number those that a voice ends with."""
    voice_of = {k: number for number, members in enumerate(voices) for k in members}
    found: dict[int, list[int]] = {}
    for k in sorted((k for k, event in events.items() if event.grace), key=lambda k: events[k].x):
        main = reading.sheet.graces.main.get(k)
        if main is None or main not in voice_of:
            before = [other for other in voice_of if events[other].x <= events[k].x]
            last = max(before, key=lambda other: (events[other].x, -voice_of[other]), default=None)
            main = -1 - (voice_of[last] if last is not None else 0)
        found.setdefault(main, []).append(k)
    return found


def _grace(reading: Reading, k: int, staff: int, voice: int, onset: Fraction) -> Chord:
    event = reading.sheet.events[k]
    kind = "slashed" if k in reading.sheet.graces.slashed else "plain"
    return _chord(reading, k, event, (staff, voice), (onset, Fraction(0)), kind)


def _chord(
    reading: Reading,
    k: int,
    event: Event,
    where: tuple[int, int],
    time: tuple[Fraction, Fraction],
    grace: str = "",
) -> Chord:
    sheet = reading.sheet
    ids = sheet.page.symbols.id
    return Chord(
        onset=time[0], length=time[1], written=event.written, dots=event.dots,
        tuplet=(1, 1) if grace else _tuplet(sheet.tuplets.get(k, (1, 1)), event.length, time[1]),
        notes=() if event.rest else tuple(_notes(reading, event, time[0])),
        staff=where[0], voice=where[1], stem=event.stem,
        beams=tuple(int(ids[beam]) for beam in event.beams), whole=event.whole,
        page=reading.page, symbol=int(ids[event.rows[0]]) if event.rest else 0, grace=grace,
        marks=sheet.marks_at.get(k, ()), slurs=reading.slurs.get(k, ()), slurred=reading.slurred.get(k, ()),
    )  # fmt: skip


def _tuplet(drawn: tuple[int, int], written: Fraction, length: Fraction) -> tuple[int, int]:
    """How many are played in the time of how many, where a number may mean another time than usual.

    Example:
        >>> _tuplet((11, 8), Fraction(1, 2), Fraction(3, 11))
        (11, 6)
    """
    normal = drawn[0] * length / written
    return (drawn[0], int(normal)) if drawn[0] > 1 and normal.denominator == 1 else drawn


def _notes(reading: Reading, event: Event, onset: Fraction) -> Iterator[Note]:
    sheet = reading.sheet
    regular, unsure = reading.regular, reading.unsure
    times = 0.0 if event.grace else regular.evidence(event.staff, onset)
    on, back = sheet.open_ties
    for row in event.rows:
        pitch = reading.pitches.get(row)
        if pitch is None:
            continue
        marks = marks_of_note(sheet, event, row, unsure=row in unsure, mended=row in regular.mended)
        yield Note(
            pitch=pitch, page=reading.page, symbol=int(sheet.page.symbols.id[row]),
            tied_on=row in on, tied_back=row in back,
            accidental=sheet.accidentals.get(row, ""), head=sheet.head(row),
            fingering=sheet.fingers_at.get(row, ()),
            confidence=round(sure(marks, times), 4),
        )  # fmt: skip
