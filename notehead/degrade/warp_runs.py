# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, PLR0913, PLR0917
"""Runs of a row of a `Warp`'s destination that may see ink, compiled by numba; the rest is paper."""

from __future__ import annotations

from numba import njit

from notehead.degrade.outlines import BLOCK


@njit(cache=True)
def runs_of_row(near, height, seen_by, first, starts, busy, line):
    """Find the runs of a row that may see ink, or are a pixel from it; returns how many.

    Written to `line`, int64 (runs, 8): x, how many pixels, source x of the first one's middle, its step,
    source y, its step, and how wide and tall a pixel is there; these in 2**-16 source pixels.
    """
    blocks = near.shape[1]
    used = 0
    for j in range(len(busy)):
        if not busy[j]:
            continue
        begin, end = first[j], first[j + 1]
        x, dx, y, dy = starts[0, j], starts[1, j], starts[2, j], starts[3, j]
        wide, tall = seen_by[j, 0], seen_by[j, 1]
        extra = (wide >> 1) + 65536
        for at in range(begin, end, BLOCK):
            count = min(BLOCK, end - at)
            x_end = x + (count - 1) * dx
            left = max((min(x, x_end) - extra) >> 16, 0) // BLOCK
            right = min(max((max(x, x_end) + extra) >> 16, 0) // BLOCK, blocks - 1)
            row = min(max((y + (count >> 1) * dy) >> 16, 0), height - 1)
            inked = False
            for block in range(left, right + 1):
                inked |= near[row, block]
            if inked:
                line[used, 0], line[used, 1], line[used, 2], line[used, 3] = at, count, x, dx
                line[used, 4], line[used, 5], line[used, 6], line[used, 7] = y, dy, wide, tall
                used += 1
            x, y = x + BLOCK * dx, y + BLOCK * dy
    return used


@njit(cache=True)
def note_busy(grid, i, squares, busy):
    """Note which cells of a row of them may see ink: those whose box, and a square around, has any."""
    height, width = squares.shape
    for j in range(len(busy)):
        low_x = min(grid[i, j, 0], grid[i, j + 1, 0], grid[i + 1, j, 0], grid[i + 1, j + 1, 0])
        high_x = max(grid[i, j, 0], grid[i, j + 1, 0], grid[i + 1, j, 0], grid[i + 1, j + 1, 0])
        low_y = min(grid[i, j, 1], grid[i, j + 1, 1], grid[i + 1, j, 1], grid[i + 1, j + 1, 1])
        high_y = max(grid[i, j, 1], grid[i, j + 1, 1], grid[i + 1, j, 1], grid[i + 1, j + 1, 1])
        left, right = max(int(low_x) // BLOCK - 1, 0), min(int(high_x) // BLOCK + 2, width)
        # lines beyond the page count as its first and last
        top = min(max(int(low_y) // BLOCK - 1, 0), height - 1)
        bottom = max(min(int(high_y) // BLOCK + 2, height), top + 1)
        busy[j] = False
        for y in range(top, bottom):
            for x in range(left, right):
                busy[j] |= squares[y, x]
