"""Dotted and dashed barlines: most divide a measure into groups of beats, some are as good as any other."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from notehead.transcribe.measures import Span
from notehead.transcribe.rhythm import measure_times
from notehead.transcribe.sheet import Sheet
from notehead.transcribe.systems import System

_WITHIN = frozenset({"barlineDotted", "barlineDashed"})
_MOST = 4
"""Groups of a measure at most."""


def joined(
    sheet: Sheet, system: System, spans: Sequence[Span], lengths: Sequence[Fraction | None]
) -> tuple[list[Span], list[Fraction | None]]:
    """The measures of a system and their lengths; those that add up better together than apart are one.

    Args:
        sheet: the page.
        system: of it.
        spans: what lies between its barlines.
        lengths: of a measure there, in quarter notes; None where that is unknown.
    """
    found: list[Span] = []
    own: list[Fraction | None] = []
    place = 0
    while place < len(spans):
        length = lengths[place]
        count = 1 if length is None else _count(sheet, system, spans[place:], length)
        first, last = spans[place], spans[place + count - 1]
        within = tuple(span.closing for span in spans[place : place + count - 1] if span.closing)
        found.append(Span(first.left, last.right, first.opening, last.closing, within))
        own.append(length)
        place += count
    return found, own


def _count(sheet: Sheet, system: System, spans: Sequence[Span], length: Fraction) -> int:
    """How many of the spans are the first measure: as many as add up best, 1 where that is no better."""
    if not _goes_on(spans[0]):
        return 1
    apart, best, count = _cost(sheet, system, spans[0], length), 0.0, 1
    for number, (before, span) in enumerate(pairwise(spans[:_MOST]), 2):
        if not _goes_on(before):
            break
        apart += _cost(sheet, system, span, length)
        gain = apart - _cost(sheet, system, Span(spans[0].left, span.right, None, None), length)
        if gain > best:
            best, count = gain, number
    return count


def _goes_on(span: Span) -> bool:
    """Whether a measure may go on after what closes a span."""
    return span.closing is not None and span.closing.name in _WITHIN


def _cost(sheet: Sheet, system: System, span: Span, length: Fraction) -> float:
    return measure_times(sheet.in_span(system, span), sheet.ratios, sheet.page.staff_space, length).cost
