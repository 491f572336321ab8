"""Slurs: from which chord to which each goes, over the ends of systems and pages too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notehead.page import ABSENT, Symbols
from notehead.transcribe.outlines import Outlines
from notehead.transcribe.placing import Places
from notehead.transcribe.staves import Floats, Staff

_ASIDE = 2.6
"""Staff spaces sideways from the end of a slur to its chord at most."""
_FARTHEST = 6.0
"""The same, up or down, to what lies between the chord's outermost head and the end of its stem."""
_OPEN = 0.9
"""Cost of an end without a chord, where the staff ends or begins; no chord may cost more."""
_EDGE = 1.0
"""Staff spaces from the right edge of a staff within which a slur may go on elsewhere."""
_INWARD = 0.6
"""Cost of each staff space by which a chord lies within the slur, beyond what its head is wide."""
_ELSEWHERE = 0.8
"""Cost of a second chord on another staff."""


@dataclass(frozen=True, slots=True)
class Slur:
    """A slur, or what of it is on one system.

    Attributes:
        row: among the symbols.
        staff: row of its staff in the page's list, `ABSENT` for none.
        first: the event that it comes from, None where that is on the system before.
        last: the event that it goes to, None where that is on the next system.
        above: whether it stands above its chords.
    """

    row: int
    staff: int
    first: int | None
    last: int | None
    above: bool


def slurs_of(staves: Sequence[Staff], outlines: Outlines, symbols: Symbols, places: Places) -> list[Slur]:
    """The slurs of a page that have a chord at one end at least."""
    rows = np.array([k for k, name in enumerate(symbols.names) if name == "slur"], np.int64)
    if not len(rows) or not len(outlines) or not staves:
        return []
    ends = _ends(symbols.corners[rows], symbols.box[rows])
    ways = []
    for above in (True, False):
        sides = ends[:, 1] if above else ends[:, 0]
        first = _costs(sides[:, 0], 1, outlines, above=above)
        last = _costs(sides[:, 1], -1, outlines, above=above)
        ways.append((first, last))
    found = []
    starts = _starts(staves, outlines)
    for number, row in enumerate(rows.tolist()):
        best = min(
            (_best(ways[way][0][number], ways[way][1][number], outlines, _open(
                staves, starts, int(places.staff[row]), symbols.box[row])), way)
            for way in (0, 1)
        )  # fmt: skip
        (cost, first_event, last_event), way = best
        if not np.isfinite(cost) or (first_event < 0 and last_event < 0):
            continue
        one, other = first_event if first_event >= 0 else None, last_event if last_event >= 0 else None
        own = outlines.staff[first_event if first_event >= 0 else last_event]
        found.append(Slur(row, int(own), one, other, way == 0))
    return found


def _ends(corners: Floats, boxes: Floats) -> Floats:
    """The ends of slurs (n, upper and lower edge, left and right, 2), from their oriented boxes."""
    order = corners[..., 0].argsort(axis=1, kind="stable")
    ranked = np.take_along_axis(corners, order[..., None], axis=1)
    sides = ranked.reshape(-1, 2, 2, 2)
    height = sides[..., 1].argsort(axis=2, kind="stable")
    ends = np.take_along_axis(sides, height[..., None], axis=2).transpose(0, 2, 1, 3).copy()
    # an oriented box that stands on its short side says nothing of ends
    steep = (sides[:, 1, :, 0].mean(axis=1) - sides[:, 0, :, 0].mean(axis=1)) < 0.5 * (
        boxes[:, 2] - boxes[:, 0]
    )
    upright = boxes[:, [0, 1, 2, 1, 0, 3, 2, 3]].reshape(-1, 2, 2, 2)
    ends[steep] = upright[steep]
    return ends


def _costs(points: Floats, inward: int, outlines: Outlines, *, above: bool) -> Floats:
    """What it costs that ends (m, 2) are at events (m, n); inward is 1 for left ends, -1 for right ones."""
    x, y = points[:, 0, None], points[:, 1, None]
    space = outlines.space
    near = np.minimum(outlines.x, outlines.stem)
    far = np.maximum(outlines.x, outlines.stem)
    aside = np.maximum(0, np.maximum(near - x, x - far)) / space
    within = np.maximum(0, inward * (outlines.x - x) / space - 1.0)
    edge, end = (outlines.top, outlines.high) if above else (outlines.bottom, outlines.low)
    off = np.maximum(0, np.maximum(np.minimum(edge, end) - y, y - np.maximum(edge, end))) / space
    wrong = (y - outlines.bottom if above else outlines.top - y) / space
    possible = (aside <= _ASIDE) & (off <= _FARTHEST) & (wrong <= 0.5) & ~outlines.rest
    return np.where(possible, aside + _INWARD * within + 0.5 * off, np.inf)


