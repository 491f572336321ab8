"""How surely a note is read right: by the marks that it is read from, and by the times of its measure.

A logistic model of a few signs of trouble. It was fitted on 130,000 notes of 300 training scores: pages as
they are, with 1, 3 and 5 per cent of their symbols dropped, shifted or mislabelled, and what the detector
found on clean and degraded ones. What stems that were not seen, mended readings and missing time
signatures say was added later, on 180,000 notes of 70 such scores.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from notehead.transcribe.chords import Event, under_beams
from notehead.transcribe.rhythm import MeasureTimes

_BIAS = 5.26
_OFF, _LEDGER, _STEMLESS, _PLAIN, _ASIDE, _UNSURE, _SCORE, _GRACE = (
    -1.55, -1.2, -4.02, -0.48, -7.15, -1.4, -3.76, -3.23,
)  # fmt: skip
_UNSEEN, _MENDED, _UNMETERED, _THREES, _NEARLY = -2.0, -1.7, -0.35, -2.75, -3.0
_COST, _ANY, _OWN, _CLEAN, _OTHERS, _BEFORE, _LONG, _SHORT = (
    -0.183, -1.61, -0.375, -0.84, 0.323, -0.74, -0.75, -1.75,
)  # fmt: skip
_THREE_OR_SIX = (3, 6)
_FAR = 0.45
"""Half staff spaces from a notehead to its position on the staff from which on it is probably another."""
_COSTS = (0.0, 1.6, 2.4, 3.2, 4.0, 5.0, 6.5, 9.0)
_MEASURES = (0.0, 0.0, 0.08, 0.12, 0.3, 0.5, 0.6, 0.7)
"""Share of measures with a wrong note whose times cost so much; 0 below what a person should be asked to
check."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks that a note is read from.

    Attributes:
        off: half staff spaces from its head to the position that it has on the staff.
        ledgers: its ledger lines that are not there.
        aside: staff spaces from the side of its head to its stem; 0 without a stem.
        stemless: whether a black head has no stem.
        unseen: whether its stem was not seen, and is there because of a beam.
        mended: whether its chord is read otherwise than it is seen, so that the measure adds up.
        plain: whether a black head has a stem without flags and beams.
        grace: whether it is a grace note.
        unsure: whether the clef or the key in force is doubtful.
        score: how surely all of them are there, 0 to 1.
    """

    off: float = 0.0
    ledgers: int = 0
    aside: float = 0.0
    stemless: bool = False
    unseen: bool = False
    mended: bool = False
    plain: bool = False
    grace: bool = False
    unsure: bool = False
    score: float = 1.0

    def evidence(self) -> float:
        """What they say against the note, as logarithm of odds: 0 or less."""
        far, off = min(max(self.aside - 0.1, 0), 0.25), min(max(self.off - 0.2, 0), 0.5)
        return (
            _OFF * (self.off > _FAR) + _LEDGER * min(self.ledgers, 2) + _STEMLESS * self.stemless
            + _UNSEEN * self.unseen + _MENDED * self.mended + _PLAIN * self.plain + _ASIDE * far
            + _NEARLY * off + _UNSURE * self.unsure + _GRACE * self.grace
            - _SCORE * max(math.log(max(self.score, 0.05)), -2.0)
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Regularity:
    """How regular a measure is.

    Attributes:
        cost: of its times.
        longer: 1 where it is longer than its meter says, -1 where it is shorter, else 0.
        gaps: by staff the times at which something begins where nothing ends, or ends where nothing begins.
        mended: rows of symbols of events that are read otherwise than they are seen.
        unmetered: whether no time signature says how long it is.
        threes: whether, besides, notes stand under beams in threes or sixes, which may be triplets or not.
    """

    cost: float = 0.0
    longer: int = 0
    gaps: Mapping[int, Sequence[Fraction]] = field(default_factory=dict)
    mended: frozenset[int] = frozenset()
    unmetered: bool = False
    threes: bool = False

    @classmethod
    def of(
        cls,
        events: Mapping[int, Event],
        times: MeasureTimes,
        length: Fraction | None,
        *,
        unmetered: bool = False,
        settled: bool = False,
    ) -> Regularity:
        """That of a measure of a system, with the length that its meter, or what is usual, says.

        Args:
            events: of the measure.
            times: of these.
            length: as meter or usage has it.
            unmetered: whether no time signature says it.
            settled: whether, all the same, it is known what threes under beams are.
        """
        begins: dict[int, set[Fraction]] = {}
        ends: dict[int, set[Fraction]] = {}
        for k, time in times.times.items():
            begins.setdefault(events[k].staff, set()).add(time.onset)
            ends.setdefault(events[k].staff, set()).add(time.onset + time.length)
        edges = {Fraction(0), times.length}
        gaps = {staff: sorted((own ^ ends[staff]) - edges) for staff, own in begins.items()}
        longer = 0 if length is None else (times.length > length) - (times.length < length)
        mended = frozenset(row for k in times.repairs for row in events[k].rows)
        return cls(
            times.cost, longer, gaps, mended, unmetered, unmetered and not settled and _in_threes(events)
        )

    def evidence(self, staff: int, onset: Fraction) -> float:
        """What it says against a note of a staff (row of the page) that begins then, as logarithm of odds."""
        own = len(self.gaps.get(staff, ()))
        others = sum(map(len, self.gaps.values())) - own
        before = sum(one <= onset for which, row in self.gaps.items() if which != staff for one in row)
        return (
            _COST * min(self.cost, 12) + _ANY * (own > 0) + _OWN * min(own, 4)
            + _CLEAN * (own == 0 and self.cost > 0) + _OTHERS * min(others, 6) + _BEFORE * min(before, 3)
            + _LONG * (self.longer > 0) + _SHORT * (self.longer < 0) + _UNMETERED * self.unmetered
            + _THREES * self.threes
        )  # fmt: skip


def _in_threes(events: Mapping[int, Event]) -> bool:
    """Whether notes of one length stand under a beam in threes or sixes."""
    return any(
        len(row) in _THREE_OR_SIX and len({events[k].length for k in row}) == 1 for row in under_beams(events)
    )


def sure(marks: Marks, times: float = 0.0) -> float:
    """How probably a note is read right, pitch, length and onset, 0 to 1.

    Args:
        marks: that it is read from.
        times: what its measure says against it; 0 for a grace note.

    Example:
        >>> sure(Marks()) > 0.99 > sure(Marks(off=1.0)) > sure(Marks(stemless=True))
        True
    """
    return 1 / (1 + math.exp(-_BIAS - marks.evidence() - times))


def doubt(cost: float) -> float:
    """How probably there is a wrong time in a measure, 0 to 1; 0 where that is too improbable to be checked.

    Example:
        >>> doubt(0.0), doubt(1.5), doubt(5.0)
        (0.0, 0.0, 0.5)
    """
    return round(float(np.interp(cost, _COSTS, _MEASURES)), 3)
