"""What a destination pixel of a `Warp` may see: how large it is in the source, and which rows are near."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from notehead.degrade.outlines import BLOCK
from notehead.degrade.warp import Warp


def spans(warp: Warp) -> NDArray[np.int64]:
    """How wide and tall a destination pixel is in 2**-16 source pixels: int64 (rows, columns, 2), by cell.

    Example:
        >>> warp = Warp.of(lambda points: 2 * points, size=(10, 10), source=(20, 20))
        >>> (spans(warp)[0, 0] / 65536).tolist()
        [2.0, 2.0]
    """
    grid = warp.grid
    a, b, c, d = grid[:-1, :-1], grid[:-1, 1:], grid[1:, :-1], grid[1:, 1:]
    across, down = (b - a + d - c) / 2 / warp.step, (c - a + d - b) / 2 / warp.step
    found: NDArray[np.int64] = np.rint(np.sqrt(across * across + down * down) * 65536).astype(np.int64)
    return found


def reach(warp: Warp, seen_by: NDArray[np.int64]) -> int:
    """Source rows between the middle of a run and the last that a pixel of it sees, or the one beyond.

    Args:
        warp: the warp.
        seen_by: its `spans`.
    """
    most = np.abs(np.diff(warp.grid[:, :, 1], axis=1)).max() / warp.step
    return int(np.ceil(most * (BLOCK / 2 + 1) + seen_by[..., 1].max() / 131072)) + 2


def inked_squares(near: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which squares of `BLOCK` x `BLOCK` pixels have ink: bool (ceil(h / BLOCK), blocks), from (h, blocks).

    Example:
        >>> inked_squares(np.eye(20, 2, dtype=np.bool_)).tolist()
        [[True, True], [False, False]]
    """
    found: NDArray[np.bool_] = np.logical_or.reduceat(near, np.arange(0, len(near), BLOCK), axis=0)
    return found
