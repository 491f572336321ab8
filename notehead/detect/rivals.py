"""One line seen in two maps is one symbol: a flat curve may look like a tie and like a slur."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.maps import Floats, sigmoid

_MOST = 0.5
"""Share of a part's pixels that another part must have to be its rival."""
_NOTHING = -9.0


def without_rivals(maps: Floats, bridge: float) -> Floats:
    """The maps, with nothing where a part has a rival in another map for which more speaks.

    Args:
        maps: logits (n, height, width), of traces of which each line is in one.
        bridge: logit of pixels that connect parts.

    Example:
        >>> maps = np.full((2, 3, 9), -9.0, np.float32)
        >>> maps[0, 1], maps[1, 1, :5] = 2.0, 3.0
        >>> (without_rivals(maps, -2.0) > 0).sum(axis=(1, 2)).tolist()
        [9, 0]
    """
    if (maps.max(axis=(1, 2), initial=0) > 0).sum() < 2:
        return maps
    parts = [(place, *part) for place, logits in enumerate(maps) for part in _parts(logits, bridge)]
    result, taken = maps.copy(), np.zeros(maps.shape[1:], np.bool_)
    for place, _, y, x in sorted(parts, key=lambda part: -part[1]):
        if taken[y, x].mean() > _MOST:
            result[place, y, x] = _NOTHING
        taken[y, x] = True
    return result


def _parts(logits: Floats, bridge: float) -> list[tuple[float, NDArray[np.intp], NDArray[np.intp]]]:
    """The connected parts of a map: how much speaks for each, and the rows and columns of its pixels."""
    _, labels = cv2.connectedComponents((logits > bridge).view(np.uint8), connectivity=8, ltype=cv2.CV_32S)
    y, x = np.nonzero(logits > 0)
    order = np.argsort(labels[y, x], kind="stable")
    y, x = y[order], x[order]
    bounds = [0, *(np.flatnonzero(np.diff(labels[y, x])) + 1).tolist(), len(y)]
    weight = sigmoid(logits[y, x])
    return [
        (float(weight[begin:end].sum()), y[begin:end], x[begin:end])
        for begin, end in itertools.pairwise(bounds)
        if end > begin
    ]
