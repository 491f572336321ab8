"""The maps of lines: each symbol as one connected part, whatever crosses, covers or breaks it."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


def draw_traces(
    layers: tuple[NDArray[np.uint16], NDArray[np.uint16]],
    ids: NDArray[np.int32],
    boxes: NDArray[np.float64],
    traces: tuple[NDArray[np.int32], NDArray[np.int32]],
    size: tuple[int, int],
) -> tuple[NDArray[np.uint16], NDArray[np.int32]]:
    """A bit for each trace at each pixel that one of its symbols reaches, and the trace of each symbol.

    Of each symbol, the first and last pixel in every column (every row, where it is taller than wide) are
    found in the page's id layers; what lies between them is its trace. Columns in which nothing of it is to
    be seen, between those in which something is, are filled evenly: a dashed line, a bracket with a number
    in it, and a worn stem are each one part.

    Args:
        layers: the page's id layers.
        ids: ids of the symbols.
        boxes: their boxes, in pixels of the layers.
        traces: the bit of each if it is straight or bowed upwards, and if it is bowed downwards.
        size: (width, height) of the result.

    Returns:
        Bits, uint16 (height, width), and the bit of each symbol, int32 (n,).
    """
    width, height = size
    result = np.zeros((height, width), np.uint16)
    above, below = traces
    if not len(ids):
        return result, above
    top, under = layers
    scale = np.array([width / top.shape[1], height / top.shape[0]])
    slot = np.full(max(int(top.max()), int(under.max()), int(ids.max())) + 1, -1, np.int64)
    slot[ids] = np.arange(len(ids))
    tall = (boxes[:, 3] - boxes[:, 1]) > (boxes[:, 2] - boxes[:, 0])
    start = np.where(tall, boxes[:, 1], boxes[:, 0])
    stop = np.where(tall, boxes[:, 3], boxes[:, 2])
    begin = np.floor(start).astype(np.int64) - 2  # ink may have grown a little past the box
    length = np.maximum(np.ceil(stop).astype(np.int64) - begin + 4, 1)
    offset = np.concatenate(([0], np.cumsum(length)))
    low = np.full(offset[-1], np.iinfo(np.int32).max, np.int32)
    high = np.full(offset[-1], -1, np.int32)
    _extents(top, under, slot, tall, begin, offset, low, high)
    chosen = np.where(_hang(tall, offset, low, high), below, above)
    _fill(result, tall, begin, offset, low, high, scale, chosen.astype(np.int64))
    return result, chosen


@njit(cache=True)
def _extents(top, under, slot, tall, begin, offset, low, high):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for y in range(top.shape[0]):
        for x in range(top.shape[1]):
            first, second = top[y, x], under[y, x]
            if first == 0 and second == 0:
                continue
            for layer in range(2):
                number = first if layer == 0 else second
                if number == 0 or (layer == 1 and second == first):
                    continue
                k = slot[number]
                if k < 0:
                    continue
                along, across = (y, x) if tall[k] else (x, y)
                place = along - begin[k]
                if place < 0 or place >= offset[k + 1] - offset[k]:
                    continue
                place += offset[k]
                low[place] = min(low[place], across)
                high[place] = max(high[place], across)


@njit(cache=True)
def _hang(tall, offset, low, high):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Whether the middles of lines lie below the straight ways between their ends."""
    result = np.zeros(len(tall), np.bool_)
    for k in range(len(tall)):
        seen = np.flatnonzero(high[offset[k] : offset[k + 1]] >= 0)
        if len(seen) < 3:
            continue
        part = max(len(seen) // 10, 1)
        centre = (low[offset[k] : offset[k + 1]] + high[offset[k] : offset[k + 1]]) / 2
        first, last = seen[:part], seen[-part:]
        among = seen[len(seen) * 2 // 5 : max(len(seen) * 3 // 5, len(seen) * 2 // 5 + 1)]
        along, across = last.mean() - first.mean(), centre[last].mean() - centre[first].mean()
        away = centre[among].mean() - centre[first].mean()
        # how far the middle lies to one side of the way from the first end to the last
        side = along * away - across * (among.mean() - first.mean())
        # of a line that stands, below is left of one that falls to the right, and right of the other
        result[k] = (side < 0) == (across > 0) if tall[k] else side > 0
    return result


@njit(cache=True)
def _fill(result, tall, begin, offset, low, high, scale, traces):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for k in range(len(tall)):
        bit = np.uint16(1 << traces[k])
        along_scale, across_scale = (scale[1], scale[0]) if tall[k] else (scale[0], scale[1])
        previous = -1
        for place in range(offset[k], offset[k + 1]):
            if high[place] < 0:
                continue
            begun = place if previous < 0 else previous + 1
            for between in range(begun, place + 1):
                share = 1.0 if previous < 0 else (between - previous) / (place - previous)
                first = low[place] if share == 1.0 else low[previous] + share * (low[place] - low[previous])
                last = (
                    high[place] if share == 1.0 else high[previous] + share * (high[place] - high[previous])
                )
                position = between - offset[k] + begin[k]
                reached = int((position + 0.5) * along_scale)
                # of an enlarged page, a pixel reaches several
                begun_at = int(position * along_scale) if along_scale > 1 else reached
                for along in range(begun_at, max(reached, int((position + 1) * along_scale - 1)) + 1):
                    # every pixel that is reached, even by a hair: thin lines stay whole
                    for across in range(int(first * across_scale), int(np.ceil((last + 1) * across_scale))):
                        y, x = (along, across) if tall[k] else (across, along)
                        if 0 <= y < result.shape[0] and 0 <= x < result.shape[1]:
                            result[y, x] |= bit
            previous = place
