"""Which noteheads are on which stem.

A stem goes up or down from its heads and touches the side of each. Where voices are close, a head touches
another voice's stem too, so that heads choose: of the stems that go up, and of those that go down, each takes
the one that it touches best. It is on both only where it touches both equally well: in a unison of two
voices.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from notehead.page import Symbols
from notehead.transcribe.staves import Floats

_TOUCHES = 0.35
"""Staff spaces from the side of a notehead to its stem, at most."""
_BEYOND, _USUAL = 0.7, 0.3
"""Staff spaces from the end of a stem to the middle of a notehead beyond it: at most, and as is usual."""
_WORSE = 0.12
"""Staff spaces by which a head may touch one of its two stems worse than the other."""
_FROM_BASE = 0.01
"""How much worse a head touches a stem for each staff space from the end where the stem begins."""
_UNUSUAL = 0.08
"""How much worse a head touches a stem up at its left, or a stem down at its right, as in seconds."""
_ONE = 0.25
"""Staff spaces between the middles of two heads that are drawn as one."""


def stem_heads(
    stems: Sequence[int],
    heads: NDArray[np.int64],
    symbols: Symbols,
    spaces: Floats,
    hung: Callable[[int], bool] = lambda _: False,
) -> Mapping[int, list[int]]:
    """Rows of the heads of each stem, by its row; stems without heads are left out.

    Args:
        stems: their rows.
        heads: rows of noteheads.
        symbols: of the page.
        spaces: for each symbol the staff space of its staff, in pixels.
        hung: whether a stem, by its row, ends at a beam, so that it has a head: one that touches it worse
            than its other stem does, where there is no better one.
    """
    best, cost = _chosen(stems, heads, symbols, spaces)
    worse = cost > cost.min(axis=1, keepdims=True, initial=np.inf) + _WORSE
    worse &= ~_only(best, worse, cost, hung)
    best[worse] = -1
    _split_unisons(best, heads, symbols, spaces)
    found: dict[int, list[int]] = {}
    for head, own in zip(heads.tolist(), best.tolist(), strict=True):
        for stem in own:
            if stem >= 0:
                found.setdefault(stem, []).append(head)
    return found


def _only(
    best: NDArray[np.int64], worse: NDArray[np.bool_], cost: Floats, hung: Callable[[int], bool]
) -> NDArray[np.bool_]:
    """Which heads that would leave a stem, bool (n, 2), are the last that it has, and touch it best."""
    kept = np.zeros(best.shape, np.bool_)
    for stem in set(best[worse].tolist()) - set(best[~worse].tolist()) - {-1}:
        if hung(stem):
            kept.flat[np.where(best == stem, cost, np.inf).argmin()] = True
    return kept


def _chosen(
    stems: Sequence[int], heads: NDArray[np.int64], symbols: Symbols, spaces: Floats
) -> tuple[NDArray[np.int64], Floats]:
    """For each head the stems down and up that it touches best, and how far off they are: both (n, 2).

    The stems are rows, -1 for none, and the distances staff spaces.
    """
    best, cost = np.full((len(heads), 2), -1, np.int64), np.full((len(heads), 2), np.inf)
    box = symbols.box[heads]
    middle = (box[:, 1] + box[:, 3]) / 2
    for stem in stems:
        x0, y0, x1, y1 = symbols.box[stem].tolist()
        space, x = float(spaces[stem]), (x0 + x1) / 2
        side = np.minimum(np.abs(box[:, 0] - x), np.abs(box[:, 2] - x)) / space
        beyond = np.maximum(0, np.maximum(y0 - middle, middle - y1)) / space
        near = np.flatnonzero((side <= _TOUCHES) & (beyond <= _BEYOND))
        if not len(near):
            continue
        up = int(middle[near].min() - y0 > y1 - middle[near].max())
        base = np.abs(middle[near] - (y1 if up else y0)) / space
        unusual = (box[near, 0] + box[near, 2] < 2 * x) != bool(up)
        off = side[near] + np.maximum(0, beyond[near] - _USUAL) + _FROM_BASE * base + _UNUSUAL * unusual
        better = off < cost[near, up]
        best[near[better], up], cost[near[better], up] = stem, off[better]
    return best, cost


def _split_unisons(
    best: NDArray[np.int64], heads: NDArray[np.int64], symbols: Symbols, spaces: Floats
) -> None:
    """Where two heads are drawn as one, with a stem up and one down, each gets one of them."""
    middle = (symbols.box[heads, :2] + symbols.box[heads, 2:]) / 2
    between: dict[tuple[int, int], list[int]] = {}
    for k in np.flatnonzero((best >= 0).all(axis=1)).tolist():
        between.setdefault((int(best[k, 0]), int(best[k, 1])), []).append(k)
    for group in between.values():
        group.sort(key=lambda k: (middle[k, 1], k))
        for one, other in itertools.pairwise(group):
            off = np.abs(middle[one] - middle[other]).max()
            if off <= _ONE * spaces[heads[one]] and (best[one] >= 0).all():
                first, second = sorted((one, other))
                best[first, 0] = best[second, 1] = -1
