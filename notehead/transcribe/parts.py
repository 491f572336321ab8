"""Parts: which staff of the score each staff of a system is, where staves come and go between systems.

The systems with most staves say what parts there are. The staves of a smaller system are those of them that
agree best, in order: by clef, by the braces between them, and by barlines that go on from staff to staff.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from notehead.transcribe.clefs import Clef

_CLEF = 1.0
"""Cost of another clef."""
_SIGN = 0.6
"""Of a clef of another sign, besides."""
_BRACE = 1.0
"""Of a staff that is in one brace with the one above on one side only."""
_SEEN = 0.3
"""Share of the largest systems in which a brace between two staves must be seen: more are lost at the edges
of scans than are seen where there is none."""
_HALF = 0.4
"""Of a part of several staves of which not all are there."""


@dataclass(frozen=True, slots=True)
class Line:
    """A staff of a system, as it looks at its beginning.

    Attributes:
        clef: that it begins with, None where there is none.
        part: of the system that it is of, from 0.
    """

    clef: Clef | None
    part: int


@dataclass(frozen=True, eq=False)
class Layout:
    """The staves of the score.

    Attributes:
        parts: for each staff its part, from 0.
        staves: for each staff which one of its part it is, from 0.
        sizes: how many staves each part has.
    """

    parts: tuple[int, ...]
    staves: tuple[int, ...]
    sizes: tuple[int, ...]


def layout_of(systems: Sequence[Sequence[Line]]) -> Layout:
    """The staves of a score: those of its largest systems, and the braces of a good share of these.

    Example:
        >>> layout_of([[Line(None, 0), Line(None, 1), Line(None, 1)], [Line(None, 0)]]).staves
        (0, 0, 1)
    """
    most = max((len(system) for system in systems), default=0)
    if not most:
        return Layout((), (), ())
    largest = [[line.part for line in system] for system in systems if len(system) == most]
    braced = np.array([np.diff(parts) == 0 for parts in largest], np.float64).mean(axis=0) >= _SEEN
    parts = (0, *np.cumsum(~braced).tolist())
    staves = tuple(parts[:k].count(part) for k, part in enumerate(parts))
    return Layout(parts, staves, tuple(parts.count(part) for part in range(parts[-1] + 1)))


def matched(system: Sequence[Line], layout: Layout, clefs: Sequence[Clef]) -> list[int]:
    """For each staff of a system which one of the score it is: rising numbers, one for each.

    Args:
        system: of no more staves than the score has.
        layout: the staves of the score.
        clefs: those that the score's staves had last.
    """
    count, most = len(system), len(layout.parts)
    if count == most:
        return list(range(most))
    # cost[k, j]: of the first k staves of the system, the last is the j-th of the score
    cost = np.full((count + 1, most + 1), np.inf)
    came = np.zeros((count + 1, most + 1), np.int64)
    cost[0, 0] = 0
    for k in range(1, count + 1):
        for j in range(k, most + 1):
            own = _unlike(system[k - 1].clef, clefs[j - 1]) + _cut(system, k - 1, layout, j - 1)
            before = np.array(
                [cost[k - 1, i] + _apart(system, k - 1, layout, i - 1, j - 1) for i in range(j)]
            )
            best = int(before.argmin())
            cost[k, j], came[k, j] = before[best] + own, best
    j = int(cost[count, 1:].argmin()) + 1
    found = []
    for k in range(count, 0, -1):
        found.append(j - 1)
        j = int(came[k, j])
    return found[::-1]


def _unlike(clef: Clef | None, other: Clef) -> float:
    if clef is None or clef == other:
        return 0.0
    return _CLEF + (_SIGN if clef.sign != other.sign else 0.0)


def _apart(system: Sequence[Line], k: int, layout: Layout, before: int, now: int) -> float:
    """What it costs that staff k and the one above it are these two staves of the score."""
    if k == 0 or before < 0:
        return 0.0
    together = system[k].part == system[k - 1].part
    return 0.0 if together == (layout.parts[before] == layout.parts[now]) else _BRACE


def _cut(system: Sequence[Line], k: int, layout: Layout, now: int) -> float:
    """What it costs that a staff is of a part that has another number of staves here."""
    here = sum(line.part == system[k].part for line in system)
    return 0.0 if here == layout.sizes[layout.parts[now]] else _HALF
