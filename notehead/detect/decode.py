"""The network's maps to symbols, in pixels of the page that the network has seen."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from notehead.detect.classes import FAMILIES, TRACES
from notehead.detect.straight import straight_boxes

Floats = NDArray[np.float32]

CELL = 4
"""Pixels of the page for one cell of the maps of centres and features."""
DOT = 2
"""Pixels of the page for one cell of the maps of lines."""
_SAMPLES = 9
"""Places on a line where its class is read."""
STRAIGHT = frozenset({"staffs", "ledgers", "stems", "barlines"})
"""Traces whose symbols are straight; the others have the least rectangle around their pixels."""
_GROWN = 0.45
"""A line's pixels reach beyond its ink by so much of a pixel of their map, measured on the training pages."""

ReadSymbols = Callable[[Floats, NDArray[np.int64]], tuple[Floats, Floats]]
"""Features (n, features) and kinds (n,) to logits of class ids (n, classes) and boxes (n, 4)."""


class Maps(NamedTuple):
    """What the network says of a page.

    Attributes:
        centres: logits, float32 (families, height / 4, width / 4).
        traces: logits, float32 (traces, height / 2, width / 2).
        features: float32 (features, height / 4, width / 4).
    """

    centres: Floats
    traces: Floats
    features: Floats


@dataclass(frozen=True, slots=True)
class DecodeOptions:
    """What counts as a symbol.

    Attributes:
        least: score of a centre below which it is none.
        overlap: two boxes of one family that share more than this (IoU) are one symbol.
        shortest: length in cells of `DOT` below which a line is none.
        bridge: logit of pixels that connect parts of a line, although they are no part of it themselves.
    """

    least: float = 0.05
    overlap: float = 0.6
    shortest: float = 2.5
    bridge: float = -2.0


@dataclass(frozen=True, eq=False)
class Found:
    """Symbols found: class ids (n,), scores (n,), boxes (n, 4), corners of oriented boxes (n, 4, 2)."""

    label: NDArray[np.int64]
    score: NDArray[np.float64]
    box: NDArray[np.float64]
    corners: NDArray[np.float64]


def decode(maps: Maps, read: ReadSymbols, options: DecodeOptions) -> Found:
    """All symbols, those found by centres first."""
    glyphs, lines = _glyphs(maps, read, options), _lines(maps, read, options)
    return Found(
        *(np.concatenate((getattr(glyphs, name), getattr(lines, name))) for name in Found.__annotations__)
    )


def _glyphs(maps: Maps, read: ReadSymbols, options: DecodeOptions) -> Found:
    centres = maps.centres.astype(np.float32, copy=False)  # of tiled pages in half precision
    kind, row, column = _peaks(centres, np.float32(np.log(options.least / (1 - options.least))))
    scores, boxes = read(np.ascontiguousarray(maps.features[:, row, column].T), kind)
    label = scores.argmax(axis=1)
    score = _sigmoid(centres[kind, row, column]) * _confidence(scores)
    middle = (np.stack((column, row), axis=1) + 0.5 + boxes[:, :2]) * CELL
    half = np.exp(np.clip(boxes[:, 2:], -3, 6)) * CELL / 2
    box = np.concatenate((middle - half, middle + half), axis=1).astype(np.float64)
    kept = _without_doubles(box, score, kind, options.overlap)
    box = box[kept]
    return Found(label[kept], score[kept], box, box[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2))


