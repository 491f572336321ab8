"""Marks: which chord each articulation, ornament, fermata, tremolo, bowing, arpeggio and fingering is of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notehead.page import Symbols
from notehead.transcribe.chords import Event
from notehead.transcribe.outlines import Outlines
from notehead.transcribe.placing import Places
from notehead.transcribe.staves import Floats

_ABOVE_ONLY = frozenset({
    "ornamentTrill", "ornamentTurn", "ornamentTurnInverted", "ornamentMordent", "ornamentShortTrill",
    "ornamentTremblement", "ornamentHaydn", "ornamentTurnSlash", "ornamentSchleifer", "ornamentOther",
    "stringsDownBow", "stringsUpBow", "stringsHarmonic", "pluckedLeftHandPizzicato", "pluckedSnapPizzicato",
    "brassMute",
})  # fmt: skip
"""Classes that stand above or below a chord and whose name does not say which."""
_AFTER = frozenset({"breathMark", "caesura"})
_ON_STEM = frozenset({*(f"tremolo{count}" for count in range(1, 6)), "buzzRoll"})
_FINGERS = {f"fingering{digit}": str(digit) for digit in range(6)}
_ASIDE = 1.7
"""Staff spaces sideways from a mark to its chord at most."""
_TURNS = 4.0
"""The same of turns, which may stand between two notes."""
_FARTHEST = 11.0
"""The same, up or down."""
_ELSEWHERE = 1.2
"""Cost of a chord on another staff than the mark is nearest to."""
_ASIDE_COST, _GAP_COST, _INSIDE_COST = 2.0, 0.2, 1.0
"""Cost of each staff space sideways, of each up or down, and of standing beside the stem."""


@dataclass(frozen=True, eq=False)
class Marks:
    """What hangs at the events of a page.

    Attributes:
        pairs: rows of marks among the symbols and numbers of their events, (n, 2); an arpeggio, and a tremolo
            of two notes, is there for each of its chords.
        fingers: rows of fingerings and of their noteheads, (n, 2).
    """

    pairs: NDArray[np.int64]
    fingers: NDArray[np.int64]

    def by_event(self, symbols: Symbols) -> dict[int, tuple[str, ...]]:
        """For each event the classes of its marks, from the left."""
        found: dict[int, list[tuple[float, str]]] = {}
        names = symbols.names
        for row, event in self.pairs.tolist():
            found.setdefault(event, []).append((float(symbols.box[row, 0]), names[row]))
        return {event: tuple(dict.fromkeys(name for _, name in sorted(own))) for event, own in found.items()}

    def by_head(self, symbols: Symbols) -> dict[int, tuple[str, ...]]:
        """For each notehead its fingers, from above."""
        names = symbols.names
        found: dict[int, list[tuple[float, str]]] = {}
        for row, head in self.fingers.tolist():
            found.setdefault(head, []).append((float(symbols.box[row, 1]), _FINGERS[names[row]]))
        return {head: tuple(finger for _, finger in sorted(own)) for head, own in found.items()}


def marks_of(events: Sequence[Event], outlines: Outlines, symbols: Symbols, places: Places) -> Marks:
    """The marks of a page, each with its event; marks near no event are left out."""
    names = np.array(symbols.names, object)
    if not len(outlines) or not len(names):
        return Marks(_none(), _none())
    chords = ~outlines.rest
    above = np.array([_side(name) for name in names.tolist()])
    fermata = np.array([name.startswith("fermata") for name in names.tolist()], np.bool_)
    turn = np.array([name.startswith("ornamentTurn") for name in names.tolist()], np.bool_)
    anyone = ~outlines.grace
    pairs = [
        _beside(np.flatnonzero((above != 0) & ~fermata & ~turn), above, outlines, (symbols, places), chords),
        _beside(np.flatnonzero(turn), above, outlines, (symbols, places), chords & ~outlines.grace, _TURNS),
        _beside(np.flatnonzero(fermata), above, outlines, (symbols, places), anyone),
        _on_stems(_rows(names, _ON_STEM), outlines, symbols),
        _two_notes(_rows(names, {"tremoloTwoNote"}), outlines, symbols),
        _arpeggios(_rows(names, {"arpeggiato"}), outlines, symbols),
        _after(_rows(names, _AFTER), outlines, symbols, places),
    ]
    fingers = _fingers(_rows(names, frozenset(_FINGERS)), events, outlines, symbols, places)
    return Marks(np.concatenate(pairs), fingers)


def _none() -> NDArray[np.int64]:
    return np.empty((0, 2), np.int64)


def _rows(names: NDArray[np.object_], wanted: frozenset[str] | set[str]) -> NDArray[np.int64]:
    return np.array([k for k, name in enumerate(names.tolist()) if name in wanted], np.int64)


def _side(name: str) -> int:
    """1 for a mark above its chord, -1 for one below, 2 for either, 0 for no such mark."""
    if name.startswith(("artic", "fermata")):
        return 1 if name.endswith("Above") else -1 if name.endswith("Below") else 2
    return 2 if name in _ABOVE_ONLY else 0


def _costs(boxes: Floats, side: NDArray[np.int64], outlines: Outlines, farthest: float = _ASIDE) -> Floats:
    """What it costs that marks (m, 4) are of events: (m, n), infinite where they cannot be."""
    middle = ((boxes[:, 0] + boxes[:, 2]) / 2)[:, None]
    aside = np.minimum(np.abs(middle - outlines.x), np.abs(middle - outlines.stem)) / outlines.space
    best = np.full(aside.shape, np.inf)
    for way in (1, -1):
        if way > 0:
            gap = (outlines.high - boxes[:, 3, None]) / outlines.space
            head = (outlines.top - boxes[:, 3, None]) / outlines.space
        else:
            gap = (boxes[:, 1, None] - outlines.low) / outlines.space
            head = (boxes[:, 1, None] - outlines.bottom) / outlines.space
        inside = gap < -0.5
        away = np.where(inside, head, np.abs(gap))
        possible = ((side == way) | (side == 2))[:, None] & (away >= -0.5) & (away <= _FARTHEST)
        cost = _GAP_COST * np.abs(away) + _INSIDE_COST * inside + _ASIDE_COST * aside
        best = np.where(possible & (aside <= farthest), np.minimum(best, cost), best)
    return best


def _beside(
    rows: NDArray[np.int64],
    side: NDArray[np.int64],
    outlines: Outlines,
    marks: tuple[Symbols, Places],
    allowed: NDArray[np.bool_],
    farthest: float = _ASIDE,
) -> NDArray[np.int64]:
    """Marks above and below chords."""
    symbols, places = marks
    if not len(rows):
        return _none()
    cost = _costs(symbols.box[rows], side[rows], outlines, farthest)
    cost = cost + _ELSEWHERE * (places.staff[rows][:, None] != outlines.staff)
    return _least(rows, np.where(allowed, cost, np.inf))


def _least(rows: NDArray[np.int64], cost: Floats) -> NDArray[np.int64]:
    best = cost.argmin(axis=1)
    good = np.isfinite(cost[np.arange(len(rows)), best])
    return np.stack((rows[good], best[good]), axis=1).astype(np.int64)


def _on_stems(rows: NDArray[np.int64], outlines: Outlines, symbols: Symbols) -> NDArray[np.int64]:
    """Tremolos: across a stem, or above or below a note without one."""
    if not len(rows):
        return _none()
    box = symbols.box[rows]
    x, y = ((box[:, :2] + box[:, 2:]) / 2).T
    aside = np.abs(x[:, None] - outlines.stem) / outlines.space
    reach = np.where(outlines.up == 0, 4.0, 0.8) * outlines.space
    off = np.maximum(0, np.maximum(outlines.high - y[:, None], y[:, None] - outlines.low))
    possible = (aside <= 1.0) & (off <= reach) & ~outlines.rest
    return _least(rows, np.where(possible, 2 * aside + off / outlines.space, np.inf))


def _two_notes(rows: NDArray[np.int64], outlines: Outlines, symbols: Symbols) -> NDArray[np.int64]:
    """Tremolos between two chords: the nearest on either side that reach its height, of one direction."""
    if not len(rows):
        return _none()
    box = symbols.box[rows]
    costs = []
    for x, inward in ((box[:, 0], -1), (box[:, 2], 1)):
        beyond = inward * (outlines.stem - x[:, None]) / outlines.space
        over = np.maximum(0, np.maximum(outlines.high - box[:, 3, None], box[:, 1, None] - outlines.low))
        off = over / outlines.space
        reach = np.where(outlines.up == 0, 7.0, 1.5)
        possible = (beyond >= -1.0) & (beyond <= 5.0) & (off <= reach) & ~outlines.rest & ~outlines.grace
        costs.append(np.where(possible, np.abs(beyond) + off, np.inf))
    pairs = []
    for number, row in enumerate(rows.tolist()):
        ways = []
        for way in (-1, 0, 1):
            first, last = (np.where(outlines.up == way, cost[number], np.inf) for cost in costs)
            ways.append((float(first.min() + last.min()), int(first.argmin()), int(last.argmin())))
        cost, a, b = min(ways)
        if np.isfinite(cost) and a != b:
            pairs += [(row, a), (row, b)]
    return np.array(pairs, np.int64).reshape(-1, 2)


def _arpeggios(rows: NDArray[np.int64], outlines: Outlines, symbols: Symbols) -> NDArray[np.int64]:
    """Arpeggios: of all chords of the next column to the right that they stand before."""
    if not len(rows):
        return _none()
    box = symbols.box[rows]
    space = outlines.space
    gap = (outlines.left - box[:, 2, None]) / space
    over = np.minimum(outlines.bottom, box[:, 3, None]) - np.maximum(outlines.top, box[:, 1, None])
    possible = (gap >= -0.6) & (gap <= 5.0) & (over >= 0.3 * space) & ~outlines.rest & ~outlines.grace
    gap = np.where(possible, gap, np.inf)
    column = np.isfinite(gap) & (gap <= gap.min(axis=1)[:, None] + 1.6)
    which, event = np.nonzero(column)
    return np.stack((rows[which], event), axis=1).astype(np.int64)


def _after(
    rows: NDArray[np.int64], outlines: Outlines, symbols: Symbols, places: Places
) -> NDArray[np.int64]:
    """Breath marks and caesuras: of the last chord before them on their staff."""
    if not len(rows):
        return _none()
    x = symbols.box[rows][:, [0, 2]].mean(axis=1)
    gap = (x[:, None] - outlines.x) / outlines.space
    possible = (gap >= 0) & (gap <= 40) & (places.staff[rows][:, None] == outlines.staff) & ~outlines.grace
    return _least(rows, np.where(possible, gap, np.inf))


def _fingers(
    rows: NDArray[np.int64],
    events: Sequence[Event],
    outlines: Outlines,
    symbols: Symbols,
    places: Places,
) -> NDArray[np.int64]:
    """Fingerings with their noteheads: those above or below a chord from its highest or lowest note on."""
    if not len(rows):
        return _none()
    side = np.full(len(rows), 2, np.int64)
    cost = _costs(symbols.box[rows], side, outlines)
    cost = np.minimum(cost, _aside(symbols.box[rows], outlines))
    cost = cost + _ELSEWHERE * (places.staff[rows][:, None] != outlines.staff)
    found = []
    stacks: dict[int, list[int]] = {}
    for row, event in _least(rows, np.where(outlines.rest, np.inf, cost)).tolist():
        stacks.setdefault(event, []).append(row)
    for event, stack in stacks.items():
        found += _stacked(stack, events[event], symbols)
    return np.array(found, np.int64).reshape(-1, 2)


def _aside(boxes: Floats, outlines: Outlines) -> Floats:
    """The cost of fingerings left of chords (m, n)."""
    gap = (outlines.left - boxes[:, 2, None]) / outlines.space
    y = ((boxes[:, 1] + boxes[:, 3]) / 2)[:, None]
    level = (y >= outlines.top - outlines.space) & (y <= outlines.bottom + outlines.space)
    return np.where(level & (gap >= -0.3) & (gap <= 2.0), 1.0 + gap, np.inf)


def _stacked(stack: list[int], event: Event, symbols: Symbols) -> list[tuple[int, int]]:
    """Fingerings of one chord with its heads, both from above."""
    box = symbols.box
    heads = sorted(event.rows, key=lambda row: float(box[row, 1]))
    found = []
    middle = (float(box[heads[0], 1]) + float(box[heads[-1], 3])) / 2
    upper = sorted(
        (row for row in stack if box[row, [1, 3]].mean() < middle), key=lambda row: float(box[row, 1])
    )
    lower = sorted((row for row in stack if row not in upper), key=lambda row: -float(box[row, 1]))
    if len(upper) + len(lower) == len(heads):
        ordered = [*upper, *reversed(lower)]
        return list(zip(ordered, heads, strict=True))
    for rows, own in ((upper, heads), (lower, heads[::-1])):
        found += [(row, own[min(k, len(own) - 1)]) for k, row in enumerate(rows)]
    return found
