"""One line seen in two maps is one symbol: a flat curve may look like a tie and like a slur."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from notehead.detect.components import components
from notehead.detect.maps import Floats, Found, Level, sigmoid
from notehead.vocabulary import VOCABULARY

_MOST = 0.5
"""Share of a part's pixels that another part must have to be its rival."""
_NOTHING = -9.0
_HYPHEN = VOCABULARY.id("lyricHyphen")
_SURE = 0.5
_AROUND = 2.0
"""Pixels by which a line may be longer or thicker than the hyphen that it is."""


def without_hyphens(lines: Found, glyphs: Found) -> Found:
    """The lines, without those that are hyphens, which are found by their centres."""
    hyphens = glyphs.box[(glyphs.label == _HYPHEN) & (glyphs.score >= _SURE)]
    low, high = hyphens[:, :2] - _AROUND, hyphens[:, 2:] + _AROUND
    within = (lines.box[:, None, :2] >= low) & (lines.box[:, None, 2:] <= high)
    return lines.chosen(~within.all(axis=2).any(axis=1))


def without_rivals(maps: Sequence[Floats], levels: Sequence[Level]) -> list[Floats]:
    """The maps, with nothing where a part has a rival in another map for which more speaks.

    Args:
        maps: logits (height, width), of traces of which each line is in one.
        levels: which pixels of each are a line's.

    Example:
        >>> maps = np.full((2, 3, 9), -9.0, np.float32)
        >>> maps[0, 1], maps[1, 1, :5] = 2.0, 3.0
        >>> [int((one > 0).sum()) for one in without_rivals(maps, [Level(), Level()])]
        [9, 0]
    """
    pairs = zip(maps, levels, strict=True)
    parts = [(place, *part) for place, (one, level) in enumerate(pairs) for part in _parts(one, level)]
    result, taken = list(maps), np.zeros(maps[0].shape, np.bool_)
    for place, _, y, x in sorted(parts, key=lambda part: -part[1]):
        if taken[y, x].mean() > _MOST:
            if result[place] is maps[place]:
                result[place] = maps[place].copy()
            result[place][y, x] = _NOTHING
        taken[y, x] = True
    return result


def _parts(logits: Floats, level: Level) -> list[tuple[float, NDArray[np.intp], NDArray[np.intp]]]:
    """The connected parts of a map: how much speaks for each, and the rows and columns of its pixels."""
    found = components(logits, level)
    if found is None:
        return []
    y, x, bounds = found
    weight = sigmoid(logits[y, x])
    return [
        (float(weight[begin:end].sum()), y[begin:end], x[begin:end])
        for begin, end in itertools.pairwise(bounds.tolist())
    ]
