"""Augmentation dots: beside which head, or rest, each stands.

The dots of a chord stand in a column, in the spaces next to its heads. Which is whose cannot be said of each
by itself: where heads are on neighbouring lines, a dot is as near to the one above as to the one below. So
the dots of a column are given out together, from the top, each to another head; a second dot goes where the
first did.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from notehead.page import Symbols
from notehead.transcribe.staves import Floats

_AWAY, _OFF, _INTO = 3.2, 0.8, 1.0
"""Staff spaces from a notehead, or a rest, to its last dot, above or below it, and into its box, at most."""
_TALL, _OFF_TALL = 1.6, 0.4
"""Staff spaces: rests that are higher than the first may have their dots farther off by the second."""
_COLUMN, _APART = 0.35, 2.5
"""Staff spaces sideways between dots of one column at most, and upwards from one to the next."""
_SECOND, _LEVEL = 1.3, 0.3
"""Staff spaces from a dot to a second one, sideways, and up or down, at most."""
_LIFT = 0.1
"""Staff spaces by which a dot above a head on a line is nearer than one below it."""
_PASSED, _CLEAR = 2.0, 0.3
"""How much more it costs that a dot is of what is farther off, by so many staff spaces, than another one."""
_UNOWNED = 20.0
"""Cost of a dot that no head gets."""
_MOST = 48
"""Dots of a column that are given out together; of more, each goes to the nearest head."""


def dots_of(owners: Sequence[int], symbols: Symbols, spaces: Floats) -> list[tuple[int, int]]:
    """Pairs (place in owners, row of a dot), for each dot that has a head or a rest to its left.

    Args:
        owners: rows of noteheads and rests.
        symbols: of the page.
        spaces: for each symbol the staff space of its staff, in pixels.
    """
    dots = [row for row, name in enumerate(symbols.names) if name == "augmentationDot"]
    if not dots or not len(owners):
        return []
    box = symbols.box[list(owners)]
    found: dict[int, int] = {}
    first_of = _seconds(dots, symbols, spaces)
    for column in _columns([dot for dot in dots if dot not in first_of], symbols, spaces):
        costs = np.stack([_costs(box, symbols.box[dot], float(spaces[dot])) for dot in column])
        found.update(zip(column, _given_out(costs, box), strict=True))
    for dot in sorted(first_of, key=lambda row: float(symbols.box[row, 0])):
        found[dot] = found.get(first_of[dot], -1)
    return [(owner, dot) for dot, owner in sorted(found.items()) if owner >= 0]


def _seconds(dots: Sequence[int], symbols: Symbols, spaces: Floats) -> dict[int, int]:
    """Dots that follow another one, with the row of that."""
    middle = (symbols.box[dots, :2] + symbols.box[dots, 2:]) / 2
    order = middle[:, 0].argsort(kind="stable")
    ranked = middle[order]
    found = {}
    for k in order.tolist():
        space = float(spaces[dots[k]])
        x, y = middle[k].tolist()
        begin, end = np.searchsorted(ranked[:, 0], [x - _SECOND * space, x - _COLUMN * space])
        level = np.abs(ranked[begin:end, 1] - y)
        if end > begin and level.min() <= _LEVEL * space:
            found[dots[k]] = dots[int(order[begin + int(level.argmin())])]
    return found


def _columns(dots: Sequence[int], symbols: Symbols, spaces: Floats) -> list[list[int]]:
    """Dots below each other, from the top."""
    middle = {row: (symbols.box[row, :2] + symbols.box[row, 2:]) / 2 for row in dots}
    by_x: list[list[int]] = []
    for row in sorted(dots, key=lambda row: (float(middle[row][0]), row)):
        if by_x and middle[row][0] - middle[by_x[-1][0]][0] <= _COLUMN * spaces[row]:
            by_x[-1].append(row)
        else:
            by_x.append([row])
    columns: list[list[int]] = []
    for group in by_x:
        group.sort(key=lambda row: (float(middle[row][1]), row))
        for k, row in enumerate(group):
            if k and middle[row][1] - middle[group[k - 1]][1] <= _APART * spaces[row]:
                columns[-1].append(row)
            else:
                columns.append([row])
    return columns


def _costs(box: Floats, dot: Floats, space: float) -> Floats:
    """What it costs that a dot is of each owner, infinite where it cannot be."""
    x, y = (dot[0] + dot[2]) / 2, (dot[1] + dot[3]) / 2
    away = (x - box[:, 2]) / space
    above = ((box[:, 1] + box[:, 3]) / 2 - y) / space
    tall = box[:, 3] - box[:, 1] > _TALL * space
    good = (x > box[:, 0]) & (away >= -_INTO) & (away <= _AWAY) & (np.abs(above) <= _OFF + _OFF_TALL * tall)
    last = box[good, 0].max(initial=-np.inf)  # where the one nearest to the dot begins
    passed = _PASSED * (last - box[:, 2] > _CLEAR * space)
    return np.where(good, np.abs(away) + 2 * np.abs(above - _LIFT) + passed, np.inf)


def _given_out(costs: Floats, box: Floats) -> list[int]:
    """The owner of each dot of a column, -1 for none: the cheapest way in the order of the heads.

    Args:
        costs: of each owner for each dot, (dots, owners).
        box: of the owners.
    """
    near = np.flatnonzero(np.isfinite(costs).any(axis=0))
    if not len(near):
        return [-1] * len(costs)
    near = near[np.argsort(box[near, 1] + box[near, 3], kind="stable")]
    costs = costs[:, near]
    if len(costs) == 1 or len(costs) > _MOST:
        best = costs.argmin(axis=1)
        known = np.isfinite(costs[np.arange(len(costs)), best])
        return [int(near[k]) if there else -1 for k, there in zip(best.tolist(), known.tolist(), strict=True)]
    return [int(near[k]) if k >= 0 else -1 for k in _in_order(costs)]


def _in_order(costs: Floats) -> NDArray[np.int64]:
    """For each row another column, ascending, -1 for none, at the least sum of costs."""
    rows, columns = costs.shape
    least = np.zeros((rows + 1, columns + 1))
    for row in range(rows):
        taken = least[row, :-1] + costs[row]
        without = least[row] + _UNOWNED
        least[row + 1] = np.minimum(without, np.minimum.accumulate(np.concatenate(([np.inf], taken))))
    found = np.full(rows, -1, np.int64)
    column = columns
    for row in range(rows - 1, -1, -1):
        if least[row + 1, column] == least[row, column] + _UNOWNED:
            continue
        taken = least[row, :column] + costs[row, :column]
        column = int(taken.argmin())
        found[row] = column
    return found
