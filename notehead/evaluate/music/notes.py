"""Notes and signs of recognised music against the true ones, measure by measure.

Parts are paired by their order (`pair_staves`), measures by alignment, and in paired measures the notes of
a staff are matched one to one. What makes two notes match is that certain things of them are equal
(`CRITERIA`), so the largest matching is the size of the intersection of two bags. The order of voices, and
how they are numbered, do not matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from notehead.errors import ScoreLimitError
from notehead.evaluate.music.adding_up import measures_that_add_up
from notehead.evaluate.music.alignment import Bags, TooLargeError, align
from notehead.evaluate.music.counts import Matches, Share
from notehead.evaluate.music.written import WrittenMeasure, WrittenNote, WrittenPart

CRITERIA: dict[str, Callable[[WrittenNote], Hashable]] = {
    "pitch": lambda note: note.spelled,
    "pitch, duration": lambda note: (note.spelled, note.length),
    "pitch, duration, onset": lambda note: (note.spelled, note.length, note.onset, note.grace),
    "MIDI number": lambda note: note.sounding,
    "MIDI number, duration": lambda note: (note.sounding, note.length),
    "MIDI number, duration, onset": lambda note: (note.sounding, note.length, note.onset, note.grace),
}
"""What must be equal of two notes."""

_ALIGNED_BY = ("MIDI number", "MIDI number, duration, onset", "pitch, duration, onset")
SIGNS = ("clef", "key", "time signature")


@dataclass(frozen=True, slots=True)
class NoteComparison:
    """What comparing the notes and signs of two scores gave.

    Attributes:
        notes: by criterion.
        signs: right ones of all, by sign; for each true staff and measure one.
        measures: measures that have a partner.
        adding_up: predicted measures that add up.
        true_adding_up: true ones.
    """

    notes: dict[str, Matches]
    signs: dict[str, Share]
    measures: Matches
    adding_up: Share
    true_adding_up: Share


def compare_notes(
    found: Sequence[WrittenPart], true: Sequence[WrittenPart], file: str = ""
) -> NoteComparison:
    """Compare two scores, as `written_part` reads their parts.

    Args:
        found: the predicted parts.
        true: the true ones.
        file: what errors call the predicted file.

    Raises:
        ScoreLimitError: there are more measures than can be aligned.
    """
    notes = dict.fromkeys(CRITERIA, Matches())
    signs = dict.fromkeys(SIGNS, Share())
    measures = Matches()
    for one, other in pair_staves(found, true):
        for a, b in _paired(one, other, file):
            measures += Matches(int(a is not None and b is not None), int(a is not None), int(b is not None))
            for name, criterion in CRITERIA.items():
                notes[name] += _matches(a, b, criterion)
            if b is not None:
                for name, share in zip(SIGNS, _signs(a, b, other.staves), strict=True):
                    signs[name] += share
    return NoteComparison(notes, signs, measures, _adding_up(found), _adding_up(true))


def pair_staves(
    found: Sequence[WrittenPart], true: Sequence[WrittenPart]
) -> Iterator[tuple[WrittenPart, WrittenPart]]:
    """Parts that belong together, by order.

    Where the numbers of parts differ, but not those of all staves (a piano written as two parts of a staff
    each), staves are paired instead, each as a part of its own.
    """
    if len(found) != len(true) and sum(part.staves for part in found) == sum(part.staves for part in true):
        found, true = list(_single_staves(found)), list(_single_staves(true))
    nothing = WrittenPart(1, ())
    for k in range(max(len(found), len(true))):
        yield found[k] if k < len(found) else nothing, true[k] if k < len(true) else nothing


def _single_staves(parts: Sequence[WrittenPart]) -> Iterator[WrittenPart]:
    for part in parts:
        for staff in range(part.staves):
            yield WrittenPart(1, tuple(_of_staff(measure, staff) for measure in part.measures))


def _of_staff(measure: WrittenMeasure, staff: int) -> WrittenMeasure:
    return WrittenMeasure(
        tuple(note._replace(staff=0) for note in measure.notes if note.staff == staff),
        tuple(span._replace(staff=0) for span in measure.spans if span.staff == staff),
        measure.times[staff : staff + 1],
        measure.keys[staff : staff + 1],
        measure.clefs[staff : staff + 1],
        implicit=measure.implicit,
        opens=measure.opens,
        closes=measure.closes,
    )


def _paired(
    found: WrittenPart, true: WrittenPart, file: str
) -> Iterator[tuple[WrittenMeasure | None, WrittenMeasure | None]]:
    """All measures of both parts, each with its partner, or None."""
    numbers: dict[Hashable, int] = {}
    try:
        pairs = align(
            (_bags(found, numbers, _note_things), _bags(true, numbers, _note_things)),
            (_bags(found, numbers, _other_things), _bags(true, numbers, _other_things)),
        )
    except TooLargeError as error:
        raise ScoreLimitError(file, str(error), "Compare the movements one by one.") from None
    for i, j in pairs:
        yield found.measures[i], true.measures[j]
    alone = {i for i, _ in pairs}, {j for _, j in pairs}
    yield from ((measure, None) for i, measure in enumerate(found.measures) if i not in alone[0])
    yield from ((None, measure) for j, measure in enumerate(true.measures) if j not in alone[1])


def _bags(
    part: WrittenPart, numbers: dict[Hashable, int], things: Callable[[WrittenMeasure], Iterator[Hashable]]
) -> Bags:
    bags = [[numbers.setdefault(x, len(numbers)) for x in things(measure)] for measure in part.measures]
    return Bags.of(bags)


def _note_things(measure: WrittenMeasure) -> Iterator[Hashable]:
    for note in measure.notes:
        for name in _ALIGNED_BY:
            yield name, note.staff, CRITERIA[name](note)


def _other_things(measure: WrittenMeasure) -> Iterator[Hashable]:
    yield from (("time", *time) for time in enumerate(measure.times))
    yield from (("key", *key) for key in enumerate(measure.keys))
    yield from (("clefs", *clefs) for clefs in enumerate(measure.clefs))
    yield from (("span", span.staff, span.start, span.end) for span in measure.spans)


def _matches(
    found: WrittenMeasure | None, true: WrittenMeasure | None, criterion: Callable[[WrittenNote], Hashable]
) -> Matches:
    one, other = (
        Counter((note.staff, criterion(note)) for note in (measure.notes if measure else ()))
        for measure in (found, true)
    )
    return Matches((one & other).total(), one.total(), other.total())


def _signs(found: WrittenMeasure | None, true: WrittenMeasure, staves: int) -> Iterator[Share]:
    """Shares of the true measure's staves where clefs, key and time signature are right."""
    for name in ("clefs", "keys", "times"):
        there: Sequence[object] = getattr(found, name) if found is not None else ()
        right = sum(a == b for a, b in zip(there, getattr(true, name), strict=False))
        yield Share(right, staves)


def _adding_up(parts: Sequence[WrittenPart]) -> Share:
    good = [there for part in parts for there in measures_that_add_up(part)]
    return Share(sum(good), len(good))
