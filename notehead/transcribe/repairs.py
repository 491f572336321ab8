"""Events of a measure that may last otherwise than they are seen to: a dot or a flag that was missed.

Where a measure does not add up, most often one mark of one event was not seen, or seen where there is none:
a dot, a flag or a bar of a beam, the filling of a head. Each such reading has a price; rhythm (`rhythm.py`)
takes one where it costs less than a measure that does not add up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from notehead.transcribe.chords import Event
from notehead.transcribe.score import dotted

_DOT_MISSED, _DOT_FALSE = 2.0, 2.4
_FLAG_MISSED, _FLAG_FALSE = 2.4, 2.4
_HEAD = 2.4
_STEMLESS, _STEM_FALSE = 0.8, 4.0
_REST = 2.8
"""What it costs to read an event with a dot more or fewer, a flag or bar more or fewer, a head filled or not,
a half note without a stem as a whole one, one with a stem, and another rest."""
_SHORTEST, _LONGEST = Fraction(1, 16), Fraction(4)
"""Written lengths that are read into marks at most."""
_DOUBTED, _COST = (0.003, 0.007), (1.0, 0.7)
"""Where noteheads are doubted so little marks are seldom missed, where so much often; and by what prices are
multiplied there."""
_BLACK, _HALF = Fraction(1), Fraction(2)
"""The longest written length of a filled head, and that of an empty one with a stem."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Another reading of an event.

    Attributes:
        written: length in quarter notes by its shape alone.
        dots: how many.
        price: of that reading.
    """

    written: Fraction
    dots: int
    price: float

    @property
    def length(self) -> Fraction:
        """Its length with dots."""
        return dotted(self.written, self.dots)


def possible_repairs(events: Mapping[int, Event], cost: float = 1.0) -> dict[int, tuple[Repair, ...]]:
    """By event its other readings, the cheapest first.

    Args:
        events: of a measure, by their numbers; those that take no time of their own have none.
        cost: by which prices are multiplied.

    Example:
        >>> quarter = Event((0,), 0, 0.0, 0.0, Fraction(1), stem=1)
        >>> [(str(one.written), one.dots) for one in possible_repairs({0: quarter})[0]]
        [('1', 1), ('1/2', 0), ('2', 0)]
    """
    found = {k: repairs_of(event) for k, event in events.items() if not (event.grace or event.whole)}
    return {k: tuple(replace(one, price=cost * one.price) for one in row) for k, row in found.items()}


def cost_of(doubt: float) -> float:
    """By which prices are multiplied on a page whose noteheads are doubted so much, in the mean.

    Example:
        >>> [round(cost_of(doubt), 2) for doubt in (0.003, 0.005, 0.05)]
        [1.0, 0.85, 0.7]
    """
    return float(np.interp(doubt, _DOUBTED, _COST))


def repairs_of(event: Event) -> tuple[Repair, ...]:
    """The other readings of an event, the cheapest first."""
    found = [Repair(event.written, event.dots + 1, _DOT_MISSED)] if event.dots == 0 else []
    if event.dots:
        found.append(Repair(event.written, event.dots - 1, _DOT_FALSE))
    for factor in (Fraction(1, 2), Fraction(2)):
        written = event.written * factor
        if _SHORTEST <= written <= _LONGEST:
            found.append(Repair(written, event.dots, _price(event, written)))
    return tuple(sorted(found, key=lambda one: one.price))


def _price(event: Event, written: Fraction) -> float:
    """What it costs to read another written length."""
    if event.rest:
        return _REST
    if event.written == _HALF and written > _HALF and not event.stem:
        return _STEMLESS
    if event.stem and written > _HALF:
        return _STEM_FALSE
    if max(event.written, written) > _BLACK:
        return _HEAD
    return _FLAG_MISSED if written < event.written else _FLAG_FALSE
