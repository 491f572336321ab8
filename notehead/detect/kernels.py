"""The loops over rows and columns that find staves, compiled by numba for one thread."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def pair_rows(image, means):
    """Fill `means`, uint8 (n, width), with the means of two rows of an image (2 n or more, width) each."""
    height, width = means.shape
    for y in range(height):
        upper, lower, mean = image[2 * y], image[2 * y + 1], means[y]
        for x in range(width):
            mean[x] = (upper[x] + lower[x] + 1) >> 1


@njit(cache=True)
def extremes(signal, swing, places):
    """Turning points of a signal, small swings left out; alternately high and low, the first a high.

    Args:
        signal: uint8 (n,).
        swing: the least difference between a high and the next low.
        places: int32 (n + 2,), filled with indices.

    Returns:
        How many; always odd (it ends with a high) or 0.
    """
    length, found, falling = len(signal), 0, False
    high = low = 0
    for i in range(1, length):
        value = int(signal[i])
        if falling:
            if value < signal[low]:
                low = i
            elif value >= signal[low] + swing:
                places[found] = low
                found, falling, high = found + 1, False, i
        elif value > signal[high]:
            high = i
        elif value <= signal[high] - swing:
            places[found] = high
            found, falling, low = found + 1, True, i
    if falling:  # ink that touches the end is no line
        return found
    places[found] = high
    return found + 1 if found > 1 else 0


@njit(cache=True)
def thin_runs(signal, places, count, centre, width, depth):
    """The dark runs of a signal at half their depth, to a fraction of a pixel.

    Args:
        signal: uint8 (n,), dark where there is ink.
        places: turning points from `extremes`.
        count: how many.
        centre: float32 (n,), filled with the middles; pixel i covers [i, i + 1).
        width: float32 (n,), filled with the lengths.
        depth: float32 (n,), filled with how much darker than their brighter surroundings.

    Returns:
        How many runs.
    """
    found = 0
    for low in range(1, count - 1, 2):
        at, before, after = places[low], places[low - 1], places[low + 1]
        darkest = float(signal[at])
        bright = float(min(signal[before], signal[after]))
        level = (bright + darkest) / 2
        top = at
        while top > before and signal[top - 1] < level:
            top -= 1
        bottom = at
        while bottom < after and signal[bottom + 1] < level:
            bottom += 1
        upper, lower = float(top), float(bottom)
        if top > before:
            upper -= (level - signal[top]) / max(float(signal[top - 1]) - signal[top], 1.0)
        if bottom < after:
            lower += (level - signal[bottom]) / max(float(signal[bottom + 1]) - signal[bottom], 1.0)
        centre[found] = (upper + lower) / 2 + 0.5
        width[found] = lower - upper
        depth[found] = bright - darkest
        found += 1
    return found


@njit(cache=True)
def combs(columns, swing, fewest, chains):
    """Rows of evenly spaced thin dark runs in each column: where a column crosses a staff.

    Args:
        columns: uint8 (columns, height): the image's columns, each contiguous.
        swing: the least difference between ink and paper.
        fewest: runs in the shortest row that counts.
        chains: float32 (most, 7), filled: column, middle, distance between runs, their number, mean
            length of a run, distances from the first run to the one above it and from the last to the one
            below it (1e9 where there is none). What does not fit is left out.

    Returns:
        How many.
    """
    width, height = columns.shape
    places = np.empty(height + 2, np.int32)
    centre = np.empty(height, np.float32)
    length = np.empty(height, np.float32)
    depth = np.empty(height, np.float32)
    found = 0
    for x in range(width):
        signal = columns[x]
        count = thin_runs(signal, places, extremes(signal, swing, places), centre, length, depth)
        start = 0
        while start + fewest <= count:
            last = start
            slimmest, thickest = length[start], length[start]
            faintest, strongest = depth[start], depth[start]
            while last + 1 < count:
                gap = centre[last + 1] - centre[last]
                mean = gap if last == start else (centre[last] - centre[start]) / (last - start)
                slim, thick = min(slimmest, length[last + 1]), max(thickest, length[last + 1])
                faint, strong = min(faintest, depth[last + 1]), max(strongest, depth[last + 1])
                if (
                    abs(gap - mean) > 0.04 * mean + 0.85  # one-bit pages round each line to a pixel
                    or thick > 2 * slim + 1.0
                    or faint < 0.35 * strong
                ):
                    break
                slimmest, thickest, faintest, strongest = slim, thick, faint, strong
                last += 1
            lines = last - start + 1
            if lines >= fewest and found < len(chains):
                chains[found, 0] = x
                chains[found, 1] = (centre[start] + centre[last]) / 2
                chains[found, 2] = (centre[last] - centre[start]) / (lines - 1)
                chains[found, 3] = lines
                chains[found, 4] = length[start : last + 1].mean()
                chains[found, 5] = centre[start] - centre[start - 1] if start > 0 else 1e9
                chains[found, 6] = centre[last + 1] - centre[last] if last + 1 < count else 1e9
                found += 1
            start = max(last, start + 1)
    return found


@njit(cache=True)
def link(chains, step, reach, fragment):
    """Join what lies side by side: the crossings of one staff by neighbouring columns.

    Args:
        chains: float32 (n, 6) from `combs`, by column.
        step: pixels between columns.
        reach: how many columns back the next one of a fragment may lie.
        fragment: int32 (n,), filled with the number of the fragment of each, from 0.

    Returns:
        How many fragments.
    """
    count, first = 0, 0
    for i in range(len(chains)):
        while chains[first, 0] < chains[i, 0] - reach:
            first += 1
        gap, best, nearest = chains[i, 2], -1, np.float32(1e9)
        for j in range(first, i):
            away = chains[i, 0] - chains[j, 0]
            if away == 0:
                break
            if chains[j, 3] != chains[i, 3] or abs(chains[j, 2] - gap) > 0.04 * gap + 0.25:
                continue
            off = abs(chains[j, 1] - chains[i, 1])
            if off > min(0.3 * away * step + 0.75, 0.45 * gap):
                continue
            if off + away * step < nearest:
                best, nearest = j, off + away * step
        if best >= 0:
            fragment[i] = fragment[best]
        else:
            fragment[i] = count
            count += 1
    return count


@njit(cache=True)
def join(ends, space, order, slope, staff):
    """Join stretches that continue each other: those of one staff.

    Args:
        ends: float64 (n, 4): x0, y0, x1, y1 of each.
        space: float64 (n,): distance between its lines.
        order: intp (n,): they, from the left.
        slope: of all staves, downwards to the right.
        staff: intp (n,), filled with the number of the staff of each, from 0.

    Returns:
        How many staves.
    """
    tails = np.empty((len(space), 3))  # of each staff: where its last stretch ended, its space
    count = 0
    for one in order:
        x0, y0, x1, y1 = ends[one]
        best, nearest = -1, np.inf
        for number in range(count):
            x, y, size = tails[number]
            away = max(x0 - x, 0.0)
            off = abs(y + slope * (x0 - x) - y0)
            if off < min(nearest, 0.75 * size + 0.03 * away, 2 * size) and abs(size / space[one] - 1) < 0.08:
                best, nearest = number, off
        if best < 0:
            best = count
            count += 1
            tails[best] = x1, y1, space[one]
        elif x1 > tails[best, 0]:
            tails[best] = x1, y1, space[one]
        staff[one] = best
    return count
