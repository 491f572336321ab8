"""Measures that a page itself does not fill: rests are hidden, or the score has too few or too many beats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.read_truth import measure_starts
from notehead import Page
from notehead.page import ABSENT, Symbols
from notehead.transcribe import Measure

_EXACT = 1e-3
"""Quarter notes by which onsets that are written as floats may be off."""


class Place(NamedTuple):
    """A measure of the score on a staff of a page."""

    measure: int
    page: int
    staff: int


@dataclass(frozen=True, eq=False)
class Filled:
    """Which measures the notes and rests of a page fill, from their true onsets and durations.

    Attributes:
        places: of notes and rests, by index of the page and id of the symbol.
        unfilled: those in which at some time nothing is drawn, or too much.
    """

    places: Mapping[tuple[int, int], Place]
    unfilled: frozenset[Place]

    @classmethod
    def of(cls, pages: Sequence[Page]) -> Filled:
        """Of the true pages of a score."""
        places: dict[tuple[int, int], Place] = {}
        spans: defaultdict[Place, list[tuple[float, float]]] = defaultdict(list)
        for number, page in enumerate(pages):
            symbols = page.symbols
            for row in np.flatnonzero(_timed(symbols)).tolist():
                place = Place(int(symbols.measure[row]), number, int(symbols.staff[row]))
                onset = float(symbols.onset[row])
                spans[place].append((onset, onset + float(symbols.duration[row])))
                places[number, int(symbols.id[row])] = place
        starts, ends = measure_starts(pages), defaultdict[int, float](float)
        for place, own in spans.items():
            ends[place.measure] = max(ends[place.measure], *(end for _, end in own))
        return cls(
            places,
            frozenset(
                place
                for place, own in spans.items()
                if not _covers(
                    own,
                    starts[place.measure],
                    starts.get(place.measure + 1, ends[place.measure]),
                )
            ),
        )

    def fills(self, measure: Measure) -> bool:
        """Whether the page fills what was read as a measure, on all of its staves."""
        ids = [(note.page, note.symbol) for chord in measure.chords for note in chord.notes]
        ids += [(chord.page, chord.symbol) for chord in measure.chords if not chord.notes]
        return not any(self.places.get(one) in self.unfilled for one in ids)


def _timed(symbols: Symbols) -> NDArray[np.bool_]:
    rests = np.array([name.startswith("rest") for name in symbols.names], np.bool_)
    known = (symbols.measure != ABSENT) & (symbols.staff != ABSENT)
    return np.asarray(
        (symbols.is_notehead | rests) & known & ~np.isnan(symbols.onset) & ~np.isnan(symbols.duration)
    )


def _covers(spans: Sequence[tuple[float, float]], start: float, end: float) -> bool:
    """Whether spans leave no gap from a start to an end, and do not go beyond it."""
    at = start
    for begins, ends in sorted(spans):
        if begins > at + _EXACT:
            return False
        at = max(at, ends)
    return abs(at - end) <= _EXACT
