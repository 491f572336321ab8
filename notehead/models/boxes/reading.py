"""A page read by any `BoxNetwork`: in slices, as seed 002 does it, or in one pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from notehead.detect.detector import STAFF_SPACE
from notehead.detect.nms import suppressed
from notehead.models.boxes.base import Boxes, BoxNetwork
from notehead.models.boxes.oriented_nms import suppressed_oriented
from notehead.page import Symbols

_EDGE = 2.0
"""Boxes that end so near to the edge of a slice, inside the page, are seen whole in the next slice."""


@dataclass(frozen=True, slots=True)
class SliceOptions:
    """How a page is cut.

    Attributes:
        side: pixels of a slice, a multiple of 32.
        overlap: share of its side that neighbours have in common.
        same: IoU from which on boxes of one class, in two slices, are one symbol.
        least: scores below it are left out.
    """

    side: int = 640
    overlap: float = 0.2
    same: float = 0.5
    least: float = 0.01


def read_page(
    network: BoxNetwork, image: NDArray[np.uint8], staff_space: float, options: SliceOptions | None = None
) -> Symbols:
    """The symbols of a page whose staff space is known, in pixels of the image.

    Args:
        network: trained, in evaluation mode.
        image: uint8 (height, width), 0 black.
        staff_space: in pixels of the image.
        options: how the page is cut.
    """
    options = options or SliceOptions()
    scale = STAFF_SPACE / staff_space
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    seen = np.asarray(
        cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR), np.uint8
    )
    device = next(network.parameters()).device
    box, label, score = [np.empty((0, 4))], [np.empty(0, np.int64)], [np.empty(0)]
    oriented = [np.empty((0, 4, 2))]
    for x, y in corners(seen.shape[1], seen.shape[0], options):
        part = np.full((options.side, options.side), 255, np.uint8)
        shown = seen[y : y + options.side, x : x + options.side]
        part[: shown.shape[0], : shown.shape[1]] = shown
        ink = torch.from_numpy((255 - part).astype(np.float32) / 255)[None, None].to(device)
        with torch.inference_mode():
            found = network.find(ink)[0]
        kept = _whole(found, (x, y), seen.shape, options)
        box.append(found.box.cpu().double().numpy()[kept] + np.array([x, y, x, y]))
        label.append(found.label.cpu().numpy()[kept])
        score.append(found.score.cpu().double().numpy()[kept])
        if found.corners is not None:
            oriented.append(found.corners.cpu().double().numpy()[kept] + np.array([x, y]))
    boxes, labels, scores = np.concatenate(box), np.concatenate(label), np.concatenate(score)
    back = np.array([image.shape[1] / size[0], image.shape[0] / size[1]])
    turned = np.concatenate(oriented)
    if len(turned):
        rows = suppressed_oriented(turned, scores, options.same, labels)
    else:
        rows = suppressed(boxes, scores, options.same, labels)
    ids = network.table.ids[labels[rows]]
    given: dict[str, Any] = {"corners": turned[rows] * back} if len(turned) else {}
    return Symbols.build(ids.tolist(), boxes[rows] * np.tile(back, 2), score=scores[rows], **given)


def corners(width: int, height: int, options: SliceOptions) -> Iterator[tuple[int, int]]:
    """Where slices begin, x and y, so that they cover the page evenly.

    Example:
        >>> list(corners(1000, 600, SliceOptions(side=640, overlap=0.2)))
        [(0, 0), (360, 0)]
    """
    for y in _begins(height, options):
        for x in _begins(width, options):
            yield x, y


def _begins(length: int, options: SliceOptions) -> list[int]:
    if length <= options.side:
        return [0]
    step = options.side * (1 - options.overlap)
    count = int(np.ceil((length - options.side) / step)) + 1
    return [round(place) for place in np.linspace(0, length - options.side, count).tolist()]


def _whole(
    found: Boxes, corner: tuple[int, int], shape: tuple[int, ...], options: SliceOptions
) -> NDArray[np.bool_]:
    """Which boxes are sure enough and do not end at an edge where the page goes on."""
    box, side = found.box.cpu().numpy(), options.side
    x, y = corner
    kept = found.score.cpu().numpy() >= options.least
    shared = side * options.overlap / 2
    for axis, begin, length in ((0, x, shape[1]), (1, y, shape[0])):
        small = box[:, axis + 2] - box[:, axis] < shared  # larger ones are whole in no slice
        if begin > 0:
            kept &= ~(small & (box[:, axis] < _EDGE))
        if begin + side < length:
            kept &= ~(small & (box[:, axis + 2] > side - _EDGE))
    return np.asarray(kept)
