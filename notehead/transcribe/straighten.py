"""Pages whose staves are askew or bent, and whose barlines lean, made straight, as notation thinks of them.

Photographs show a page from aside, and paper bends. What is one above the other in print is not so there:
over a tall system barlines lean by more than a note's width. Staves say how far each place is too high or too
low; barlines, which stand upright in print, how far it is too far left or right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.oriented import upright_around
from notehead.page import Page, Symbols, upright_corners
from notehead.transcribe.lean import lean_of, upright_ends
from notehead.transcribe.measures import is_barline
from notehead.transcribe.staves import StaffPath, staff_paths

Floats = NDArray[np.float64]

_STEP = 16
"""Pixels between the places at which it is known how far the page is moved."""
_BEYOND = 8.0
"""Staff spaces by which a staff goes on beyond its ends, for what stands there."""
_LEAST = 0.2
"""Staff spaces; a page of which nothing would move farther is straight."""
_ROUNDS = 3
"""In which it is found where a pixel of the straight page was."""
_LONG = 2.0
"""Staff spaces; what is longer, and rather long than high, is a beam, a slur, a line: no glyph."""
_LOOSE = 1.0
"""Pixels by which a box may be off its corners, and yet be around them."""
_LONGEST = 32_000
"""Pixels that an image's sides may have to be moved."""


