"""How surely a note is read right: by the marks that it is read from, and by whether its measure adds up."""

from __future__ import annotations

import numpy as np

from notehead.page import ABSENT, Symbols
from notehead.transcribe.chords import Event

_COST = (0.0, 1.6, 2.4, 3.2, 4.0, 5.0, 6.5, 9.0)
_NOTES = (0.999, 0.995, 0.96, 0.96, 0.9, 0.8, 0.72, 0.68)
"""Share of notes with the right time in measures whose times cost so much, on 140 scores of training."""
_MEASURES = (0.0, 0.0, 0.08, 0.12, 0.3, 0.5, 0.6, 0.7)
"""Share of such measures with a wrong note; 0 below what a person should be asked to check."""


def sure_times(cost: float) -> float:
    """How probably a note has its right time, 0 to 1.

    Args:
        cost: of the times of its measure.

    Example:
        >>> sure_times(0.0) > sure_times(3.0) > sure_times(8.0)
        True
    """
    return float(np.interp(cost, _COST, _NOTES))


def doubt(cost: float) -> float:
    """How probably there is a wrong time in a measure, 0 to 1; 0 where that is too improbable to be checked.

    Example:
        >>> doubt(0.0), doubt(1.5), doubt(5.0)
        (0.0, 0.0, 0.5)
    """
    return round(float(np.interp(cost, _COST, _MEASURES)), 3)


def sure_marks(symbols: Symbols, event: Event, head: int, *others: int) -> float:
    """How probably a notehead and what its length and pitch were read from are there, 0 to 1.

    Args:
        symbols: of the page, with their scores.
        event: that the notehead is of.
        head: its row.
        others: rows of further marks that it depends on, as its accidental.
    """
    rows = {head, *event.beams, *event.flags, *others, event.stem_row} - {ABSENT, -1}
    return float(np.clip(np.nan_to_num(symbols.score[sorted(rows)], nan=1.0), 0, 1).prod())