@njit(cache=True)
def _peaks(maps: Floats, least: np.float32) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Places that are above `least` and not below any of their eight neighbours; of equals, the first."""
    families, height, width = maps.shape
    found = np.empty((3, 1024), np.int64)
    used = 0
    for k in range(families):
        for y in range(height):
            for x in range(width):
                value = maps[k, y, x]
                if value < least:
                    continue
                highest = True
                for v in range(max(y - 1, 0), min(y + 2, height)):
                    for u in range(max(x - 1, 0), min(x + 2, width)):
                        other = maps[k, v, u]
                        if other > value or (other == value and (v < y or (v == y and u < x))):
                            highest = False
                if highest:
                    if used == found.shape[1]:
                        found = np.concatenate((found, np.empty_like(found)), axis=1)
                    found[0, used], found[1, used], found[2, used] = k, y, x
                    used += 1
    return found[0, :used], found[1, :used], found[2, :used]


def _without_doubles(
    box: NDArray[np.float64], score: NDArray[np.float64], kind: NDArray[np.int64], overlap: float
) -> NDArray[np.int64]:
    order = np.argsort(-score, kind="stable")
    if len(order) == 0:
        return order
    apart = box + (kind * (np.abs(box).max() + 1))[:, None]  # boxes of two families never meet
    return order[_greedy(apart[order], overlap)]


@njit(cache=True)
def _greedy(box: NDArray[np.float64], overlap: float) -> NDArray[np.int64]:
    area = (box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1])
    by_top = np.argsort(box[:, 1], kind="mergesort")
    top = box[by_top, 1]
    tallest = (box[:, 3] - box[:, 1]).max()
    gone = np.zeros(len(box), np.bool_)
    kept = []
    for i in range(len(box)):
        if gone[i]:
            continue
        kept.append(i)
        for place in range(np.searchsorted(top, box[i, 1] - tallest), np.searchsorted(top, box[i, 3])):
            j = by_top[place]
            if j <= i or gone[j]:
                continue
            width = min(box[i, 2], box[j, 2]) - max(box[i, 0], box[j, 0])
            height = min(box[i, 3], box[j, 3]) - max(box[i, 1], box[j, 1])
            if width > 0 and height > 0 and width * height > overlap * (area[i] + area[j] - width * height):
                gone[j] = True
    return np.array(kept)


def _lines(maps: Maps, read: ReadSymbols, options: DecodeOptions) -> Found:
    pairs = zip(TRACES, maps.traces, strict=True)
    parts = [_parts(logits, name, options.bridge) for name, logits in pairs]
    corners = np.concatenate([part.corners for part in parts])
    long = np.linalg.norm(np.diff(corners[:, :3], axis=1), axis=2).max(axis=1, initial=0) >= options.shortest
    if not long.any():
        return Found(np.empty(0, np.int64), np.empty(0), np.empty((0, 4)), np.empty((0, 4, 2)))
    corners = corners[long] * DOT
    kind = np.repeat(np.arange(len(parts)) + len(FAMILIES), [len(part.score) for part in parts])[long]
    dots = np.concatenate([part.samples for part in parts])[long]  # (lines, samples, 2): x, y
    cells = np.minimum(dots * DOT // CELL, np.array(maps.features.shape[:0:-1]) - 1)
    x, y = cells.reshape(-1, 2).T
    scores, _ = read(np.ascontiguousarray(maps.features[:, y, x].T), np.repeat(kind, _SAMPLES))
    scores = scores.reshape(len(kind), _SAMPLES, -1).mean(axis=1)
    score = np.concatenate([part.score for part in parts])[long] * _confidence(scores)
    box = np.concatenate([part.box for part in parts])[long] * DOT
    return Found(scores.argmax(axis=1), score, box, corners)


class _Parts(NamedTuple):
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


def _parts(logits: Floats, trace: str, bridge: float) -> _Parts:
    """What is above 0, apart where not even what is above `bridge` connects it."""
    _, labels = cv2.connectedComponents((logits > bridge).view(np.uint8), connectivity=8, ltype=cv2.CV_32S)
    y, x = np.nonzero(logits > 0)
    part = labels[y, x]
    order = np.argsort(part, kind="stable")
    pixels = np.stack((x, y), axis=1).astype(np.int32)[order]
    bounds = np.append(np.flatnonzero(np.diff(part[order], prepend=0)), len(order))
    count = len(bounds) - 1
    if not count:
        return _Parts(
            np.empty(0), np.empty((0, 4)), np.empty((0, 4, 2)), np.empty((0, _SAMPLES, 2), np.int64)
        )
    score = np.add.reduceat(_sigmoid(logits[y, x])[order], bounds[:-1]) / np.diff(bounds)
    if trace in STRAIGHT:
        corners = straight_boxes(pixels, bounds, _GROWN)
        box = np.concatenate((corners.min(axis=1), corners.max(axis=1)), axis=1)
    else:
        each = [pixels[begin:end] for begin, end in itertools.pairwise(bounds.tolist())]
        corners = np.stack([_least_rectangle(one) for one in each])
        low = np.stack([one.min(axis=0) for one in each]) + _GROWN
        high = np.stack([one.max(axis=0) for one in each]) + 1 - _GROWN
        box = np.concatenate((low, np.maximum(high, low + 0.3)), axis=1)
    places = bounds[:-1, None] + np.linspace(0, np.diff(bounds) - 1, _SAMPLES, axis=1).astype(np.int64)
    return _Parts(score, box, corners, pixels[places].astype(np.int64))


def _least_rectangle(pixels: NDArray[np.int32]) -> NDArray[np.float64]:
    """The oriented box of least area around pixels, less what they reach beyond the ink."""
    middle, sides, angle = cv2.minAreaRect(pixels)
    width, height = (max(side + 1 - 2 * _GROWN, 0.3) for side in sides)
    return cv2.boxPoints((middle, (width, height), angle)).astype(np.float64) + 0.5


def _sigmoid(logits: Floats) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-logits.astype(np.float64))))


def _confidence(logits: Floats) -> NDArray[np.float64]:
    """The probability of the likeliest class."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    return np.asarray(1 / np.exp(shifted).sum(axis=1))
