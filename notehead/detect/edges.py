"""What a scan shows beyond its page: the rim of the page that faces it, and what the image's edge cuts off.

A book on a scanner shows a strip of the facing page, with the ends of its staves. They run into the image's
edge, are short, and stand in a strip of their own that no other staff reaches.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from notehead.detect.one_pass import Seen, chosen
from notehead.detect.view import View
from notehead.page import Symbols
from notehead.vocabulary import VOCABULARY

_NEAR = 1.5
"""Staff spaces from the edge of the image within which a staff is cut off by it."""
_RIM = 0.05
"""Share of the image's shorter side, from its edge, within which the staves of a rim begin."""
_SHORT = 0.3
"""Of the longest staff: what is longer is more than the rim of a page."""
_FLAT = 2.0
"""Staff spaces; a staff at the edge that is lower is cut off."""
_SURE = 0.3
"""Score from which on a staff says where the page is, or where its rim is."""

_FEW = 4
"""Staves that say together how a page leans."""

_STAFF = VOCABULARY.id("staff")


def within_edges(seen: Seen, view: View, shape: tuple[int, ...], space: float) -> Seen:
    """A reading without what is of a facing page, and without staves of which hardly a line is in the image.

    Args:
        seen: in the pixels of the view.
        view: of the image.
        shape: of the image as it was given.
        space: the staff space in its pixels.
    """
    staves = seen.symbols[seen.symbols.label == _STAFF]
    if not len(staves):
        return seen
    seen = _without_cut(seen, staves, _Edges(view, shape, _NEAR * space), _FLAT * space)
    near = max(_RIM * min(shape), _NEAR * space)
    for turn in (1.0, -1.0):
        seen = _without_rim(seen, turn, _Edges(view, shape, near))
    return seen


class _Edges:
    """The edges of the given image, and how near to them is at them."""

    def __init__(self, view: View, shape: tuple[int, ...], near: float) -> None:
        self._view, self._shape, self._near = view, shape, near

    def reached(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether points (n, 2) of the view lie at an edge."""
        x, y = self._view.given(points).T
        away = np.minimum(np.minimum(x, self._shape[1] - x), np.minimum(y, self._shape[0] - y))
        return np.asarray(away <= self._near)


def _without_cut(seen: Seen, staves: Symbols, edges: _Edges, flat: float) -> Seen:
    """Without low staves at an edge, which marks there are taken for."""
    box = staves.box
    low = box[:, 3] - box[:, 1] < flat
    low &= edges.reached(box[:, :2]) | edges.reached(box[:, 2:])
    if not low.any():
        return seen
    (x0, y0), (x1, y1) = box[low, :2].T[:, :, None], box[low, 2:].T[:, :, None]

    def lost(points: NDArray[np.float64]) -> NDArray[np.bool_]:
        x, y = points.T
        return np.asarray(((x >= x0) & (x <= x1) & (y >= y0 - flat) & (y <= y1 + flat)).any(axis=0))

    middles = (seen.symbols.box[:, :2] + seen.symbols.box[:, 2:]) / 2
    gone = (seen.symbols.label == _STAFF) & lost(middles)
    gone &= seen.symbols.box[:, 3] - seen.symbols.box[:, 1] < flat
    curves = [one for one in seen.staves if not lost(np.array([[one.x.mean(), one.y.mean()]]))[0]]
    return Seen(seen.symbols[np.flatnonzero(~gone)], curves)


def _without_rim(seen: Seen, turn: float, edges: _Edges) -> Seen:
    """Without what stands in the strip that short staves at the left (1) or right (-1) edge take."""
    symbols = seen.symbols
    box = symbols.box[symbols.label == _STAFF]
    if not len(box):
        return seen
    sure = symbols.score[symbols.label == _STAFF] >= _SURE
    width = box[:, 2] - box[:, 0]
    short = width <= _SHORT * width.max()
    outer, inner = (0, 2) if turn > 0 else (2, 0)
    y = (box[:, 1] + box[:, 3]) / 2
    tips = np.stack([box[:, outer], y], axis=1)
    rim = short & sure & edges.reached(tips)
    page = ~rim & sure
    if not rim.any() or not page.any():
        return seen
    lean = _lean(box[page & ~short, outer], y[page & ~short])

    def inwards(points: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far from that side points (n, 2) are, along lines in which the staves of a page begin."""
        return turn * (points[:, 0] - lean * points[:, 1])

    reach = float(inwards(np.stack([box[rim, inner], y[rim]], axis=1)).max())
    if float(inwards(tips[page]).min()) <= reach:
        return seen
    return chosen(seen, lambda middles: inwards(middles) > reach)


def _lean(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """How far to the right ends of staves move for each pixel downwards: what most pairs of them say.

    A page seen from aside is not upright; of few staves an indented one would say too much.
    """
    if len(x) < _FEW:
        return 0.0
    first, second = np.triu_indices(len(x), 1)
    apart = np.abs(y[second] - y[first]) > 0
    slopes = (x[second] - x[first])[apart] / (y[second] - y[first])[apart]
    return float(np.median(slopes)) if len(slopes) else 0.0
