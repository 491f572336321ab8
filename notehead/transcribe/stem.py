"""A stem, and what is known of the beams of a page, at which stems end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from notehead.page import Symbols
from notehead.transcribe.staves import Floats, Staff

TOUCHES = 0.35
"""Staff spaces from a stem to a beam or flag at its end, at most."""


@dataclass(frozen=True, eq=False)
class Stem:
    """A stem.

    Attributes:
        row: of its symbol, -1 for one that was not seen.
        heads: rows of its noteheads.
        up: whether it goes up.
        beams: rows of its beams.
        flags: how many flags or bars it has.
        flag_rows: rows of its flags.
        x: where it is, in pixels.
        tip: the height of its free end, in pixels.
    """

    row: int
    heads: tuple[int, ...]
    up: bool
    beams: tuple[int, ...]
    flags: int
    flag_rows: tuple[int, ...] = ()
    x: float = 0.0
    tip: float = 0.0


@dataclass(frozen=True, eq=False)
class Beams:
    """The beams of a page.

    Attributes:
        image: of the page, uint8 (height, width).
        rows: of the beams among its symbols (n,).
        lines: the middle of each and its height, (x0, y0, x1, y1, height), in pixels (n, 5).
        spaces: staff space of each symbol of the page, in pixels.
        staves: of the page.
    """

    image: NDArray[np.uint8]
    rows: NDArray[np.int64]
    lines: Floats
    spaces: Floats
    staves: Sequence[Staff]

    @classmethod
    def of(cls, image: NDArray[np.uint8], symbols: Symbols, spaces: Floats, staves: Sequence[Staff]) -> Beams:
        """Those among a page's symbols."""
        rows = np.array([k for k, name in enumerate(symbols.names) if name == "beam"], np.int64)
        return cls(image, rows, _middles(symbols.corners[rows]), spaces, staves)

    @cached_property
    def by_row(self) -> dict[int, Floats]:
        """Their lines by their rows."""
        return dict(zip(self.rows.tolist(), self.lines, strict=True))

    def at(self, x: float, reach: float) -> Floats:
        """Heights of their middles at x (n,); NaN of those that do not go there, with so many pixels more."""
        x0, y0, x1, y1, _ = self.lines.T
        height = y0 + (x - x0) / np.maximum(x1 - x0, 1) * (y1 - y0)
        return np.where((x >= x0 - reach) & (x <= x1 + reach), height, np.nan)

    def ends(self, box: Floats, space: float) -> bool:
        """Whether one end of a stem with this box is at a beam."""
        x0, y0, x1, y1 = box.tolist()
        height = self.at((x0 + x1) / 2, TOUCHES * space)
        half = self.lines[:, 4] / 2 + TOUCHES * space
        return bool(((np.abs(height - y0) <= half) | (np.abs(height - y1) <= half)).any())

    def levels(self, x: float) -> Floats:
        """Heights of staff lines at x."""
        here = [staff.lines for staff in self.staves if staff.left <= x <= staff.right]
        if not here:
            return np.empty(0)
        x0, y0, x1, y1 = np.concatenate(here).T
        return np.asarray(y0 + (x - x0) / np.maximum(x1 - x0, 1) * (y1 - y0))


def _middles(corners: Floats) -> Floats:
    """The middle lines of beams, and how high they are: x0, y0, x1, y1, height (n, 5)."""
    order = corners[..., 0].argsort(axis=1)
    ranked = np.take_along_axis(corners, order[..., None], axis=1)
    height = np.abs(np.diff(ranked[..., 1].reshape(-1, 2, 2), axis=2)).mean(axis=(1, 2))
    return np.column_stack((ranked[:, :2].mean(axis=1), ranked[:, 2:].mean(axis=1), height))
