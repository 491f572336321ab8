"""The loop that follows curves beyond their tips, compiled by numba for one thread."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

UNKNOWN, CURVE, HIDDEN, ENDS = 0, 1, 2, 3
"""What may be at a pixel: nothing that is known, a curve, a symbol that hides one, one at which it ends."""
_ASIDE = 8
"""Pixels to each side of a curve that are looked at."""
_BEGIN, _REACH = 2, 1
"""Pixels aside at which the curve is looked for at the first steps, and later."""
_LOCKED = 6
"""Steps after which it is where it is looked for."""
_PALE, _FAINT = 0.25, 24.0
"""Share of a curve's darkness, and grey values, below which there is only paper."""
_WHITE = 2
"""Steps over paper at which a curve has not yet ended."""
_THICK = 5
"""Pixels that a tapering end is thick at most."""
_HIDDEN = 30
"""Steps beyond a tip through other symbols and what is thicker, at most."""
_STEM = 15
"""Pixels up and down over which a stem is dark."""
_OFF = 0.8
"""Pixels that the curve's own ink is off its way, at most."""
_TURNED = 0.6
"""Radians by which a curve turns beyond its tip, at most."""
_INSIDE = 4
"""Steps before the tip over thin ink that is the curve's."""
_MOVE, _TURN, _BEND = 0.4, 0.05, 0.002
"""By how much of what the ink is off, the way is moved, turned and bent: pixels, radians, radians a pixel."""
_SURE = 4
"""Steps over thin ink, one after the other, that are the curve's."""
_SMOOTH = 0.1
"""Weight of a step in a curve's darkness."""


@njit(cache=True)
def follow_tips(page, ways, inside, most, found):
    """Follow curves in the ink from somewhat inside their tips on.

    Args:
        page: the image, uint8 (height, width), 0 black; what is known of its pixels, uint8: where there is a
            `CURVE`, where one is `HIDDEN`, and where each `ENDS`; and whose curve is there, int64
            (height / 2, width / 2), 0 for nobody's.
        ways: float64 (n, 4), x and y of the pixel to begin at, heading, owner; used up.
        inside: int64 (n,), steps from there to the tip.
        most: int64 (n,), steps beyond the tip.
        found: float64 (n, 3), filled with x and y of the last pixel that is surely the curve's, and its steps
            beyond the tip: 0 where it ends there or before.
    """
    image, known, owner = page
    aside = np.empty(2 * _ASIDE + 1)
    for k in range(len(ways)):
        way, own = ways[k, :3], int(ways[k, 3])
        heading = bend = level = 0.0
        white = hidden = streak = sure = 0
        for step in range(1, inside[k] + most[k] + 1):
            beyond = step - inside[k]
            way[0] += math.cos(way[2])
            way[1] += math.sin(way[2])
            way[2] += bend
            if beyond == 0:
                heading = way[2]
            what = _at(known, owner, way, own, streak)
            if beyond > 0 and (what == ENDS or abs(way[2] - heading) > _TURNED):
                break
            dark, paper, low, high = _across(image, way, _BEGIN if step <= _LOCKED else _REACH, aside)
            tall = low == 0 or high == 2 * _ASIDE
            if dark < _FAINT or (not tall and dark - paper < max(_PALE * level, _FAINT)):
                white, streak = white + 1, 0
                if white > _WHITE and beyond > 0:
                    break
                continue
            white = 0
            if what in (HIDDEN, ENDS) or tall or high - low >= _THICK:
                streak = streak if low == 0 and high == 2 * _ASIDE else 0
                hidden += beyond > 0
                if hidden > _HIDDEN:
                    break
                continue
            off = _middle(aside, low, high, paper) - _ASIDE
            if _is_on_stem(image, way, off, (dark + paper) / 2):
                streak = 0
                continue
            streak = streak + 1 if abs(off) <= _OFF else 0
            sure += beyond <= 0 and streak > 0
            way[0] -= _MOVE * off * math.sin(way[2])
            way[1] += _MOVE * off * math.cos(way[2])
            way[2] += _TURN * off
            bend += _BEND * off
            level = dark - paper if level == 0 else (1 - _SMOOTH) * level + _SMOOTH * (dark - paper)
            if beyond > 0 and streak >= _SURE and sure >= _INSIDE:
                found[k, 0], found[k, 1], found[k, 2] = way[0], way[1], beyond


@njit(cache=True)
def _across(image, way, reach, aside):
    """How dark the ink at a way is, and the paper beside it, and its first and last pixel across."""
    _look(image, way, aside)
    ridge = _ASIDE - reach + int(np.argmax(aside[_ASIDE - reach : _ASIDE + reach + 1]))
    dark = aside[ridge]
    paper = max(aside[: ridge - 1].min(), aside[ridge + 2 :].min())
    low, high = _extent(aside, ridge, (dark + paper) / 2)
    return dark, paper, low, high


@njit(cache=True)
def _look(image, way, aside):
    """The ink, from 0 to 255, across a way; beyond the image is paper."""
    across_x, across_y = -math.sin(way[2]), math.cos(way[2])
    height, width = image.shape
    for k in range(len(aside)):
        off = k - _ASIDE
        x, y = way[0] + off * across_x, way[1] + off * across_y
        left, top = int(math.floor(x)), int(math.floor(y))
        if not (0 <= left < width - 1 and 0 <= top < height - 1):
            aside[k] = 0
            continue
        right, below = x - left, y - top
        upper = (1 - right) * image[top, left] + right * image[top, left + 1]
        lower = (1 - right) * image[top + 1, left] + right * image[top + 1, left + 1]
        aside[k] = 255 - (1 - below) * upper - below * lower


@njit(cache=True)
def _extent(aside, ridge, least):
    """The first and the last pixel of those around the ridge that are as dark."""
    low = high = ridge
    while low > 0 and aside[low - 1] > least:
        low -= 1
    while high < len(aside) - 1 and aside[high + 1] > least:
        high += 1
    return low, high


@njit(cache=True)
def _middle(aside, low, high, paper):
    """The middle of the ink between two pixels and one to each side."""
    weight = total = 0.0
    for k in range(max(low - 1, 0), min(high + 2, len(aside))):
        ink = max(aside[k] - paper, 0)
        weight += ink
        total += k * ink
    return total / weight


@njit(cache=True)
def _at(known, owner, way, own, streak):
    """What is known of a pixel; another's curve ends this one, unless it goes on there without a bend."""
    x, y = int(round(way[0])), int(round(way[1]))
    if not (0 <= y < len(known) and 0 <= x < known.shape[1]):
        return ENDS
    what = int(known[y, x])
    if what == CURVE and owner[y // 2, x // 2] != own:
        return UNKNOWN if streak >= _SURE else ENDS
    return what


@njit(cache=True)
def _is_on_stem(image, way, off, least):
    """Whether ink so far aside from a way is that of a stem or a barline."""
    height, width = image.shape
    x = int(round(way[0] - off * math.sin(way[2])))
    y = int(round(way[1] + off * math.cos(way[2])))
    if x < 1 or x + 2 > width or y < _STEM or y + _STEM + 1 > height:
        return True
    for column in range(x - 1, x + 2):
        dark = True
        for row in range(y - _STEM, y + _STEM + 1):
            dark = dark and 255 - image[row, column] >= least
        if dark:
            return True
    return False