def _starts(staves: Sequence[Staff], outlines: Outlines) -> Floats:
    """For each staff the x of its first event."""
    starts = np.array([staff.right for staff in staves])
    np.minimum.at(starts, outlines.staff, outlines.left)
    return starts


def _open(
    staves: Sequence[Staff], starts: Floats, number: int, box: NDArray[np.float64]
) -> tuple[float, float]:
    """The costs of a slur that comes from the system before, and of one that goes on to the next."""
    if number == ABSENT:
        return np.inf, np.inf
    staff = staves[number]
    begins = float(box[0]) <= starts[number] + 0.5 * staff.space
    goes_on = float(box[2]) >= staff.right - _EDGE * staff.space
    return (_OPEN if begins else np.inf), (_OPEN if goes_on else np.inf)


def _best(
    first: Floats, last: Floats, outlines: Outlines, open_ends: tuple[float, float]
) -> tuple[float, int, int]:
    """The cheapest pair of events, -1 for an open end."""
    a, b = np.flatnonzero(np.isfinite(first)), np.flatnonzero(np.isfinite(last))
    best = (float("inf"), -1, -1)
    if len(a) and len(b):
        cost = first[a][:, None] + last[b]
        cost = cost + _ELSEWHERE * (outlines.staff[a][:, None] != outlines.staff[b])
        cost = np.where(outlines.x[a][:, None] < outlines.x[b] - 0.5 * outlines.space[b], cost, np.inf)
        one, other = np.unravel_index(int(cost.argmin()), cost.shape)
        best = (float(cost[one, other]), int(a[one]), int(b[other]))
    if len(b):
        best = min(best, (float(last[b].min()) + open_ends[0], -1, int(b[last[b].argmin()])))
    if len(a):
        best = min(best, (float(first[a].min()) + open_ends[1], int(a[first[a].argmin()]), -1))
    return best


@dataclass(frozen=True, slots=True)
class SlurEnd:
    """Where a slur begins or ends: index of the page, and the event on it."""

    page: int
    event: int


@dataclass(frozen=True, slots=True)
class _Open:
    start: SlurEnd
    height: float


@dataclass(slots=True)
class SlurJoiner:
    """Joins slurs that go over the end of a system, staff by staff of the score.

    Attributes:
        links: pairs of ends, whole slurs.
    """

    links: list[tuple[SlurEnd, SlurEnd]]
    _open: dict[int, list[_Open]]

    @classmethod
    def empty(cls) -> SlurJoiner:
        """Before the first system."""
        return cls([], {})

    def add(
        self,
        page: int,
        slurs: Sequence[Slur],
        lines: Mapping[int, int],
        staves: Sequence[Staff],
        symbols: Symbols,
    ) -> None:
        """Take the slurs of one system.

        Args:
            page: index of the page.
            slurs: of the system.
            lines: for each of its staves (row in the page's list) the staff of the score that it is.
            staves: of the page.
            symbols: of the page.
        """
        coming: dict[int, list[tuple[float, SlurEnd | None, SlurEnd | None]]] = {}
        for slur in slurs:
            line = lines.get(slur.staff)
            if line is None:
                continue
            first = None if slur.first is None else SlurEnd(page, slur.first)
            last = None if slur.last is None else SlurEnd(page, slur.last)
            if first is not None and last is not None:
                self.links.append((first, last))
                continue
            staff = staves[slur.staff]
            y = float(symbols.box[slur.row, [1, 3]].mean())
            coming.setdefault(line, []).append(((y - staff.top) / staff.space, first, last))
        for line in lines.values():
            own = coming.get(line, [])
            arriving = [(height, last) for height, _, last in own if last is not None]
            self._arrive(self._open.pop(line, []), arriving)
            leaving = [_Open(first, height) for height, first, _ in own if first is not None]
            if leaving:
                self._open[line] = leaving

    def _arrive(self, leaving: list[_Open], arriving: list[tuple[float, SlurEnd]]) -> None:
        """Join ends by height: as many as there are of both."""
        pairs = sorted(
            (abs(one.height - height), k, j)
            for k, one in enumerate(leaving) for j, (height, _) in enumerate(arriving)
        )  # fmt: skip
        used: set[int] = set()
        taken: set[int] = set()
        for _, k, j in pairs:
            if k not in used and j not in taken:
                used.add(k)
                taken.add(j)
                self.links.append((leaving[k].start, arriving[j][1]))
