"""Which measures add up: nothing is missing in them, and nothing is too much."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise

from notehead.evaluate.music.signs import bar_length
from notehead.evaluate.music.written import ZERO, Span, WrittenMeasure, WrittenPart


def measures_that_add_up(part: WrittenPart) -> list[bool]:
    """For each measure of a part whether it adds up.

    It does if it is as long as its time signature says, if on each staff with notes or rests one of them is
    there at any time, and if no voice overlaps itself. It may be shorter where music does that: a pickup (the
    first measure, or one that is `implicit`), the last measure, those beside a repeat or a barline that ends
    a section, and two in a row that make one together. A voice that changes staff counts for both. Without a
    time signature a measure is as long as its longest staff.
    """
    ends = [measure.end for measure in part.measures]
    closed = [False, *(measure.closes for measure in part.measures)]
    last = len(ends) - 1
    good = []
    for k, measure in enumerate(part.measures):
        nominal = bar_length(measure.times[0]) if measure.times else None
        beside = {ends[j] for j in (k - 1, k + 1) if 0 <= j <= last}
        free = measure.implicit or k in {0, last} or measure.opens or measure.closes or closed[k]
        free = free or (nominal is not None and nominal - ends[k] in beside)
        as_long = nominal is None or ends[k] == nominal or (free and ZERO < ends[k] < nominal)
        good.append(as_long and is_filled(measure))
    return good


def is_filled(measure: WrittenMeasure) -> bool:
    """Whether each staff of the measure is filled up to the measure's end, and no voice overlaps itself."""
    voices: dict[str, list[Span]] = {}
    for span in measure.spans:
        voices.setdefault(span.voice, []).append(span)
    for staff in {span.staff for span in measure.spans}:
        own = [spans for spans in voices.values() if any(span.staff == staff for span in spans)]
        if not _cover((span for spans in own for span in spans), measure.end):
            return False
    alone: dict[tuple[int, str], list[Span]] = {}
    for span in measure.spans:
        alone.setdefault((span.staff, span.voice), []).append(span)
    return not any(map(_overlap, alone.values()))


def _cover(spans: Iterable[Span], end: Fraction) -> bool:
    reached = ZERO
    for span in sorted(spans, key=lambda one: one.start):
        if span.start > reached:
            return False
        reached = max(reached, span.end)
    return reached >= end


def _overlap(spans: list[Span]) -> bool:
    ordered = sorted((span for span in spans if span.end > span.start), key=lambda one: one.start)
    return any(after.start < before.end for before, after in pairwise(ordered))