@dataclass(frozen=True, eq=False)
class _Moves:
    """How far places of a page are to be moved up and to the left: (rows, columns, 2), every `_STEP` pixels.

    Node (i, j) is the place ((j - 1/2) step, (i - 1/2) step): the outermost ones lie beyond the page.
    """

    grid: NDArray[np.float32]

    def at(self, points: Floats) -> Floats:
        """The same at points (n, 2), between the nodes bilinearly."""
        if not len(points):
            return np.zeros((0, 2))
        at = np.clip(points / _STEP + 0.5, -1e4, 1e4).astype(np.float32)
        rows = [at[first : first + _LONGEST] for first in range(0, len(at), _LONGEST)]
        found = [
            cv2.remap(self.grid, part[:, 0], part[:, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            for part in rows
        ]
        return np.concatenate([part.reshape(-1, 2) for part in found]).astype(np.float64)


def straightened(page: Page) -> Page:
    """The page with level staves and upright barlines; the page itself where they are so.

    Symbols keep their rows and ids. Glyphs keep their size.

    Example:
        >>> lines = np.array([[0, 0, y, 400, y + 8] for y in (50, 60, 70, 80, 90)], float)
        >>> askew = Page("askew", np.full((150, 400), 255, np.uint8), staff_lines=lines, staff_space=10.0)
        >>> straightened(askew).staff_lines[:, [2, 4]].round(1).tolist()[0]
        [54.0, 54.0]
    """
    paths = staff_paths(page)
    if not paths or max(page.image.shape) > _LONGEST:
        return page
    space = float(np.median([path.space for path in paths]))
    nodes = _nodes(-(-page.image.shape[0] // _STEP) + 2, -(-page.image.shape[1] // _STEP) + 2)
    down = _too_low(paths, nodes)
    levelled = _Moves(np.stack([np.zeros_like(down), down], axis=2).astype(np.float32))
    lean = lean_of(_barlines(page.symbols, levelled), space)
    y = nodes[..., 1] - down
    right = lean.over(nodes[..., 0], y)
    if max(float(np.abs(down).max()), float(np.abs(right).max())) < _LEAST * space:
        return page
    moves = _Moves(np.stack([right, down], axis=2).astype(np.float32))
    return replace(
        page,
        image=_image(page.image, moves),
        symbols=_symbols(page.symbols, moves, space),
        staff_lines=_lines(page.staff_lines, moves),
    )


def _nodes(rows: int, columns: int) -> Floats:
    """The places of nodes: (rows, columns, 2)."""
    x, y = ((np.arange(count) - 0.5) * _STEP for count in (columns, rows))
    return np.stack(np.meshgrid(x, y), axis=2)


def _too_low(paths: Sequence[StaffPath], nodes: Floats) -> Floats:
    """How far nodes (rows, columns, 2) are below where they were if their staves were level: (rows, columns).

    Between two staves it changes evenly from one to the other, above and below them it is theirs. A staff
    goes on a little beyond its ends, unless another one is there.
    """
    x, y = nodes[0, :, 0], nodes[:, 0, 1]
    middle = np.stack([path.at(x) for path in paths])
    off = middle - np.array([path.level for path in paths])[:, None]
    beyond = np.stack([np.maximum(path.x[0] - x, x - path.x[-1]) for path in paths])
    reach = np.array([_BEYOND * path.space for path in paths])
    found = np.zeros((len(y), len(x)))
    for column in range(len(x)):
        own = middle[:, column]
        near = np.abs(own[:, None] - own[None, :]) < reach[:, None] / 2
        beside = (near & (beyond[:, column] <= 0)[None, :] & (beyond[:, column] > 0)[:, None]).any(axis=1)
        here = np.flatnonzero((beyond[:, column] <= reach) & ~beside)
        if not len(here):
            here = np.array([beyond[:, column].argmin()])
        here = here[np.argsort(own[here])]
        found[:, column] = np.interp(y, own[here], off[here, column])
    return found


def _barlines(symbols: Symbols, moves: _Moves) -> Floats:
    """Upper and lower ends of barlines on the levelled page: (n, 2, 2)."""
    corners = symbols.corners[[k for k, name in enumerate(symbols.names) if is_barline(name)]]
    return upright_ends(corners - moves.at(corners.reshape(-1, 2)).reshape(-1, 4, 2))


def _image(image: NDArray[np.uint8], moves: _Moves) -> NDArray[np.uint8]:
    """The image with what is at each place moved."""
    rows, columns = moves.grid.shape[:2]
    there = _nodes(rows, columns)
    source = there
    for _ in range(_ROUNDS):
        source = there + moves.at(source.reshape(-1, 2)).reshape(there.shape)
    fine = cv2.resize((source - 0.5).astype(np.float32), (columns * _STEP, rows * _STEP))
    height, width = image.shape
    moved = cv2.remap(
        image,
        fine[_STEP : _STEP + height, _STEP : _STEP + width],
        None,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # type: ignore[call-overload]  # the second map may be missing
    return np.asarray(moved, np.uint8)


def _symbols(symbols: Symbols, moves: _Moves, space: float) -> Symbols:
    """Symbols moved; glyphs keep their size, what is askew gets the box of its corners made straight.

    What is askew has a box around its corners; the smallest rectangle around a glyph reaches beyond its box.
    """
    if not len(symbols):
        return symbols
    corners = symbols.corners - moves.at(symbols.corners.reshape(-1, 2)).reshape(-1, 4, 2)
    middle = (symbols.box[:, :2] + symbols.box[:, 2:]) / 2
    box = symbols.box - np.tile(moves.at(middle), 2)
    plain = np.isclose(symbols.corners, upright_corners(symbols.box)).all(axis=(1, 2))
    around = upright_around(symbols.corners)
    width, height = (symbols.box[:, 2:] - symbols.box[:, :2]).T
    beam = (width > _LONG * space) & (width > height)  # one that is level in the image leans in print
    askew = (beam | ~plain) & (np.abs(around - symbols.box) <= _LOOSE).all(axis=1)
    box[askew] = upright_around(corners[askew])
    corners[~askew & plain] = upright_corners(box[~askew & plain])
    return symbols.replace(box=box, corners=corners)


def _lines(lines: Floats, moves: _Moves) -> Floats:
    ends = lines[:, 1:].reshape(-1, 2)
    return np.hstack((lines[:, :1], (ends - moves.at(ends)).reshape(-1, 4)))
