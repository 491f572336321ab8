"""The symbols of one map of lines: its connected parts, each with a box of the kind that suits it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.components import Components, components
from notehead.detect.curves import CurveSight, ended
from notehead.detect.maps import Floats, Level, sigmoid
from notehead.detect.oriented import upright_around
from notehead.detect.straight import straight_boxes
from notehead.detect.wedges import wedge_boxes

SAMPLES = 9
"""Places on a line where its class is read."""
STRAIGHT = frozenset({"staffs", "stems", "barlines"})
"""Traces whose symbols are straight."""
WEDGES = "hairpins"
"""The trace whose symbols are wedges."""
_GROWN = 0.45
"""A line's pixels reach beyond its ink by so much of a pixel of their map, measured on the training pages."""


Split = Callable[[NDArray[np.int32]], list[NDArray[np.int32]]]
"""From the pixels of a connected part, x and y (n, 2), to those of each symbol in it."""

Mend = Callable[[Sequence[NDArray[np.int32]]], list[NDArray[np.int32]]]
"""From the pixels of all symbols of a trace to those of whole ones."""


class Parts(NamedTuple):
    """The connected parts of a trace, in cells of its map.

    Attributes:
        score: mean probability of their pixels, (n,).
        box: (n, 4).
        corners: of their oriented boxes, (n, 4, 2).
        samples: places on each, (n, samples, 2): x, y.
    """

    score: NDArray[np.float64]
    box: NDArray[np.float64]
    corners: NDArray[np.float64]
    samples: NDArray[np.int64]


_NOTHING = Parts(np.empty(0), np.empty((0, 4)), np.empty((0, 4, 2)), np.empty((0, SAMPLES, 2), np.int64))


@dataclass(frozen=True, eq=False)
class TraceSight:
    """How the parts of a trace are looked at.

    Attributes:
        image: uint8 (height, width), 0 black, that the network has seen.
        level: which pixels of the map are a line's.
        split: the symbols of one connected part; None where each part is one.
        mend: makes whole what was seen in parts.
        tips: what tips are looked at with, where symbols are curves.
    """

    image: NDArray[np.uint8]
    level: Level
    split: Split | None = None
    mend: Mend | None = None
    tips: CurveSight | None = None


def parts_of(logits: Floats, trace: str, sight: TraceSight) -> Parts:
    """The symbols of a trace.

    Args:
        logits: of the trace, (height / 2, width / 2).
        trace: its name.
        sight: how its parts are looked at.
    """
    found = components(logits, sight.level)
    if found is None:
        return _NOTHING
    pixels, bounds = _pixels(found, sight)
    if not len(pixels):
        return _NOTHING
    # what is surely a line's is asked for its probability, not the ends that fade
    weight = sigmoid(logits[pixels[:, 1], pixels[:, 0]])
    sure = weight > 0.5
    counts = np.maximum(np.add.reduceat(sure.astype(float), bounds[:-1]), 1)
    score = np.add.reduceat(weight * sure, bounds[:-1]) / counts
    if trace in STRAIGHT or trace == WEDGES:
        corners = (
            straight_boxes(pixels, bounds, _GROWN)
            if trace in STRAIGHT
            else wedge_boxes(_each(pixels, bounds), sight.image, _GROWN)
        )
        box = upright_around(corners)
    else:
        each = _each(pixels, bounds)
        whole: Sequence[NDArray[Any]] = each if sight.tips is None else ended(each, sight.tips)
        corners = np.stack([_least_rectangle(one) for one in whole])
        low = np.stack([one.min(axis=0) for one in whole]) + _GROWN
        high = np.stack([one.max(axis=0) for one in whole]) + 1 - _GROWN
        box = np.concatenate((low, np.maximum(high, low + 0.3)), axis=1)
    places = bounds[:-1, None] + np.linspace(0, np.diff(bounds) - 1, SAMPLES, axis=1).astype(np.int64)
    return Parts(score, box, corners, pixels[places].astype(np.int64))


def _pixels(found: Components, sight: TraceSight) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Pixels of symbols, x and y, one symbol after the other, and where each begins."""
    pixels, bounds = np.stack((found.x, found.y), axis=1).astype(np.int32), found.bounds
    if sight.split is None:
        return pixels, bounds
    each = [symbol for part in _each(pixels, bounds) for symbol in sight.split(part)]
    if sight.mend is not None:
        each = sight.mend(each)
    return np.concatenate([pixels[:0], *each]), np.cumsum([0, *map(len, each)])


def _each(pixels: NDArray[np.int32], bounds: NDArray[np.int64]) -> list[NDArray[np.int32]]:
    return [pixels[begin:end] for begin, end in itertools.pairwise(bounds.tolist())]


def _least_rectangle(pixels: NDArray[Any]) -> NDArray[np.float64]:
    """The oriented box of least area around pixels, less what they reach beyond the ink."""
    middle, sides, angle = cv2.minAreaRect(pixels.astype(np.float32))
    width, height = (max(side + 1 - 2 * _GROWN, 0.3) for side in sides)
    return cv2.boxPoints((middle, (width, height), angle)).astype(np.float64) + 0.5
